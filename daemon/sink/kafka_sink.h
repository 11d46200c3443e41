// Kafka as a RecordSink: idempotent producer, acks=all, zstd where librdkafka has it. driftd creates no topic.
//
// Nothing is lost here: a record leaves only by an acknowledgement. While brokers are away librdkafka keeps it, in order.
// What a broker refuses (topic missing, not allowed, too large) comes back through take_failed() after a back-off of its
// topic, for ever, and status() says why. A fatal producer error (reliability, pitfall 13) makes a new producer; what was
// under way is sent again, so readers deduplicate by id.
//
// Thread: one, the merger thread, except status(). Nothing blocks but serve(), flush() and close().
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/config.h"
#include "daemon/runtime/published.h"
#include "daemon/sink/delivery.h"
#include "daemon/sink/sink.h"
#include "daemon/source/kafka_admin.h"
#include "daemon/source/kafka_handles.h"
#include "daemon/source/kafka_reports.h"

namespace driftd {

struct KafkaSinkStatus {
  std::uint64_t delivered = 0, retried = 0, waiting = 0;  // waiting: sent and neither acknowledged nor handed back
  std::uint64_t producers = 1;                            // made so far: more than one after a fatal error
  DeliveryTimes times;                                    // of alerts and windows, from sending to the acknowledgement
  bool asked = false;                                     // the brokers answered about the topics
  bool refused = false;                                   // what is wrong will not pass by itself
  std::vector<std::string> problems;                      // one a line: what keeps records from being written
  std::map<std::string, std::uint64_t> errors;            // by librdkafka's enum name
};

// Topics that driftd writes to: the alerts', and the dead letters' of each stream. Sorted, unique.
std::vector<std::string> sink_topics(const Config& config);

class KafkaSink final : public RecordSink {
 public:
  // topics: what will be written to. Whether it may be is asked at once and then again, so that status() says it before a record waits.
  static std::expected<std::unique_ptr<KafkaSink>, std::string> create(const KafkaConfig& kafka, std::vector<std::string> topics,
                                                                       KafkaLog log);
  ~KafkaSink() override;

  bool send(const OutRecord& record) override;
  std::vector<std::uint64_t> take_acked() override;
  std::vector<std::uint64_t> take_failed() override;

  void serve(std::chrono::milliseconds wait);    // takes what the brokers say; waits for the first of it, and to connect
  bool flush(std::chrono::milliseconds budget);  // true: nothing is waiting
  bool close(std::chrono::milliseconds budget);  // false: librdkafka did not return, see KafkaSource::close
  std::shared_ptr<const KafkaSinkStatus> status() const { return published_.load(); }  // any thread; at most 0.1 s old

 private:
  using Clock = std::chrono::steady_clock;
  struct Topic {           // as the brokers last answered about it
    std::string unusable;  // missing, or not to be written to
    std::string problem;   // of the last record
    Clock::time_point retry_at;
    std::chrono::milliseconds backoff{0};
  };
  struct Refused {
    std::uint64_t sequence;
    Clock::time_point due;
  };

  KafkaSink(const KafkaConfig& kafka, std::vector<std::string> topics, KafkaReports reports);
  std::expected<void, std::string> make_producer();
  void take_report(const rd_kafka_message_s& message);
  void refuse(const std::string& topic, std::uint64_t sequence, const std::string& why);
  void replace_producer(Clock::time_point now);
  void ask(Clock::time_point now);
  void take_answer(Clock::time_point now);
  void publish(Clock::time_point now);

  const KafkaConfig kafka_;
  const std::vector<std::string> names_;
  KafkaReports reports_;
  KafkaClient client_;
  KafkaQueue events_;
  std::optional<KafkaAdmin> admin_;
  Clock::time_point ask_at_, replace_at_;
  std::chrono::milliseconds replace_backoff_{0};
  bool fatal_ = false;  // the producer takes nothing more
  struct Sent {
    std::string topic;
    Clock::time_point at;
    bool timed = false;  // no dead letter
  };
  std::map<std::uint64_t, Sent> under_way_;  // by sequence
  std::map<std::string, Topic> topics_;
  std::vector<std::uint64_t> acked_;
  std::vector<Refused> refused_;
  KafkaSinkStatus counts_;
  Clock::time_point publish_at_;
  Published<KafkaSinkStatus> published_;
};

}  // namespace driftd
