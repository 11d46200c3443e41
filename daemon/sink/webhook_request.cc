#include "daemon/sink/webhook_request.h"

#include <algorithm>

#include "daemon/runtime/version.h"
#include "daemon/sink/webhook_body.h"
#include "daemon/sink/webhook_signature.h"

namespace driftd {
namespace {

std::string body_of(const WebhookForm& form, const OutRecord& record) {
  if (form.body_template == WebhookBody::kCloudEvents) return record.value;
  const auto alert = read_pushed_alert(record.value);
  if (!alert) return record.value;  // of a later version of driftd, perhaps: better the event than nothing
  if (form.body_template == WebhookBody::kSlack) return slack_body(*alert);
  if (form.body_template == WebhookBody::kAlertmanager) return alertmanager_body(*alert, form.name);
  return custom_body(*alert, *form.custom);
}

}  // namespace

PushRequest webhook_request(const WebhookForm& form, const OutRecord& record, std::int64_t wall_us) {
  const auto id = std::ranges::find(record.headers, "ce_id", &std::pair<std::string, std::string>::first);
  const std::string event_id = id == record.headers.end() ? record.key : id->second;
  PushRequest request;
  request.body = body_of(form, record);
  request.headers = form.headers;
  const bool event = form.body_template == WebhookBody::kCloudEvents;
  request.headers.emplace_back("Content-Type", event ? "application/cloudevents+json; charset=UTF-8" : "application/json");
  request.headers.emplace_back("Idempotency-Key", event_id);
  if (form.key.empty()) return request;
  const std::int64_t seconds = wall_us / 1'000'000;
  request.headers.emplace_back("webhook-id", event_id);
  request.headers.emplace_back("webhook-timestamp", std::to_string(seconds));
  request.headers.emplace_back("webhook-signature", webhook_signature(form.key, event_id, seconds, request.body));
  return request;
}

}  // namespace driftd
