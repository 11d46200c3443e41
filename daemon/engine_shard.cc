#include "daemon/engine_shard.h"

#include <algorithm>
#include <charconv>

#include "daemon/decode/dead_letter.h"

namespace driftd {

EngineShard::EngineShard(const EnginePlan& plan) : plan_(plan) {
  for (const StreamPlan& stream : plan.streams) {
    StreamDecoder& decoder = streams_.emplace_back();
    decoder.decoder = make_decoder(stream.decode);
    reserve(stream.decode, decoder.batch);
  }
}

namespace {

void save_counters(const PartitionCounters& counters, ByteWriter& out) {
  out.i64(counters.next_offset);
  for (const std::uint64_t value : {counters.records, counters.bytes, counters.rows, counters.lost, counters.skipped}) out.u64(value);
  out.varint(kRejects);
  for (const std::uint64_t value : counters.rejected) out.u64(value);
}

// State of a driftd that knew fewer reasons can be read.
void load_counters(ByteReader& in, PartitionCounters& counters) {
  counters.next_offset = in.i64();
  for (std::uint64_t* value : {&counters.records, &counters.bytes, &counters.rows, &counters.lost, &counters.skipped}) *value = in.u64();
  const std::size_t reasons = in.count(8);
  if (reasons > kRejects) in.fail();
  for (std::size_t i = 0; i < std::min(reasons, kRejects); ++i) counters.rejected[i] = in.u64();
}

void save_last_read(const LastRead& last, ByteWriter& out) {
  out.string(last.topic_id);
  out.i64(last.record.offset);
  out.i64(last.record.time_us);
  out.u64(last.record.xxh3);
}

void load_last_read(ByteReader& in, LastRead& last) {
  last.topic_id = in.string();
  last.record.offset = in.i64();
  last.record.time_us = in.i64();
  last.record.xxh3 = in.u64();
}

}  // namespace

bool EngineShard::add_partition(std::uint32_t source_partition, const TopicPartition& id, std::int64_t next_offset, std::string_view state,
                                std::string_view topic_id) {
  const std::uint32_t stream = plan_.stream_of_topic.at(id.topic);
  Partition partition{id, stream, {}, {}, PartitionPanes(source_partition, plan_.streams[stream].monitors)};
  partition.counters.next_offset = next_offset;
  if (!state.empty()) {
    ByteReader in(state);
    load_counters(in, partition.counters);
    load_last_read(in, partition.last);
    if (!partition.panes.load(in) || !in.done()) return false;
  }
  if (!topic_id.empty()) partition.last.topic_id = topic_id;
  partitions_.insert_or_assign(source_partition, std::move(partition));
  return true;
}

namespace {

constexpr std::string_view kPartitionSection = "partition/";

}  // namespace

std::string partition_section(const TopicPartition& id) {
  return std::string(kPartitionSection) + id.topic + '/' + std::to_string(id.partition);
}

std::optional<TopicPartition> partition_of_section(const std::string& section) {
  if (!section.starts_with(kPartitionSection)) return std::nullopt;
  const std::size_t name = kPartitionSection.size(), slash = section.rfind('/');
  if (slash < name) return std::nullopt;
  TopicPartition id{section.substr(name, slash - name), -1};
  const char* const end = section.data() + section.size();
  const auto [at, error] = std::from_chars(section.data() + slash + 1, end, id.partition);
  return error == std::errc() && at == end && id.partition >= 0 ? std::optional(std::move(id)) : std::nullopt;
}

SnapshotSection save_partition_section(const TopicPartition& id, std::string state) {
  return {partition_section(id), kPartitionVersion, true, std::move(state)};
}

std::string partition_state(const SnapshotSection& section) {
  if (section.version >= kPartitionVersion) return section.bytes;
  ByteReader in(section.bytes);
  PartitionCounters counters;
  load_counters(in, counters);
  if (!in.ok()) return "";
  ByteWriter last;
  save_last_read({}, last);
  return section.bytes.substr(0, in.position()) + last.take() + section.bytes.substr(in.position());
}

std::optional<SavedPartition> read_saved_partition(std::string_view state) {
  ByteReader in(state);
  SavedPartition saved;
  load_counters(in, saved.counters);
  load_last_read(in, saved.last);
  PartitionPanes::Saved panes;
  if (!in.ok() || !PartitionPanes::read(in, panes)) return std::nullopt;
  saved.counters.watermark_us = panes.watermark_us;
  saved.counters.late = panes.late_rows;
  saved.open_panes = std::move(panes.open_panes);
  return saved;
}

std::optional<std::int64_t> saved_next_offset(std::string_view state) {
  ByteReader in(state);
  const std::int64_t next_offset = in.i64();
  return in.ok() ? std::optional(next_offset) : std::nullopt;
}

void EngineShard::apply_gaps(Partition& partition, const MessageBatch& batch) {
  for (const OffsetGap& gap : batch.gaps) {
    const auto missing = static_cast<std::uint64_t>(gap.to - gap.from);
    (gap.lost ? partition.counters.lost : partition.counters.skipped) += missing;
    if (gap.lost) partition.panes.mark_incomplete();
    partition.counters.next_offset = std::max(partition.counters.next_offset, gap.to);
  }
}

void EngineShard::reject(Partition& partition, const MessageBatch& batch, const RejectedRecord& rejected, ShardOutput& output) {
  ++partition.counters.rejected[static_cast<std::size_t>(rejected.reason)];
  const StreamConfig::Errors& on_error = plan_.streams[partition.stream].config.on_error;
  if (on_error.action != OnError::kDeadLetter) return;
  DeadLetter letter = make_dead_letter(partition.id, batch.messages[rejected.message], rejected.reason, on_error.payload);
  OutRecord record;
  record.topic = on_error.topic;
  record.key = std::move(letter.key);
  record.value = std::move(letter.value);
  record.headers = {{"content-type", "application/json"}, {"key", std::move(letter.original_key)}};
  record.time_us = letter.time_us;
  output.dead_letters.push_back(std::move(record));
}

void EngineShard::report(const Partition& partition, ShardOutput& output) const {
  output.counters = partition.counters;
  output.counters.late = partition.panes.late_rows();
  output.counters.watermark_us = partition.panes.watermark_us();
}

void EngineShard::consume(const MessageBatch& batch, ShardOutput& output) {
  Partition& partition = partitions_.at(batch.source_partition);
  StreamDecoder& stream = streams_[partition.stream];
  output.source_partition = batch.source_partition;
  apply_gaps(partition, batch);
  for (std::size_t at = 0; at < batch.messages.size();) {
    const std::size_t end = at + stream.decoder->decode(batch.messages, at, stream.batch);
    for (const RejectedRecord& rejected : stream.batch.rejected) reject(partition, batch, rejected, output);
    partition.counters.rows += stream.batch.rows;
    partition.panes.add(stream.batch, output.partials);
    for (; at < end; ++at) partition.counters.bytes += batch.messages[at].payload.size();
  }
  partition.counters.records += batch.messages.size();
  if (!batch.messages.empty()) {
    const Message& newest = batch.messages.back();
    partition.counters.next_offset = std::max(partition.counters.next_offset, newest.offset + 1);
    if (newest.record_time_us != kNoTime) partition.counters.last_record_us = newest.record_time_us;
    partition.last.record = mark_of(newest);
  }
  report(partition, output);
}

void EngineShard::finish(std::uint32_t source_partition, ShardOutput& output) {
  Partition& partition = partitions_.at(source_partition);
  output.source_partition = source_partition;
  output.mark = ShardOutput::Mark::kFinished;
  partition.panes.finish(output.partials);
  report(partition, output);
}

bool EngineShard::idle(std::uint32_t source_partition, const Silence& silence, ShardOutput& output) {
  Partition& partition = partitions_.at(source_partition);
  output.source_partition = source_partition;
  output.mark = ShardOutput::Mark::kIdle;
  const bool news = partition.panes.idle(silence, output.partials, output.silent_until);
  report(partition, output);
  return news;
}

std::map<TopicPartition, std::string> EngineShard::save() const {
  std::map<TopicPartition, std::string> states;
  for (const auto& [index, partition] : partitions_) {
    ByteWriter out;
    save_counters(partition.counters, out);
    save_last_read(partition.last, out);
    partition.panes.save(out);
    states.emplace(partition.id, out.take());
  }
  return states;
}

}  // namespace driftd
