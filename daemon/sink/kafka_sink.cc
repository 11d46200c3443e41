#include "daemon/sink/kafka_sink.h"

#include <fmt/format.h>
#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <set>
#include <utility>

#include "daemon/runtime/bounded_call.h"
#include "daemon/source/kafka_config.h"

namespace driftd {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFirstBackoff{250}, kLongestBackoff{30'000}, kPublishEvery{100};
constexpr milliseconds kAskAgain{5000}, kAskSometimes{60'000};  // about the topics: while something is wrong, and then

struct DestroyHeaders {
  void operator()(rd_kafka_headers_t* headers) const noexcept { rd_kafka_headers_destroy(headers); }
};
using Headers = std::unique_ptr<rd_kafka_headers_t, DestroyHeaders>;

Headers headers_of(const OutRecord& record) {
  Headers headers(rd_kafka_headers_new(record.headers.size()));
  for (const auto& [name, value] : record.headers) {
    rd_kafka_header_add(headers.get(), name.data(), static_cast<ssize_t>(name.size()), value.data(), static_cast<ssize_t>(value.size()));
  }
  return headers;
}

// librdkafka takes 0 for "now", and brokers refuse negative times: event times before 1970 are written as its first moment.
std::int64_t timestamp_ms(std::int64_t time_us) { return std::max<std::int64_t>(1, time_us / 1000); }

}  // namespace

std::vector<std::string> sink_topics(const Config& config) {
  std::set<std::string> topics;
  if (config.alert_sinks.kafka_enabled) topics.insert(config.alert_sinks.kafka_topic);
  for (const StreamConfig& stream : config.streams) {
    if (stream.on_error.action == OnError::kDeadLetter) topics.insert(stream.on_error.topic);
  }
  return {topics.begin(), topics.end()};
}

std::expected<std::unique_ptr<KafkaSink>, std::string> KafkaSink::create(const KafkaConfig& kafka, std::vector<std::string> topics,
                                                                         KafkaLog log) {
  KafkaReports reports(std::move(log), kafka_secrets(kafka.security), KafkaUse::kWrite);
  std::unique_ptr<KafkaSink> sink(new KafkaSink(kafka, std::move(topics), std::move(reports)));
  if (auto made = sink->make_producer(); !made) return std::unexpected(made.error());
  return sink;
}

KafkaSink::KafkaSink(const KafkaConfig& kafka, std::vector<std::string> topics, KafkaReports reports)
    : kafka_(kafka), names_(std::move(topics)), reports_(std::move(reports)) {
  published_.store(std::make_shared<KafkaSinkStatus>());
}

KafkaSink::~KafkaSink() { close(std::chrono::seconds(5)); }

std::expected<void, std::string> KafkaSink::make_producer() {
  auto conf = make_kafka_conf(kafka_, KafkaRole::kProducer, {});
  if (!conf) return std::unexpected(conf.error());
  rd_kafka_conf_set_events(conf->get(), RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_LOG);
  char text[512] = "";
  client_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, conf->get(), text, sizeof text));
  if (!client_) return std::unexpected(fmt::format("kafka: {}", reports_.masked(text)));
  static_cast<void>(conf->release());  // the client's now
  events_.reset(rd_kafka_queue_get_main(client_.get()));
  rd_kafka_set_log_queue(client_.get(), events_.get());
  admin_.emplace(client_.get());
  return {};
}

bool KafkaSink::send(const OutRecord& record) {
  if (!client_) return false;
  if (under_way_.contains(record.sequence)) return true;
  // A topic that refuses does not hold up the others: its records wait here for their next try.
  if (Topic& topic = topics_[record.topic]; Clock::now() < topic.retry_at) {
    refused_.push_back({record.sequence, topic.retry_at});
    return true;
  }
  Headers headers = headers_of(record);
  const auto code = rd_kafka_producev(client_.get(), RD_KAFKA_V_TOPIC(record.topic.c_str()), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                                      RD_KAFKA_V_KEY(record.key.data(), record.key.size()),
                                      RD_KAFKA_V_VALUE(const_cast<char*>(record.value.data()), record.value.size()),
                                      RD_KAFKA_V_TIMESTAMP(timestamp_ms(record.time_us)), RD_KAFKA_V_HEADERS(headers.get()),
                                      RD_KAFKA_V_OPAQUE(reinterpret_cast<void*>(record.sequence)), RD_KAFKA_V_END);
  if (code == RD_KAFKA_RESP_ERR__QUEUE_FULL || code == RD_KAFKA_RESP_ERR__FATAL) return false;
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    refuse(record.topic, record.sequence, rd_kafka_err2str(code));
    return true;
  }
  static_cast<void>(headers.release());  // the record's now
  under_way_.emplace(record.sequence, Sent{record.topic, Clock::now(), !record.is_dead_letter()});
  return true;
}

std::vector<std::uint64_t> KafkaSink::take_acked() {
  serve(milliseconds(0));
  return std::exchange(acked_, {});
}

std::vector<std::uint64_t> KafkaSink::take_failed() {
  serve(milliseconds(0));
  const auto now = Clock::now();
  const auto due = std::partition(refused_.begin(), refused_.end(), [&](const Refused& row) { return row.due > now; });
  std::vector<std::uint64_t> failed;
  for (auto row = due; row != refused_.end(); ++row) failed.push_back(row->sequence);
  refused_.erase(due, refused_.end());
  std::sort(failed.begin(), failed.end());
  counts_.retried += failed.size();
  return failed;
}

void KafkaSink::serve(milliseconds wait) {
  bool fatal = false;
  for (int wait_ms = static_cast<int>(wait.count()); client_; wait_ms = 0) {
    const KafkaEvent event(rd_kafka_queue_poll(events_.get(), wait_ms));
    if (!event) break;
    if (rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_DR) {
      while (const auto* message = rd_kafka_event_message_next(event.get())) take_report(*message);
      continue;
    }
    fatal |= rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_ERROR && rd_kafka_event_error_is_fatal(event.get());
    reports_.take(event.get());
  }
  const auto now = Clock::now();
  fatal_ = fatal_ || fatal;
  // No client: the last attempt failed, at a password file that cannot be read just now.
  if ((fatal_ || !client_) && now >= replace_at_) replace_producer(now);
  if (admin_ && wait > milliseconds(0) && !admin_->connected()) admin_->connect(wait);
  ask(now);
  if (now >= publish_at_) publish(now);
}

void KafkaSink::take_report(const rd_kafka_message_s& message) {
  const auto sequence = reinterpret_cast<std::uint64_t>(message._private);
  const std::string topic = rd_kafka_topic_name(message.rkt);
  const auto sent = under_way_.extract(sequence);
  if (sent.empty()) return;
  // Not rd_kafka_message_errstr: of a record that was to be written it gives the record itself.
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) return refuse(topic, sequence, rd_kafka_err2str(message.err));
  acked_.push_back(sequence);
  ++counts_.delivered;
  if (sent.mapped().timed) counts_.times.add(std::chrono::duration<double>(Clock::now() - sent.mapped().at).count());
  topics_[topic] = {};
  replace_backoff_ = milliseconds(0);
  reports_.healthy();
}

void KafkaSink::refuse(const std::string& name, std::uint64_t sequence, const std::string& why) {
  Topic& topic = topics_[name];
  const auto now = Clock::now();
  if (now >= topic.retry_at) {
    topic.backoff = std::clamp(topic.backoff * 2, kFirstBackoff, kLongestBackoff);
    topic.retry_at = now + topic.backoff;
    reports_.say(LogLevel::kWarn, "record_refused", fmt::format("{}: {}; trying again in {} ms", name, why, topic.backoff.count()));
  }
  topic.problem = why;
  refused_.push_back({sequence, topic.retry_at});
}

// Each fatal error makes a new producer, one that comes again after a longer and longer wait: a user who may write nowhere is
// refused the moment the producer connects.
void KafkaSink::replace_producer(Clock::time_point now) {
  reports_.say(LogLevel::kError, "producer_replaced", reports_.last_error());
  fatal_ = false;
  replace_backoff_ = std::clamp(replace_backoff_ * 2, kFirstBackoff, kLongestBackoff);
  replace_at_ = now + replace_backoff_;
  for (const auto& [sequence, sent] : under_way_) refused_.push_back({sequence, now});
  under_way_.clear();
  events_.reset();
  admin_.reset();
  if (client_) call_within(milliseconds(0), [client = std::shared_ptr<rd_kafka_s>(client_.release(), KafkaDestroy())] {});
  if (auto made = make_producer(); !made) {
    reports_.say(LogLevel::kError, "producer_not_made", made.error());
    return;
  }
  ++counts_.producers;
}

void KafkaSink::ask(Clock::time_point now) {
  if (!admin_ || names_.empty()) return;
  if (!admin_->idle()) return take_answer(now);
  if (now < ask_at_) return;
  ask_at_ = now + kAskAgain;
  admin_->ask_topics(names_);
}

void KafkaSink::take_answer(Clock::time_point now) {
  const KafkaAnswer answer = admin_->poll();
  const auto* answered = std::get_if<TopicsAnswered>(&answer);
  if (!answered || !answered->error.empty()) return;
  bool all_usable = true;
  for (const TopicAnswer& topic : answered->topics) {
    std::string& unusable = topics_[topic.topic].unusable;
    unusable = topic.missing ? "does not exist" : !topic.error.empty() ? topic.error : topic.writable ? "" : "Topic authorization failed";
    all_usable = all_usable && unusable.empty();
  }
  counts_.asked = true;
  if (all_usable) ask_at_ = now + kAskSometimes;
}

void KafkaSink::publish(Clock::time_point now) {
  publish_at_ = now + kPublishEvery;
  counts_.waiting = under_way_.size() + refused_.size();
  counts_.problems.clear();
  counts_.refused = false;
  const auto add = [&](const std::string& error) {
    counts_.problems.push_back("kafka: " + describe_failure(error, KafkaUse::kWrite));
    counts_.refused = counts_.refused || explain_failure(error, KafkaUse::kWrite).lasting;
  };
  for (const auto& [name, topic] : topics_) {
    const std::string& problem = topic.unusable.empty() ? topic.problem : topic.unusable;
    if (!problem.empty()) add(fmt::format("topic '{}': {}", name, problem));
  }
  const bool stuck = counts_.waiting > 0 || !counts_.asked;
  if (stuck && counts_.problems.empty() && !reports_.last_error().empty()) add(reports_.last_error());
  counts_.errors = reports_.counts();
  published_.store(std::make_shared<KafkaSinkStatus>(counts_));
}

bool KafkaSink::flush(milliseconds budget) {
  const auto until = Clock::now() + budget;
  while (client_ && !under_way_.empty() && Clock::now() < until) {
    serve(milliseconds(5));
  }
  publish(Clock::now());
  return under_way_.empty() && refused_.empty();
}

bool KafkaSink::close(milliseconds budget) {
  if (!client_) return true;
  events_.reset();
  admin_.reset();
  rd_kafka_purge(client_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  return call_within(budget, [client = std::shared_ptr<rd_kafka_s>(client_.release(), KafkaDestroy())] {});
}

}  // namespace driftd
