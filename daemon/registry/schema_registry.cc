#include "daemon/registry/schema_registry.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "daemon/http/client.h"
#include "daemon/http/client_login.h"
#include "daemon/http/endpoint.h"
#include "daemon/http/target.h"
#include "daemon/source/schema_frame.h"

namespace driftd {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t kQueue = 1024;
constexpr std::size_t kLongestAnswer = std::size_t{4} << 20;
constexpr std::size_t kMostReferences = 1000, kDeepestReference = 32;
constexpr auto kAskAgain = 1s;  // of an id that the registry does not know
constexpr std::chrono::milliseconds kFirstBackOff{250}, kLongestBackOff{10'000};
constexpr std::size_t kMostNamed = 3;  // topics and ids in a line

template <class Range>
std::string listed(const Range& items) {
  std::string text;
  std::size_t count = 0;
  for (const auto& item : items) {
    if (++count > kMostNamed) return fmt::format("{} and {} more", text, items.size() - kMostNamed);
    text += fmt::format("{}{}", text.empty() ? "" : ", ", item);
  }
  return text;
}

}  // namespace

SchemaRegistry::SchemaRegistry(const SchemaRegistryConfig& config, Ask ask)
    : config_(config), ask_(std::move(ask)), wanted_(kQueue), answers_(kQueue) {
  publish();
}

// ---- Source thread

void SchemaRegistry::take_answers(Clock::time_point now) {
  while (auto answer = answers_.try_pop()) {
    asked_.erase(answer->id);
    if (cache_.size() >= config_.cache_entries && !cache_.contains(answer->id)) make_room();
    cache_.insert_or_assign(answer->id, Entry{std::move(answer->schema), now, ++uses_});
  }
  entries_ = cache_.size();
}

void SchemaRegistry::make_room() {
  const auto oldest = std::ranges::min_element(cache_, {}, [](const auto& entry) { return entry.second.used; });
  cache_.erase(oldest);
}

const SchemaRegistry::Entry* SchemaRegistry::find(std::int32_t id, Clock::time_point now) {
  const auto found = cache_.find(id);
  if (found == cache_.end()) return nullptr;
  Entry& entry = found->second;
  if (entry.schema == nullptr && now - entry.since > config_.negative_ttl) {
    cache_.erase(found);
    return nullptr;
  }
  entry.used = ++uses_;
  return &entry;
}

void SchemaRegistry::want(std::int32_t id, const std::string& topic) {
  std::set<std::string>& topics = asked_[id];
  if (topics.contains(topic)) return;
  if (wanted_.try_push(Wanted{id, topic})) topics.insert(topic);  // else when there is room
}

bool SchemaRegistry::attach(const std::string& topic, MessageBatch& batch) {
  const auto now = Clock::now();
  take_answers(now);
  bool complete = true;
  std::int32_t last_id = 0;
  const WriterSchema* last = nullptr;
  for (Message& message : batch.messages) {
    if (message.schema != nullptr || message.tombstone) continue;
    const auto id = framed_schema_id(message.payload);
    if (!id) continue;
    if (*id != last_id) {
      last_id = *id;
      const Entry* entry = find(*id, now);
      if (entry == nullptr) want(*id, topic);
      last = entry == nullptr ? nullptr : entry->schema == nullptr ? &kUnknownSchema : entry->schema.get();
      const bool held =
          entry == nullptr || entry->schema == nullptr || std::ranges::find(batch.schemas, entry->schema) != batch.schemas.end();
      if (!held) batch.schemas.push_back(entry->schema);
    }
    message.schema = last;
    complete = complete && last != nullptr;
  }
  return complete;
}

// ---- Registry thread

void SchemaRegistry::run() {
  while (!wanted_.closed()) step(500ms);
}

void SchemaRegistry::step(std::chrono::milliseconds wait) {
  auto now = Clock::now();
  if (!pending_.empty()) {
    const auto next = std::ranges::min_element(pending_, {}, [](const auto& each) { return each.second.due; })->second.due;
    const auto until = std::max(next, ask_from_) - now;
    wait = std::clamp(std::chrono::ceil<std::chrono::milliseconds>(until), 0ms, wait);
  }
  for (auto wanted = wanted_.pop_for(wait); wanted; wanted = wanted_.try_pop()) {
    const auto [at, fresh] = pending_.try_emplace(wanted->id);
    if (fresh) at->second.due = Clock::now();
    at->second.topics.insert(wanted->topic);
  }
  now = Clock::now();
  if (now >= ask_from_ && !wanted_.closed()) ask_one(now);
  publish();
}

void SchemaRegistry::ask_one(Clock::time_point now) {
  const auto at = std::ranges::min_element(pending_, {}, [](const auto& each) { return each.second.due; });
  if (at == pending_.end() || at->second.due > now) return;
  Schema schema = ask_schema(at->first);
  if (!schema && !schema.error().not_found) {
    fail(schema.error().what, Clock::now());
    at->second.due = ask_from_;  // behind the others: one that cannot be had keeps none of them waiting
    return;
  }
  failure_.clear();
  back_off_ = 0ms;
  if (!schema && !at->second.said_none) {
    at->second.said_none = true;
    at->second.due = Clock::now() + kAskAgain;
    return;
  }
  Answer answer{at->first, schema ? std::move(*schema) : nullptr};
  while (!answers_.push_for(answer, 100ms) && !answers_.closed()) {
  }
  pending_.erase(at);
}

void SchemaRegistry::fail(const std::string& what, Clock::time_point now) {
  failure_ = what;
  back_off_ = std::clamp(2 * back_off_, kFirstBackOff, kLongestBackOff);
  ask_from_ = now + back_off_;
}

SchemaRegistry::Schema SchemaRegistry::ask_schema(std::int32_t id) {
  const auto registered = request(fmt::format("/schemas/ids/{}", id));
  if (!registered) return std::unexpected(registered.error());
  auto schema = std::make_shared<WriterSchema>();
  schema->id = id;
  schema->type = registered->type;
  schema->text = registered->text;
  if (const auto added = add_references(*registered, 0, *schema); !added) return std::unexpected(added.error());
  return schema;
}

std::expected<void, RegistryFailure> SchemaRegistry::add_references(const RegisteredSchema& of, std::size_t depth, WriterSchema& to) {
  for (const RegisteredReference& reference : of.references) {
    if (std::ranges::find(to.references, reference.name, &SchemaReference::name) != to.references.end()) continue;
    if (depth >= kDeepestReference || to.references.size() >= kMostReferences)
      return std::unexpected(RegistryFailure{true, "its references have no end"});
    const auto registered =
        request(fmt::format("/subjects/{}/versions/{}?deleted=true", percent_encode(reference.subject), reference.version));
    if (!registered) return std::unexpected(registered.error());
    if (const auto added = add_references(*registered, depth + 1, to); !added) return added;
    to.references.push_back({reference.name, registered->text});
  }
  return {};
}

std::expected<RegisteredSchema, RegistryFailure> SchemaRegistry::request(const std::string& target) {
  const auto start = Clock::now();
  const auto answer = ask_(target);
  auto schema = answer ? read_registry_answer(*answer)
                       : std::expected<RegisteredSchema, RegistryFailure>(std::unexpected(RegistryFailure{false, answer.error()}));
  const auto result = schema ? RegistryStatus::kOk : schema.error().not_found ? RegistryStatus::kNotFound : RegistryStatus::kError;
  count(result, Clock::now() - start);
  return schema;
}

void SchemaRegistry::count(RegistryStatus::Result result, Clock::duration took) {
  RegistryStatus::Requests& requests = requests_[result];
  const auto bucket =
      std::ranges::find_if(kRegistryMilliseconds, [&](std::int64_t bound) { return took <= std::chrono::milliseconds(bound); });
  ++requests.durations[static_cast<std::size_t>(bucket - kRegistryMilliseconds.begin())];
  requests.seconds += std::chrono::duration<double>(took).count();
}

void SchemaRegistry::publish() {
  auto status = std::make_shared<RegistryStatus>();
  status->requests = requests_;
  status->cache_entries = entries_;
  if (!failure_.empty() && !pending_.empty()) {
    std::set<std::string> topics;
    std::set<std::int32_t> ids;
    for (const auto& [id, pending] : pending_) {
      ids.insert(id);
      topics.insert(pending.topics.begin(), pending.topics.end());
    }
    status->problems.push_back(fmt::format("{}: {}; topic{} {} wait{} for schema {}, asked again every {:.3g} s", config_.url, failure_,
                                           topics.size() == 1 ? "" : "s", listed(topics), topics.size() == 1 ? "s" : "", listed(ids),
                                           std::chrono::duration<double>(back_off_).count()));
  }
  status_.store(std::move(status));
}

void SchemaRegistry::close() {
  wanted_.close();
  answers_.close();
}

// ---- Over the network

std::expected<SchemaRegistry::Ask, std::string> registry_over_http(const SchemaRegistryConfig& config, std::function<bool()> give_up) {
  HttpReceiver registry;
  registry.ca_file = config.ca_file;
  registry.timeout = config.timeout;
  registry.body_bytes = kLongestAnswer;
  HttpPost request;
  request.headers = {{"Accept", "application/vnd.schemaregistry.v1+json, application/json"}, {"User-Agent", "driftd"}};
  using Value = std::expected<std::string, std::string>;
  for (const Value& value :
       {config.basic_auth_file.empty() ? Value() : basic_login("schema_registry.basic_auth_file", config.basic_auth_file),
        config.token_file.empty() ? Value() : bearer_login("schema_registry.token_file", config.token_file)}) {
    if (!value) return std::unexpected(value.error());
    if (!value->empty()) request.headers.emplace_back("Authorization", *value);
  }
  return [base = config.url, registry, request, give_up = std::move(give_up)](const std::string& target) mutable {
    registry.url = url_under(base, target);
    return http_fetch(registry, request, give_up);
  };
}

bool needs_registry(const StreamConfig& stream) { return stream.format == Format::kAvro || stream.format == Format::kProtobuf; }

}  // namespace driftd
