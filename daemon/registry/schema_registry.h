// Gives each record the schema that it was written with. What is not known yet is asked of the registry, by a thread of its own, while
// the partition of the record waits; a registry that cannot answer is asked again until it does, and nothing is lost.
// What the registry says of an id is taken as a fact: ids are never given twice, so a schema holds for ever, and that there is none is
// believed for `negative_ttl` once it was said twice, a second apart (a registry may learn of a new schema a moment after its producer).
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "config/config.h"
#include "daemon/registry/answer.h"
#include "daemon/runtime/bounded_queue.h"
#include "daemon/runtime/published.h"
#include "daemon/source/message.h"
#include "daemon/status.h"

namespace driftd {

class SchemaRegistry {
 public:
  using Clock = std::chrono::steady_clock;
  // The answer to GET `target`, or why there is none. On the registry's thread; may block.
  using Ask = std::function<std::expected<HttpAnswer, std::string>(const std::string& target)>;

  SchemaRegistry(const SchemaRegistryConfig& config, Ask ask);

  // ---- Source thread
  // Sets Message::schema of the batch. False: some are not known yet; call again later. What was set once stays.
  bool attach(const std::string& topic, MessageBatch& batch);

  // ---- Registry thread
  void run();                                 // until close()
  void step(std::chrono::milliseconds wait);  // one turn of it: waits so long for something to do, asks at most one id

  // ---- Any thread
  void close();
  std::shared_ptr<const RegistryStatus> status() const { return status_.load(); }

 private:
  struct Wanted {
    std::int32_t id = 0;
    std::string topic;
  };
  struct Answer {
    std::int32_t id = 0;
    std::shared_ptr<const WriterSchema> schema;  // null: the registry knows none
  };
  struct Entry {
    std::shared_ptr<const WriterSchema> schema;
    Clock::time_point since{};
    std::uint64_t used = 0;
  };
  struct Pending {
    std::set<std::string> topics;
    Clock::time_point due{};
    bool said_none = false;  // once
  };
  using Schema = std::expected<std::shared_ptr<const WriterSchema>, RegistryFailure>;

  // Source thread.
  void take_answers(Clock::time_point now);
  const Entry* find(std::int32_t id, Clock::time_point now);
  void want(std::int32_t id, const std::string& topic);
  void make_room();

  // Registry thread.
  void ask_one(Clock::time_point now);
  Schema ask_schema(std::int32_t id);
  std::expected<RegisteredSchema, RegistryFailure> request(const std::string& target);
  std::expected<void, RegistryFailure> add_references(const RegisteredSchema& of, std::size_t depth, WriterSchema& to);
  void count(RegistryStatus::Result result, Clock::duration took);
  void fail(const std::string& what, Clock::time_point now);
  void publish();

  SchemaRegistryConfig config_;
  Ask ask_;
  BoundedQueue<Wanted> wanted_;
  BoundedQueue<Answer> answers_;
  Published<RegistryStatus> status_;
  std::atomic<std::uint64_t> entries_ = 0;

  std::map<std::int32_t, Entry> cache_;                  // source thread
  std::map<std::int32_t, std::set<std::string>> asked_;  // likewise: by id, the topics that wait for it
  std::uint64_t uses_ = 0;

  std::map<std::int32_t, Pending> pending_;  // registry thread
  std::array<RegistryStatus::Requests, RegistryStatus::kResults> requests_{};
  std::string failure_;  // "" = the last request was answered
  std::chrono::milliseconds back_off_{0};
  Clock::time_point ask_from_{};
};

// Over the network, with the login of the configuration. The error is a line for the operator. give_up: asked every
// few milliseconds, true ends a question with an error.
std::expected<SchemaRegistry::Ask, std::string> registry_over_http(const SchemaRegistryConfig& config, std::function<bool()> give_up);

// Whether the stream's records name schemas that a registry must be asked for.
bool needs_registry(const StreamConfig& stream);

}  // namespace driftd
