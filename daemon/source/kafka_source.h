// Kafka as a Source: all partitions of the streams' topics by assign(), at offsets of ours. The group is only a place to
// commit to, so that lag dashboards see something; it never decides where reading starts.
//
// Thread: one, the source thread, except where said. Nothing here blocks longer than the timeout it was given.
//   create() -> discover() until it returns positions -> (first start: the caller saves snapshot generation 0)
//   -> assign() -> poll() for ever -> close()
//
// Delivery: records of a partition in offset order, each once, or a gap that says so. Errors of the environment are
// counted and retried for ever; status() says what stands in the way.
//
// Back-pressure: pause() keeps what was read; librdkafka is told to pause only when a paused partition's batch is full,
// because pausing throws away what it prefetched. With every partition paused nothing is polled and its queue fills up.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <expected>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "config/config.h"
#include "daemon/runtime/free_list.h"
#include "daemon/runtime/published.h"
#include "daemon/source/kafka_admin.h"
#include "daemon/source/kafka_discovery.h"
#include "daemon/source/kafka_handles.h"
#include "daemon/source/kafka_reports.h"
#include "daemon/source/last_read.h"
#include "daemon/source/offset_guard.h"
#include "daemon/source/poison_probe.h"
#include "daemon/source/source.h"

namespace driftd {

inline constexpr std::size_t kBatchMessages = 256;
inline constexpr std::chrono::milliseconds kBatchAge{5};  // a batch is handed over at this age, full or not

struct KafkaSourceOptions {
  // What the snapshot says of the known positions. A partition that has one is read again from its last record on, which must be the
  // same if it is still there.
  LastReads last_reads = {};
  // A partition that is behind and gives nothing for so long is looked into; wide, so that a slow broker is not taken for one.
  std::chrono::milliseconds stalled_after{30'000};
};

struct KafkaPartitionStatus {
  TopicPartition id;
  std::int64_t next_offset = 0;
  std::int64_t end_offset = -1;  // the broker's newest known; -1 unknown
  bool paused = false, caught_up = false;
  std::uint64_t records = 0, bytes = 0, duplicates = 0, lost = 0, skipped = 0;
};

struct KafkaSourceStatus {
  bool assigned = false;
  std::vector<std::string> not_ready;  // reasons, one a line; empty: everything is read
  bool refused = false;                // one of them will not pass by itself
  // Why the snapshot does not belong to the topics that are there; "" = nothing speaks against it. The daemon ends then.
  std::string diverged;
  std::vector<std::string> given_up;             // topics that were deleted and created anew: no longer read
  bool group_asked = false;                      // whether the group may be used is known, as far as brokers say it
  std::vector<KafkaPartitionStatus> partitions;  // by index
  std::map<std::string, std::int32_t> topic_partitions;
  std::map<std::string, std::uint64_t> errors;  // by librdkafka's enum name
  std::uint64_t commits_ok = 0, commits_failed = 0;
  std::uint64_t assigned_changes = 0, revoked_changes = 0;  // times that partitions were added, that a topic was given up
};

class KafkaSource final : public Source {
 public:
  // known: the snapshot's positions, empty at the first start. Error: a configuration librdkafka refuses (exit 78).
  static std::expected<std::unique_ptr<KafkaSource>, std::string> create(const KafkaConfig& kafka, std::span<const StreamConfig> streams,
                                                                         std::span<const SourcePosition> known, KafkaLog log,
                                                                         KafkaSourceOptions options = {});
  ~KafkaSource() override;

  // One step of finding the partitions and their first offsets; nullopt: not all known yet, call again. Until the brokers
  // first answered it may take a second longer than the timeout.
  std::optional<std::vector<SourcePosition>> discover(std::chrono::milliseconds timeout);
  std::map<std::string, std::string> topic_ids() const { return discovery_.topic_ids(); }
  void assign();  // starts reading at what discover() returned; poll() first announces each partition

  SourceEvent poll(std::chrono::milliseconds timeout) override;
  void pause(std::uint32_t partition) override;
  void resume(std::uint32_t partition) override;
  bool answers() const override;                               // a broker answered something lately
  void recycle(std::unique_ptr<MessageBatch> batch) override;  // any thread

  void commit(std::span<const SourcePosition> positions);  // asynchronous; for dashboards only

  std::shared_ptr<const KafkaSourceStatus> status() const { return published_.load(); }  // any thread; at most 0.25 s old

  // Closes the client. False: librdkafka did not return within the budget; end the process by _exit once state is on disk.
  // Every batch must have come back or be destroyed before.
  bool close(std::chrono::milliseconds budget);

 private:
  using Clock = std::chrono::steady_clock;
  struct Partition;
  enum class Asked : std::uint8_t { kNothing, kTopics, kStarts, kLogStart, kLogEnd, kGroup };

  KafkaSource(KafkaClient client, const KafkaConfig& kafka, KafkaDiscovery discovery, KafkaReports reports, KafkaSourceOptions options);

  void serve(Clock::time_point now);
  void take_commit(int code);  // code: rd_kafka_resp_err_t
  void take_answer(Clock::time_point now);
  void ask(Clock::time_point now);
  void ask_about(const Partition& partition, std::int64_t at);
  void doubt_remains(const std::string& error);
  void apply_discovery();
  void add_partition(const SourcePosition& position);
  void stop_topic(const std::string& topic);
  void publish(Clock::time_point now);
  void add_reasons(Clock::time_point now, KafkaSourceStatus& status) const;
  void take_group(const GroupAnswered& answered, Clock::time_point now);

  void pull(std::chrono::milliseconds wait);
  KafkaMessage next_message(std::chrono::milliseconds wait);
  void take_message(KafkaMessage message);
  void take_record(Partition& partition, KafkaMessage message);
  void take_end(Partition& partition, std::int64_t offset);
  bool is_the_log_read(Partition& partition, const rd_kafka_message_s& message);
  void diverge(const TopicPartition& id, const std::string& why);
  void take_fault(Partition* partition, int code, const std::string& text);
  Partition* find(const rd_kafka_message_s& message);

  void restart_at(Partition& partition, std::int64_t offset);
  void set_paused(Partition& partition, bool paused);
  void poisoned(Partition& partition);
  void probe_read(Partition& partition);
  void log_start_known(std::int64_t log_start);
  void log_end_known(std::int64_t log_end);
  void add_gap(Partition& partition, std::int64_t from, std::int64_t to, bool lost);
  void add_hole(Partition& partition, std::int64_t from, std::int64_t to);
  void watch_stalled(Clock::time_point now);

  MessageBatch& open_batch(Partition& partition);
  void append(Partition& partition, KafkaMessage message);
  void seal(Partition& partition);
  void seal_aged(Clock::time_point now);
  bool all_paused() const;

  KafkaClient client_;
  KafkaQueue events_;  // errors, log lines, commits
  KafkaReports reports_;
  KafkaAdmin admin_;
  KafkaDiscovery discovery_;
  std::string diverged_;
  const bool read_committed_;
  const KafkaSourceOptions options_;

  Asked asked_ = Asked::kNothing;
  std::uint32_t asked_about_ = 0;       // partition of kLogStart, kLogEnd
  std::deque<std::uint32_t> in_doubt_;  // partitions whose position may be outside the log, or that give nothing
  Clock::time_point ask_at_, topics_at_, publish_at_, answered_at_;  // topics: asked for again; answered: by any broker, about anything
  std::chrono::milliseconds backoff_{0};
  bool assigned_ = false;

  std::vector<std::unique_ptr<Partition>> partitions_;  // by index
  struct ById {                                         // looked up by librdkafka's names without making a string
    using is_transparent = void;
    template <typename A, typename B>
    bool operator()(const A& a, const B& b) const {
      const int order = std::string_view(a.first).compare(b.first);
      return order < 0 || (order == 0 && a.second < b.second);
    }
  };
  std::map<std::pair<std::string, std::int32_t>, Partition*, ById> by_id_;
  const void* last_topic_ = nullptr;  // the topic handle of the last record, and its partition: runs are long
  Partition* last_ = nullptr;
  std::vector<SourceEvent> ready_;
  std::size_t ready_taken_ = 0;
  std::uint64_t commits_ok_ = 0, commits_failed_ = 0;
  std::uint64_t assigned_changes_ = 0, revoked_changes_ = 0;
  const std::string group_;
  std::string group_error_;         // why the group's offsets cannot be committed, "" = they can
  Clock::time_point ask_group_at_;  // at the start, and again while it is refused
  FreeList<MessageBatch> free_{1024};
  Published<KafkaSourceStatus> published_;
};

}  // namespace driftd
