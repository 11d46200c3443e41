#include "daemon/source/kafka_source.h"

#include <fmt/format.h>
#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <cassert>

#include "daemon/runtime/bounded_call.h"
#include "daemon/source/kafka_config.h"

namespace driftd {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kRefreshEvery{5000};  // topics are asked for again while running
constexpr milliseconds kPublishEvery{250};
constexpr milliseconds kPausedWait{2};  // a poll with everything paused: short, because resume() comes from the caller
constexpr milliseconds kFirstBackoff{100}, kLongestBackoff{5000}, kLongestConnect{1000};
constexpr std::chrono::seconds kSilentFor{15};  // brokers that answered nothing for so long are a reason
constexpr std::string_view kWayOut =
    ": its state does not fit; --reset-state starts afresh and forgets the state of every topic (`driftd state export` keeps a copy)";
constexpr int kPullMessages = 64;  // between two looks at the clock

struct KafkaStorage final : MessageStorage {
  std::vector<KafkaMessage> messages;
};

KafkaStorage& storage_of(MessageBatch& batch) { return static_cast<KafkaStorage&>(*batch.storage); }

std::unique_ptr<MessageBatch> new_batch() {
  auto batch = std::make_unique<MessageBatch>();
  auto storage = std::make_unique<KafkaStorage>();
  storage->messages.reserve(kBatchMessages);
  batch->messages.reserve(kBatchMessages);
  batch->storage = std::move(storage);
  return batch;
}

void clear(MessageBatch& batch) {
  batch.messages.clear();
  batch.gaps.clear();
  batch.schemas.clear();
  storage_of(batch).messages.clear();
}

std::string_view bytes_of(const void* bytes, std::size_t size) {
  return bytes ? std::string_view(static_cast<const char*>(bytes), size) : std::string_view();
}

Message view_of(const rd_kafka_message_t& message) {
  rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
  const std::int64_t ms = rd_kafka_message_timestamp(&message, &type);
  const bool timed = type != RD_KAFKA_TIMESTAMP_NOT_AVAILABLE && ms > kNoTime / 1000;
  return {message.offset, timed ? ms * 1000 : kNoTime, bytes_of(message.payload, message.len), bytes_of(message.key, message.key_len),
          message.payload == nullptr};
}

KafkaPartitions one(const TopicPartition& id, std::int64_t offset = RD_KAFKA_OFFSET_INVALID) {
  KafkaPartitions list(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(list.get(), id.topic.c_str(), id.partition)->offset = offset;
  return list;
}

// A batch that cannot be decoded shows as one of these (kafka-broker, section 7).
bool is_poison(int code) {
  return code == RD_KAFKA_RESP_ERR__BAD_MSG || code == RD_KAFKA_RESP_ERR__BAD_COMPRESSION || code == RD_KAFKA_RESP_ERR_INVALID_MSG ||
         code == RD_KAFKA_RESP_ERR__NOT_IMPLEMENTED;
}

}  // namespace

struct KafkaSource::Partition {
  TopicPartition id;
  std::uint32_t index = 0;
  OffsetGuard guard;
  bool restored = false;  // of a snapshot, and nothing of its log was seen yet
  RecordMark last;        // restored: the record to be read once more; none: nothing to compare
  PoisonProbe probe;
  bool paused = false;   // by the caller
  bool held = false;     // librdkafka was told to pause, because the open batch was full
  bool stopped = false;  // its topic was given up
  bool caught_up = false;
  std::string doubt;         // why it is still not known where its log begins and ends; "" = nothing is in doubt
  bool stalled = false;      // nothing came for long: its leader is asked whether there is anything
  bool end_to_tell = false;  // the end was reached while paused
  std::unique_ptr<MessageBatch> open;
  Clock::time_point opened, progress;
  KafkaPartitionStatus counts;

  std::int64_t read_from() const { return last.offset >= 0 ? last.offset : guard.next(); }
};

std::expected<std::unique_ptr<KafkaSource>, std::string> KafkaSource::create(const KafkaConfig& kafka,
                                                                             std::span<const StreamConfig> streams,
                                                                             std::span<const SourcePosition> known, KafkaLog log,
                                                                             KafkaSourceOptions options) {
  auto conf = make_kafka_conf(kafka, KafkaRole::kConsumer, prefetch_of({streams.begin(), streams.end()}));
  if (!conf) return std::unexpected(conf.error());
  rd_kafka_conf_set_events(conf->get(), RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_LOG | RD_KAFKA_EVENT_OFFSET_COMMIT);
  KafkaReports reports(std::move(log), kafka_secrets(kafka.security), KafkaUse::kRead);
  char text[512] = "";
  KafkaClient client(rd_kafka_new(RD_KAFKA_CONSUMER, conf->get(), text, sizeof text));
  if (!client) return std::unexpected(fmt::format("kafka: {}", reports.masked(text)));
  static_cast<void>(conf->release());  // the client's now
  KafkaDiscovery discovery(streams, known, options.last_reads);
  return std::unique_ptr<KafkaSource>(
      new KafkaSource(std::move(client), kafka, std::move(discovery), std::move(reports), std::move(options)));
}

KafkaSource::KafkaSource(KafkaClient client, const KafkaConfig& kafka, KafkaDiscovery discovery, KafkaReports reports,
                         KafkaSourceOptions options)
    : client_(std::move(client)),
      events_(rd_kafka_queue_get_main(client_.get())),
      reports_(std::move(reports)),
      admin_(client_.get()),
      discovery_(std::move(discovery)),
      read_committed_(kafka.read_committed),
      options_(std::move(options)),
      answered_at_(Clock::now()),
      group_(kafka.group) {
  rd_kafka_set_log_queue(client_.get(), events_.get());
  published_.store(std::make_shared<KafkaSourceStatus>());
}

KafkaSource::~KafkaSource() { close(std::chrono::seconds(5)); }

// ---- Start

std::optional<std::vector<SourcePosition>> KafkaSource::discover(milliseconds timeout) {
  const auto until = Clock::now() + timeout;
  while (true) {
    const auto now = Clock::now();
    serve(now);
    if (!discovery_.diverged().empty()) {
      diverged_ = fmt::format("{}{}", discovery_.diverged(), kWayOut);
      publish(now);
      return std::nullopt;
    }
    if (discovery_.topics_known() && discovery_.questions().empty()) return discovery_.positions();
    if (now >= until) return std::nullopt;
    // Waiting on the events' queue is waiting for an error or a log line; answers are looked for every few milliseconds.
    if (const KafkaEvent event{rd_kafka_queue_poll(events_.get(), 5)}) reports_.take(event.get());
  }
}

void KafkaSource::assign() {
  assigned_ = true;
  apply_discovery();
  publish(Clock::now());
}

void KafkaSource::apply_discovery() {
  if (!assigned_) return;
  for (const auto& topic : discovery_.take_stopped()) stop_topic(topic);
  auto added = discovery_.take_added();
  if (!added.empty()) ++assigned_changes_;
  std::sort(added.begin(), added.end());
  for (const auto& position : added) add_partition(position);
}

void KafkaSource::add_partition(const SourcePosition& position) {
  auto partition = std::make_unique<Partition>();
  partition->id = partition->counts.id = position.id;
  partition->index = static_cast<std::uint32_t>(partitions_.size());
  partition->guard = OffsetGuard(position.next_offset);
  partition->progress = Clock::now();
  if (const auto last = options_.last_reads.find(position.id); last != options_.last_reads.end()) {
    partition->restored = true;
    if (last->second.record.offset < position.next_offset) partition->last = last->second.record;
  }
  by_id_[{position.id.topic, position.id.partition}] = partition.get();
  ready_.push_back({SourceEvent::Kind::kPartition, partition->index, position.id, position.next_offset, nullptr,
                    discovery_.topic_ids().at(position.id.topic)});
  const std::int64_t from = partition->read_from();
  partitions_.push_back(std::move(partition));
  const KafkaFault fault(rd_kafka_incremental_assign(client_.get(), one(position.id, from).get()));
  if (fault) reports_.error(rd_kafka_error_code(fault.get()), rd_kafka_error_string(fault.get()));
}

void KafkaSource::stop_topic(const std::string& topic) {
  ++revoked_changes_;
  last_ = nullptr;
  for (auto& partition : partitions_) {
    if (partition->id.topic != topic || partition->stopped) continue;
    partition->stopped = true;
    const KafkaFault fault(rd_kafka_incremental_unassign(client_.get(), one(partition->id).get()));
  }
  reports_.say(LogLevel::kError, "topic_stopped", fmt::format("{}: deleted and created anew, or cut back; it is no longer read", topic));
}

// ---- Beside the records: errors, questions to the brokers, what others see

void KafkaSource::serve(Clock::time_point now) {
  while (const KafkaEvent event{rd_kafka_queue_poll(events_.get(), 0)}) {
    if (reports_.take(event.get())) continue;
    if (rd_kafka_event_type(event.get()) != RD_KAFKA_EVENT_OFFSET_COMMIT) continue;
    take_commit(rd_kafka_event_error(event.get()));
  }
  take_answer(now);
  ask(now);
  if (now >= publish_at_) publish(now);
}

void KafkaSource::take_commit(int code) {
  const bool done = code == RD_KAFKA_RESP_ERR_NO_ERROR || code == RD_KAFKA_RESP_ERR__NO_OFFSET;
  ++(done ? commits_ok_ : commits_failed_);
  if (done) group_error_.clear();
  if (code == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED) take_fault(nullptr, code, "the offsets are not committed");
}

void KafkaSource::ask(Clock::time_point now) {
  if (!admin_.idle() || now < ask_at_) return;
  if (!admin_.connected() && !admin_.connect(std::max(backoff_, kFirstBackoff))) {
    backoff_ = std::clamp(backoff_ * 2, kFirstBackoff, kLongestConnect);
    ask_at_ = now + backoff_;
    return;
  }
  const auto questions = discovery_.questions();
  // The topics first when they are due: what cannot be answered about one partition must not hide that its topic is another.
  if (!discovery_.topics_known() || (assigned_ && now >= topics_at_)) {
    asked_ = Asked::kTopics;
    admin_.ask_topics(discovery_.topics());
  } else if (!questions.empty()) {
    asked_ = Asked::kStarts;
    admin_.ask_offsets(questions, read_committed_);
  } else if (!in_doubt_.empty()) {
    asked_ = Asked::kLogStart;
    asked_about_ = in_doubt_.front();
    in_doubt_.pop_front();
    ask_about(*partitions_[asked_about_], kEarliestOffset);
  } else if (assigned_ && admin_.has_controller() && now >= ask_group_at_) {
    asked_ = Asked::kGroup;
    admin_.ask_group(group_);
  }
}

void KafkaSource::ask_about(const Partition& partition, std::int64_t at) {
  const OffsetQuestion question{partition.id, at};
  // Whether a stalled partition has something to read depends on open transactions; where its log ends does not.
  admin_.ask_offsets({&question, 1}, partition.stalled && read_committed_);
}

void KafkaSource::take_answer(Clock::time_point now) {
  const KafkaAnswer answer = admin_.poll();
  if (std::holds_alternative<std::monostate>(answer)) return;
  if (const auto* group = std::get_if<GroupAnswered>(&answer)) return take_group(*group, now);
  const auto* topics = std::get_if<TopicsAnswered>(&answer);
  const auto* offsets = std::get_if<OffsetsAnswered>(&answer);
  const bool about_one = asked_ == Asked::kLogStart || asked_ == Asked::kLogEnd;
  const bool failed =
      !(topics ? topics->error : offsets->error).empty() || (about_one && (offsets->offsets.empty() || !offsets->offsets[0].error.empty()));
  backoff_ = failed ? std::clamp(backoff_ * 2, kFirstBackoff, kLongestBackoff) : milliseconds(0);
  ask_at_ = now + backoff_;
  if (topics) topics_at_ = now + kRefreshEvery;
  if (failed) {
    if (about_one) doubt_remains(offsets->error.empty() && !offsets->offsets.empty() ? offsets->offsets[0].error : offsets->error);
    return;
  }
  answered_at_ = now;
  reports_.healthy();
  if (topics) {
    discovery_.topics_answered(*topics, now);
    if (!discovery_.topics_known()) ask_at_ = now + kFirstBackoff;
  } else if (asked_ == Asked::kStarts) {
    discovery_.offsets_answered(*offsets);
    if (!discovery_.questions().empty()) ask_at_ = now + kFirstBackoff;
  } else {
    partitions_[asked_about_]->doubt.clear();
    asked_ == Asked::kLogStart ? log_start_known(offsets->offsets[0].offset) : log_end_known(offsets->offsets[0].offset);
  }
  apply_discovery();
}

void KafkaSource::doubt_remains(const std::string& error) {
  Partition& partition = *partitions_[asked_about_];
  if (partition.stopped) return;
  partition.doubt = error;
  in_doubt_.push_back(asked_about_);
}

// A group that may not be used changes no result. It is said, because lag dashboards would see nothing.
void KafkaSource::take_group(const GroupAnswered& answered, Clock::time_point now) {
  ask_group_at_ = Clock::time_point::max();
  if (answered.readable) {
    group_error_.clear();
  } else {
    const std::string error = fmt::format("GROUP_AUTHORIZATION_FAILED: group '{}'", group_);
    group_error_ = describe_failure(error, KafkaUse::kRead);
    ask_group_at_ = now + kRefreshEvery;
  }
  publish(now);
}

bool KafkaSource::answers() const { return Clock::now() - answered_at_ < kSilentFor; }

void KafkaSource::add_reasons(Clock::time_point now, KafkaSourceStatus& status) const {
  for (const auto& line : discovery_.reasons()) status.not_ready.push_back("kafka: " + line);
  status.refused = discovery_.refused() || !diverged_.empty();
  if (!diverged_.empty()) status.not_ready.push_back("kafka: " + diverged_);
  const auto silent = std::chrono::duration_cast<std::chrono::seconds>(now - answered_at_);
  for (const auto& partition : partitions_) {
    if (partition->doubt.empty() || partition->stopped) continue;
    const auto& [topic, number] = partition->id;
    const auto error = fmt::format("topic '{}': where the log of partition {} begins and ends: {}", topic, number, partition->doubt);
    status.not_ready.push_back("kafka: " + describe_failure(error, KafkaUse::kRead));
  }
  const bool waiting = !assigned_ && status.not_ready.empty();
  if (waiting || silent >= kSilentFor) {
    const std::string error = reports_.last_failure();
    const std::string since = fmt::format("no answer from the brokers for {} s", silent.count());
    status.not_ready.push_back(error.empty() ? "kafka: " + since : fmt::format("kafka: {}; {}", error, since));
    status.refused = status.refused || (!error.empty() && explain_failure(reports_.last_error(), KafkaUse::kRead).lasting);
  }
  if (!group_error_.empty()) {
    status.not_ready.push_back("kafka: " + group_error_);
    status.refused = true;
  }
}

void KafkaSource::publish(Clock::time_point now) {
  publish_at_ = now + kPublishEvery;
  watch_stalled(now);
  const auto next = std::make_shared<KafkaSourceStatus>();
  KafkaSourceStatus& status = *next;
  status.assigned = assigned_;
  status.group_asked = !admin_.has_controller() || ask_group_at_ != Clock::time_point();
  add_reasons(now, status);
  status.diverged = diverged_;
  for (auto& partition : partitions_) {
    auto& counts = partition->counts;
    std::int64_t low = -1, high = -1;
    rd_kafka_get_watermark_offsets(client_.get(), partition->id.topic.c_str(), partition->id.partition, &low, &high);
    counts.end_offset = std::max<std::int64_t>(high, -1);
    counts.next_offset = partition->guard.next();
    counts.paused = partition->paused;
    counts.caught_up = partition->caught_up;
    status.partitions.push_back(counts);
  }
  status.topic_partitions = discovery_.partition_counts();
  status.given_up = discovery_.given_up();
  status.errors = reports_.counts();
  status.commits_ok = commits_ok_;
  status.commits_failed = commits_failed_;
  status.assigned_changes = assigned_changes_;
  status.revoked_changes = revoked_changes_;
  published_.store(next);
}

void KafkaSource::commit(std::span<const SourcePosition> positions) {
  if (positions.empty()) return;
  const KafkaPartitions list(rd_kafka_topic_partition_list_new(static_cast<int>(positions.size())));
  for (const auto& position : positions) {
    rd_kafka_topic_partition_list_add(list.get(), position.id.topic.c_str(), position.id.partition)->offset = position.next_offset;
  }
  if (rd_kafka_commit_queue(client_.get(), list.get(), events_.get(), nullptr, nullptr) != RD_KAFKA_RESP_ERR_NO_ERROR) ++commits_failed_;
}

bool KafkaSource::close(milliseconds budget) {
  if (!client_) return true;
  ready_.clear();
  partitions_.clear();
  free_.clear();
  admin_.release();
  events_.reset();
  // librdkafka's destroy has hung in several versions (reliability, pitfall 6): it gets a thread that may be left behind.
  return call_within(budget, [client = std::shared_ptr<rd_kafka_s>(client_.release(), KafkaDestroy())] {});
}

// ---- Records

SourceEvent KafkaSource::poll(milliseconds timeout) {
  const auto until = Clock::now() + timeout;
  for (auto now = Clock::now();; now = Clock::now()) {
    if (ready_taken_ < ready_.size()) {
      SourceEvent event = std::move(ready_[ready_taken_++]);
      if (ready_taken_ == ready_.size()) ready_.clear(), ready_taken_ = 0;
      return event;
    }
    serve(now);
    seal_aged(now);
    if (!ready_.empty()) continue;
    if (now >= until && timeout > milliseconds(0)) return {};
    pull(std::clamp(std::chrono::ceil<milliseconds>(until - now), milliseconds(0), kBatchAge));
    if (timeout <= milliseconds(0) && ready_.empty()) return {};
  }
}

void KafkaSource::pull(milliseconds wait) {
  if (!assigned_ || all_paused()) {
    if (const KafkaEvent event{rd_kafka_queue_poll(events_.get(), static_cast<int>(std::min(wait, kPausedWait).count()))}) {
      reports_.take(event.get());
    }
    return;
  }
  for (int i = 0; i < kPullMessages; ++i) {
    KafkaMessage message = next_message(i == 0 ? wait : milliseconds(0));
    if (!message) return;
    take_message(std::move(message));
  }
}

// The seam: the only call that takes records from librdkafka. One at a time: the batch calls of 2.8.0 move the position
// on an end of partition and on errors (fixed in 2.13.2).
KafkaMessage KafkaSource::next_message(milliseconds wait) {
  return KafkaMessage(rd_kafka_consumer_poll(client_.get(), static_cast<int>(wait.count())));
}

KafkaSource::Partition* KafkaSource::find(const rd_kafka_message_s& message) {
  if (!message.rkt) return nullptr;
  if (last_ && last_topic_ == message.rkt && last_->id.partition == message.partition) return last_;
  const auto row = by_id_.find(std::pair(std::string_view(rd_kafka_topic_name(message.rkt)), message.partition));
  if (row == by_id_.end()) return nullptr;
  last_topic_ = message.rkt;
  return last_ = row->second;
}

void KafkaSource::take_message(KafkaMessage message) {
  Partition* partition = find(*message);
  if (partition && partition->stopped) return;
  if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
    if (partition) take_record(*partition, std::move(message));
  } else if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    if (partition) take_end(*partition, message->offset);
  } else {
    take_fault(partition, message->err, rd_kafka_message_errstr(message.get()));
  }
}

void KafkaSource::take_record(Partition& partition, KafkaMessage message) {
  if (partition.probe.active()) return probe_read(partition);
  if (partition.restored && !is_the_log_read(partition, *message)) return;
  const std::int64_t expected = partition.guard.next();
  switch (partition.guard.record(message->offset)) {
    case OffsetGuard::Verdict::kDuplicate: ++partition.counts.duplicates; return;
    case OffsetGuard::Verdict::kSeekAgain: return restart_at(partition, expected);
    case OffsetGuard::Verdict::kHole: add_hole(partition, expected, message->offset); break;
    case OffsetGuard::Verdict::kPass: break;
  }
  if (partition.probe.suspects()) partition.probe.reset();
  append(partition, std::move(message));
}

// The first record that a restored partition gives. True: it comes after those that were read before. A record that is no longer there
// (retention, compaction) proves nothing.
bool KafkaSource::is_the_log_read(Partition& partition, const rd_kafka_message_s& message) {
  const RecordMark last = partition.last;
  if (message.offset < last.offset) return false;
  if (message.offset == last.offset && mark_of(view_of(message)) != last) {
    diverge(partition.id,
            fmt::format("the record at offset {} of partition {} is not the one that was read there", last.offset, partition.id.partition));
    return false;
  }
  partition.restored = false;
  partition.last = {};
  return message.offset >= partition.guard.next();
}

void KafkaSource::diverge(const TopicPartition& id, const std::string& why) {
  if (diverged_.empty()) {
    diverged_ = fmt::format("topic '{}' was deleted and created anew, or cut back: {}{}", id.topic, why, kWayOut);
  }
  stop_topic(id.topic);
  publish(Clock::now());
}

void KafkaSource::take_end(Partition& partition, std::int64_t offset) {
  if (partition.probe.active()) return probe_read(partition);
  if (partition.restored) {
    partition.last = {};
    if (offset < partition.guard.next()) {
      in_doubt_.push_back(partition.index);
      return;
    }
    partition.restored = false;
  }
  const std::int64_t expected = partition.guard.next();
  const auto verdict = partition.guard.end(offset);
  if (verdict == OffsetGuard::Verdict::kSeekAgain) return restart_at(partition, expected);
  if (verdict == OffsetGuard::Verdict::kHole) add_hole(partition, expected, offset);
  partition.caught_up = true;
  partition.progress = Clock::now();
  partition.end_to_tell = true;
  seal(partition);
}

void KafkaSource::take_fault(Partition* partition, int code, const std::string& text) {
  reports_.error(code, text);
  if (code == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED) ask_group_at_ = {};
  if (!partition) return;
  if (code == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET) {
    // After a batch that could not be read librdkafka asks for nonsense offsets: that is no statement about the log.
    if (partition->probe.suspects()) return poisoned(*partition);
    in_doubt_.push_back(partition->index);
    ask_at_ = {};
  } else if (is_poison(code)) {
    poisoned(*partition);
  }
}

// A partition that met _AUTO_OFFSET_RESET stands still; seek and resume do nothing there. This does, in every state.
void KafkaSource::restart_at(Partition& partition, std::int64_t offset) {
  last_ = nullptr;
  partition.caught_up = false;
  partition.progress = Clock::now();
  const KafkaFault removed(rd_kafka_incremental_unassign(client_.get(), one(partition.id).get()));
  const KafkaFault added(rd_kafka_incremental_assign(client_.get(), one(partition.id, offset).get()));
  for (const auto* fault : {&removed, &added}) {
    if (*fault) reports_.error(rd_kafka_error_code(fault->get()), rd_kafka_error_string(fault->get()));
  }
  if (partition.held) set_paused(partition, true);
}

void KafkaSource::set_paused(Partition& partition, bool paused) {
  const auto list = one(partition.id);
  const auto code = paused ? rd_kafka_pause_partitions(client_.get(), list.get()) : rd_kafka_resume_partitions(client_.get(), list.get());
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) reports_.error(code, rd_kafka_err2str(code));
}

void KafkaSource::poisoned(Partition& partition) {
  std::int64_t low = -1, high = -1;
  rd_kafka_get_watermark_offsets(client_.get(), partition.id.topic.c_str(), partition.id.partition, &low, &high);
  restart_at(partition, partition.probe.failed(partition.guard.next(), high > partition.guard.next() ? high : -1));
}

void KafkaSource::probe_read(Partition& partition) {
  const auto trial = partition.probe.readable();
  if (trial) return restart_at(partition, *trial);
  const std::int64_t from = partition.guard.next(), to = partition.probe.first_readable();
  partition.probe.reset();
  partition.guard.move_to(to);
  add_gap(partition, from, to, true);
  reports_.say(
      LogLevel::kError, "batch_unreadable",
      fmt::format("{}/{}: offsets {} to {} cannot be decoded and are lost", partition.id.topic, partition.id.partition, from, to - 1));
  restart_at(partition, to);
}

void KafkaSource::log_start_known(std::int64_t log_start) {
  Partition& partition = *partitions_[asked_about_];
  if (partition.stopped) return;
  if (log_start > partition.last.offset) partition.last = {};
  if (log_start > partition.guard.next()) {
    partition.restored = false;
    add_gap(partition, partition.guard.next(), log_start, true);
    partition.guard.move_to(log_start);
    partition.stalled = false;
    restart_at(partition, log_start);
    return;
  }
  asked_ = Asked::kLogEnd;
  ask_about(partition, kLatestOffset);
}

void KafkaSource::log_end_known(std::int64_t log_end) {
  Partition& partition = *partitions_[asked_about_];
  const bool more = log_end > partition.guard.next();
  if (std::exchange(partition.stalled, false)) {
    if (partition.last.offset >= 0) {
      // What was read once cannot be read again: it is left at that.
      partition.last = {};
      return restart_at(partition, partition.guard.next());
    }
    if (more) poisoned(partition);
    return;
  }
  if (log_end >= partition.guard.next()) return restart_at(partition, partition.read_from());
  if (partition.restored) {
    return diverge(partition.id, fmt::format("the log of partition {} ends at offset {}, and it was read up to {}", partition.id.partition,
                                             log_end, partition.guard.next()));
  }
  discovery_.stop_topic(partition.id.topic,
                        fmt::format("ends at {} in partition {}, before the position {}: it was deleted and created anew, or cut back",
                                    log_end, partition.id.partition, partition.guard.next()));
}

// librdkafka drops some undecodable batches in silence. So a partition that is behind and gives nothing for long is looked
// into: only when its leader says that there are readable records does it count as a failed read.
void KafkaSource::watch_stalled(Clock::time_point now) {
  for (auto& partition : partitions_) {
    const bool reading = !partition->paused && !partition->stopped && !partition->caught_up && !partition->stalled;
    if (!reading || partition->counts.end_offset <= partition->read_from() || now - partition->progress < options_.stalled_after) continue;
    partition->stalled = true;
    partition->progress = now;
    in_doubt_.push_back(partition->index);
  }
}

// ---- Batches

void KafkaSource::add_hole(Partition& partition, std::int64_t from, std::int64_t to) {
  std::int64_t low = -1, high = -1;
  rd_kafka_get_watermark_offsets(client_.get(), partition.id.topic.c_str(), partition.id.partition, &low, &high);
  const std::int64_t gone = std::clamp(low, from, to);
  if (gone > from) add_gap(partition, from, gone, true);
  if (to > gone) add_gap(partition, gone, to, false);
}

void KafkaSource::add_gap(Partition& partition, std::int64_t from, std::int64_t to, bool lost) {
  open_batch(partition).gaps.push_back({from, to, lost});
  (lost ? partition.counts.lost : partition.counts.skipped) += static_cast<std::uint64_t>(to - from);
}

MessageBatch& KafkaSource::open_batch(Partition& partition) {
  if (!partition.open) {
    partition.open = free_.take();
    if (!partition.open) partition.open = new_batch();
    partition.open->source_partition = partition.index;
    partition.opened = Clock::now();
  }
  return *partition.open;
}

void KafkaSource::append(Partition& partition, KafkaMessage message) {
  MessageBatch& batch = open_batch(partition);
  batch.messages.push_back(view_of(*message));
  ++partition.counts.records;
  partition.counts.bytes += message->len;
  partition.caught_up = false;
  partition.end_to_tell = false;
  storage_of(batch).messages.push_back(std::move(message));
  if (batch.messages.size() < kBatchMessages) return;
  partition.progress = Clock::now();
  if (!partition.paused) return seal(partition);
  if (!partition.held) set_paused(partition, partition.held = true);
}

void KafkaSource::seal(Partition& partition) {
  if (partition.paused) return;
  if (partition.open) ready_.push_back({SourceEvent::Kind::kBatch, partition.index, {}, 0, std::move(partition.open)});
  if (partition.end_to_tell) ready_.push_back({SourceEvent::Kind::kCaughtUp, partition.index, {}, 0, nullptr});
  partition.end_to_tell = false;
}

void KafkaSource::seal_aged(Clock::time_point now) {
  for (auto& partition : partitions_) {
    if (!partition->open || partition->paused || now - partition->opened < kBatchAge) continue;
    partition->progress = now;
    seal(*partition);
  }
}

bool KafkaSource::all_paused() const {
  return std::all_of(partitions_.begin(), partitions_.end(), [](const auto& partition) { return partition->paused || partition->stopped; });
}

void KafkaSource::pause(std::uint32_t index) { partitions_[index]->paused = true; }

void KafkaSource::resume(std::uint32_t index) {
  Partition& partition = *partitions_[index];
  if (!partition.paused) return;  // resuming what is not paused makes librdkafka deliver again (reliability, pitfall 5)
  partition.paused = false;
  partition.progress = Clock::now();
  if (std::exchange(partition.held, false)) set_paused(partition, false);
  seal(partition);
}

void KafkaSource::recycle(std::unique_ptr<MessageBatch> batch) {
  if (!batch) return;
  clear(*batch);
  free_.give(std::move(batch));
}

}  // namespace driftd
