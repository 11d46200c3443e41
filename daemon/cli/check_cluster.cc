#include "daemon/cli/check_cluster.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <span>

#include "daemon/cli/ask_schemas.h"
#include "daemon/cli/check_words.h"
#include "daemon/decode/decoder.h"
#include "daemon/sink/kafka_sink.h"
#include "daemon/source/kafka_failure.h"
#include "daemon/source/kafka_source.h"

namespace driftd {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kStep{100};
constexpr milliseconds kCloseBudget{3000};
constexpr milliseconds kRefusedFor{2000};  // what will not pass by itself is not waited for any longer

// True as long as it makes sense to wait: not past `until`, and not long after a refusal.
class Patience {
 public:
  explicit Patience(Clock::time_point until) : until_(until) {}
  bool left(bool refused) {
    const auto now = Clock::now();
    if (!refused) refused_until_ = now + kRefusedFor;
    return now < until_ && now < refused_until_;
  }

 private:
  Clock::time_point until_;
  Clock::time_point refused_until_ = Clock::now() + kRefusedFor;  // moves on as long as nothing is refused
};

// One client, closed before it goes.
class Visit {
 public:
  Visit(const Config& config, const std::vector<StreamConfig>& streams, const std::vector<SourcePosition>& known, Clock::time_point until)
      : until_(until) {
    auto made = KafkaSource::create(config.kafka, streams, known, {});
    if (!made) failure = made.error();
    if (made) source_ = std::move(*made);
  }

  // Every partition and its first offset; failure says why not.
  std::vector<SourcePosition> discover() {
    std::optional<std::vector<SourcePosition>> found;
    Patience patience(until_);
    while (source_ && !found && patience.left(source_->status()->refused)) found = source_->discover(kStep);
    if (!source_) return {};
    if (found) source_->assign();  // which publishes what is missing
    look();
    if (!found && failure.empty()) failure = describe_failure("no answer from the brokers in time", KafkaUse::kRead);
    return failure.empty() ? *found : std::vector<SourcePosition>{};
  }

  // The last of what the source asks: it looks at the group beside the records.
  void await_group() {
    while (in_time() && !source_->status()->group_asked) poll();
    look();
  }

  bool in_time() const { return Clock::now() < until_; }
  SourceEvent poll() { return source_->poll(kStep); }
  void pause(std::uint32_t partition) { source_->pause(partition); }
  bool close() { return !source_ || source_->close(kCloseBudget); }

  std::string failure;

 private:
  // Keeps what stands in the way, if anything.
  void look() {
    const auto status = source_->status();
    if (!status->not_ready.empty()) failure = without_part(status->not_ready.front());
  }

  Clock::time_point until_;
  std::unique_ptr<KafkaSource> source_;
};

std::vector<StreamConfig> from_the_end(std::vector<StreamConfig> streams) {
  for (StreamConfig& stream : streams) stream.start = StartAt::kLatest;
  return streams;
}

std::map<std::string, std::int32_t> partition_counts(const std::vector<SourcePosition>& positions) {
  std::map<std::string, std::int32_t> counts;
  for (const SourcePosition& position : positions) ++counts[position.id.topic];
  return counts;
}

// So far before the end that all partitions together give kSampledRecords.
std::vector<SourcePosition> before_the_end(std::vector<SourcePosition> ends) {
  const auto counts = partition_counts(ends);
  for (SourcePosition& position : ends) {
    const auto share = static_cast<std::int64_t>(kSampledRecords) / counts.at(position.id.topic);
    position.next_offset = std::max<std::int64_t>(0, position.next_offset - std::max<std::int64_t>(1, share));
  }
  return ends;
}

using Samples = std::map<std::string, TopicSample>;  // by topic

// Reads each partition to the end it had; what came later does not matter here.
void read_samples(Visit& visit, const EnginePlan& plan, AskedSchemas& schemas, Samples& samples) {
  std::map<std::uint32_t, std::string> topics;  // of the partitions still read
  std::size_t announced = 0, ended = 0;
  while (visit.in_time() && (announced == 0 || ended < announced)) {
    SourceEvent event = visit.poll();
    if (event.kind == SourceEvent::Kind::kPartition) {
      topics.emplace(event.partition, event.id.topic);
      ++announced;
    }
    const auto topic = topics.find(event.partition);
    if (topic == topics.end()) continue;
    TopicSample& sample = samples.at(topic->second);
    if (event.kind == SourceEvent::Kind::kBatch) {
      visit.failure = schemas.attach(topic->second, *event.batch);
      if (!visit.failure.empty()) return;
      add_sample(plan.streams[plan.stream_of_topic.at(topic->second)], *event.batch, sample);
    }
    const bool enough = event.kind != SourceEvent::Kind::kPartition && sample.records >= kSampledRecords;
    if (event.kind != SourceEvent::Kind::kCaughtUp && !enough) continue;
    visit.pause(event.partition);
    topics.erase(topic);
    ++ended;
  }
}

void keep(const std::vector<ValueClass>& classes, std::uint32_t column, std::uint32_t rows, ClassCounts& counts) {
  for (std::uint32_t row = 0; row < rows; ++row) ++counts[static_cast<std::size_t>(classes[column * kColumnStride + row])];
}

void count_rows(const StreamPlan& stream, const RecordBatch& rows, TopicSample& sample) {
  sample.rows += rows.rows;
  for (const RejectedRecord& rejected : rows.rejected) ++sample.rejected[static_cast<std::size_t>(rejected.reason)];
  for (std::size_t i = 0; i < stream.decode.slots.size(); ++i) {
    const Slot& slot = stream.decode.slots[i];
    const auto& classes = slot.type == SlotType::kNumeric ? rows.numeric_class : rows.category_class;
    keep(classes, slot.column, rows.rows, sample.columns[i].classes);
  }
}

}  // namespace

TopicSample empty_sample(const StreamPlan& stream, const std::string& topic) {
  TopicSample sample;
  sample.topic = topic;
  for (const Slot& slot : stream.decode.slots) sample.columns.push_back({slot.path, slot.type, {}});
  return sample;
}

void add_sample(const StreamPlan& stream, const MessageBatch& batch, TopicSample& sample) {
  const std::unique_ptr<Decoder> decoder = make_decoder(stream.decode);
  const auto rows = std::make_unique<RecordBatch>();
  reserve(stream.decode, *rows);
  const std::size_t wanted = kSampledRecords - std::min<std::size_t>(kSampledRecords, sample.records);
  const std::span<const Message> messages(batch.messages.data(), std::min(wanted, batch.messages.size()));
  for (std::size_t at = 0; at < messages.size();) {
    at += decoder->decode(messages, at, *rows);
    count_rows(stream, *rows, sample);
  }
  sample.records += messages.size();
}

namespace {

// What keeps the topics driftd writes to from being written, "" = nothing.
std::string sink_failure(const Config& config, Clock::time_point until, bool& closed) {
  const std::vector<std::string> topics = sink_topics(config);
  if (topics.empty()) return {};
  const auto sink = KafkaSink::create(config.kafka, topics, {});
  if (!sink) return sink.error();
  auto status = (*sink)->status();
  for (Patience patience(until); !status->asked && patience.left(status->refused); status = (*sink)->status()) (*sink)->serve(kStep);
  closed = (*sink)->close(kCloseBudget) && closed;
  if (!status->problems.empty()) return without_part(status->problems.front());
  return status->asked ? "" : describe_failure("no answer from the brokers in time", KafkaUse::kWrite);
}

}  // namespace

ClusterCheck check_cluster(const Config& config, const EnginePlan& plan, milliseconds budget) {
  ClusterCheck result;
  auto schemas = AskedSchemas::of(config.schema_registry, config.streams);
  if (!schemas) {
    result.failure = schemas.error();
    return result;
  }
  const auto until = Clock::now() + budget;
  const std::vector<StreamConfig> streams = from_the_end(config.streams);
  Visit first(config, streams, {}, until);
  const std::vector<SourcePosition> ends = first.discover();
  result.closed = first.close();
  result.failure = first.failure;
  if (!result.failure.empty()) return result;
  Samples samples;
  for (const auto& [topic, partitions] : partition_counts(ends)) {
    TopicSample& sample = samples[topic] = empty_sample(plan.streams[plan.stream_of_topic.at(topic)], topic);
    sample.partitions = partitions;
  }
  // Where reading starts is fixed when a source is made: a second one, a little before the ends that the first found.
  Visit second(config, streams, before_the_end(ends), until + budget);
  second.discover();
  if (second.failure.empty()) {
    second.failure = schemas->reach();
    if (second.failure.empty()) read_samples(second, plan, *schemas, samples);
    if (second.failure.empty()) second.await_group();
  }
  result.closed = second.close() && result.closed;
  result.failure = second.failure;
  if (result.failure.empty()) result.failure = sink_failure(config, Clock::now() + budget, result.closed);
  for (auto& [topic, sample] : samples) result.topics.push_back(std::move(sample));
  return result;
}

}  // namespace driftd
