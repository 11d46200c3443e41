#include "daemon/sink/push_receivers.h"

#include <fmt/format.h>

#include <random>
#include <utility>

#include "config/substitute.h"
#include "daemon/http/client_login.h"
#include "daemon/http/endpoint.h"
#include "daemon/sink/push_plan.h"
#include "daemon/sink/webhook_body.h"
#include "daemon/sink/webhook_queue.h"
#include "daemon/sink/webhook_signature.h"

namespace driftd {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

using Login = std::expected<std::string, std::string> (*)(const std::string& key, const std::string& file);

std::expected<void, std::string> add_login(Login login, const std::string& key, const std::string& file, Headers& headers) {
  if (file.empty()) return {};
  auto value = login(key, file);
  if (!value) return std::unexpected(std::move(value.error()));
  headers.emplace_back("Authorization", std::move(*value));
  return {};
}

std::expected<void, std::string> add_alertmanagers(const AlertmanagerConfig& config, std::vector<PushTarget>& targets) {
  AlertmanagerForm form;
  form.resend_every_us = std::chrono::duration_cast<std::chrono::microseconds>(config.resend_every).count();
  form.labels = config.labels;
  if (auto added = add_login(bearer_login, "alerts.alertmanager.token_file", config.token_file, form.headers); !added) return added;
  if (auto added = add_login(basic_login, "alerts.alertmanager.basic_auth_file", config.basic_auth_file, form.headers); !added)
    return added;
  for (const std::string& url : config.urls) {
    PushTarget target;
    target.name = alertmanager_name(url);
    target.receiver = {.url = url_under(url, "/api/v2/alerts"), .ca_file = config.ca_file, .timeout = config.timeout};
    target.alertmanager = std::make_unique<AlertmanagerForm>(form);
    targets.push_back(std::move(target));
  }
  return {};
}

std::expected<std::string, std::string> url_of(const WebhookConfig& config) {
  if (config.url_file.empty()) return config.url;
  return read_small_file(config.url_file);
}

std::expected<PushTarget, std::string> webhook_target(const WebhookConfig& config) {
  const std::string key = fmt::format("alerts.webhooks '{}'", config.name);
  const auto url = url_of(config);
  if (!url) return std::unexpected(fmt::format("{}: url_file: {}", key, url.error()));
  if (!parse_receiver_url(*url)) return std::unexpected(fmt::format("{}: its URL is not one to send to", key));
  WebhookForm form;
  form.name = config.name;
  form.body_template = config.body_template;
  form.headers.assign(config.headers.begin(), config.headers.end());
  if (config.body_template == WebhookBody::kCustom) {
    auto body = checked_template(config.body);
    if (!body) return std::unexpected(fmt::format("{}: body {}", key, body.error()));
    form.custom = std::move(*body);
  }
  if (!config.secret_file.empty()) {
    const auto secret = read_small_file(config.secret_file);
    if (!secret) return std::unexpected(fmt::format("{}: secret_file: {}", key, secret.error()));
    auto bytes = webhook_key(*secret);
    if (!bytes) return std::unexpected(fmt::format("{}: secret_file: {} {}", key, config.secret_file, bytes.error()));
    form.key = std::move(*bytes);
  }
  if (auto added = add_login(bearer_login, key + ": token_file", config.token_file, form.headers); !added)
    return std::unexpected(added.error());
  PushTarget target;
  target.name = webhook_name(config.name);
  target.receiver = {.url = *url, .ca_file = config.ca_file, .timeout = config.timeout};
  target.webhook = std::make_unique<WebhookForm>(std::move(form));
  target.max_age = config.max_age;
  return target;
}

}  // namespace

std::expected<std::vector<PushTarget>, std::string> push_targets(const AlertSinksConfig& sinks) {
  std::vector<PushTarget> targets;
  if (auto added = add_alertmanagers(sinks.alertmanager, targets); !added) return std::unexpected(std::move(added.error()));
  for (const WebhookConfig& webhook : sinks.webhooks) {
    auto target = webhook_target(webhook);
    if (!target) return std::unexpected(std::move(target.error()));
    targets.push_back(std::move(*target));
  }
  return targets;
}

std::unique_ptr<PushQueue> make_push_queue(const PushTarget& target) {
  if (target.alertmanager) return std::make_unique<AlertmanagerQueue>(*target.alertmanager);
  auto random = [generator = std::mt19937_64(std::random_device()())]() mutable {
    return std::uniform_real_distribution<double>(0, 1)(generator);
  };
  const std::int64_t max_age_us = std::chrono::duration_cast<std::chrono::microseconds>(target.max_age).count();
  auto requests = [form = *target.webhook](const OutRecord& record, std::int64_t wall_us) {
    return webhook_request(form, record, wall_us);
  };
  return std::make_unique<WebhookQueue>(std::move(requests), max_age_us, std::move(random));
}

PushRequest push_once(const PushTarget& target, const std::string& event, const std::string& event_id, Moment now) {
  OutRecord record;
  record.key = event_id;
  record.value = event;
  record.headers = {{"ce_id", event_id}};
  if (target.webhook) return webhook_request(*target.webhook, record, now.wall_us);
  AlertmanagerQueue queue(*target.alertmanager);
  queue.add(std::move(record), now);
  auto request = queue.next(now);
  return request ? std::move(*request) : PushRequest{};
}

}  // namespace driftd
