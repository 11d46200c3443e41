// Questions to the brokers that never block: asked here, answered later by poll(). Owned by the thread that owns the client.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "daemon/source/kafka_handles.h"
#include "daemon/source/message.h"

namespace driftd {

inline constexpr std::int64_t kEarliestOffset = -2, kLatestOffset = -1;  // as OffsetQuestion::at

struct OffsetQuestion {
  TopicPartition id;
  std::int64_t at = kLatestOffset;  // or milliseconds since 1970: the first record of that time or later
};

struct TopicAnswer {
  std::string topic;
  std::string topic_id;  // "" from brokers that have none
  std::int32_t partitions = 0;
  bool missing = false;                   // the brokers do not know it
  bool readable = true, writable = true;  // by us; true as well where brokers do not say
  std::string error;                      // "" = answered
};

struct OffsetAnswer {
  TopicPartition id;
  std::int64_t offset = -1;  // -1: no record of that time or later
  std::string error;
};

// One answer to one question. `error` is the whole request's; the lists then are empty.
struct TopicsAnswered {
  std::vector<TopicAnswer> topics;
  std::string error;
};
struct OffsetsAnswered {
  std::vector<OffsetAnswer> offsets;
  std::string error;
};
struct GroupAnswered {
  bool readable = true;  // we may commit to it; true as well where brokers do not say
  std::string error;
};
using KafkaAnswer = std::variant<std::monostate, TopicsAnswered, OffsetsAnswered, GroupAnswered>;

// At most one question is under way: ask only when idle().
class KafkaAdmin {
 public:
  explicit KafkaAdmin(rd_kafka_s* client);  // which must outlive this

  // Waits for a first answer of any broker; to be repeated until true, before any question. The only call that waits.
  bool connect(std::chrono::milliseconds timeout);
  bool connected() const { return connected_; }
  bool has_controller() const { return !broker_; }  // false: librdkafka's own mock cluster, which knows no groups' rights

  bool idle() const { return !waiting_; }
  void ask_topics(std::span<const std::string> topics);
  void ask_offsets(std::span<const OffsetQuestion> questions, bool read_committed);
  void ask_group(const std::string& group);
  KafkaAnswer poll();                 // std::monostate: no answer yet
  void release() { queue_.reset(); }  // before the client is destroyed; nothing may be asked after it

 private:
  KafkaAdminOptions options(int operation) const;
  rd_kafka_s* client_;
  KafkaQueue queue_;
  bool connected_ = false;
  std::optional<std::int32_t> broker_;  // whom to ask about topics; nullopt: the controller
  bool waiting_ = false;
};

}  // namespace driftd
