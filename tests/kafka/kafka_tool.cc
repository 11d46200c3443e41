// What the end-to-end tests do to Kafka, with the librdkafka that driftd is built on. Prints results on stdout, what went
// wrong on stderr; exit 0, or 1. Every wait has a deadline.
//   kafka_tool create-topic BROKERS TOPIC PARTITIONS [KEY=VALUE...]    waits until metadata shows it
//   kafka_tool add-partitions BROKERS TOPIC TOTAL
//   kafka_tool delete-topic BROKERS TOPIC
//   kafka_tool delete-records BROKERS TOPIC PARTITION OFFSET           everything below OFFSET goes
//   kafka_tool produce BROKERS TOPIC PARTITIONS [CODEC] < LINES        line i to partition i % PARTITIONS; `MS<tab>VALUE` sets the time,
//                                                                      and with nothing after the tab the record is a tombstone
//   kafka_tool produce-bytes BROKERS TOPIC PARTITIONS < LINES          the same, `MS<tab>BYTES` as tests/conformance/escaped_bytes.h says
//   kafka_tool produce-keyed BROKERS TOPIC PARTITIONS < LINES          the same, `MS<tab>KEY<tab>VALUE`
//   kafka_tool transact BROKERS TOPIC PARTITIONS END < LINES           as produce, in one transaction; END: commit, abort, or hang:
//                                                                      prints `open` and leaves it so until it is killed
//   kafka_tool add-scram-user BROKERS USER MECHANISM PASSWORD
//   kafka_tool grant BROKERS USER topic|group NAME OPERATION           an ACL; OPERATION: Read, Write or Describe
//   kafka_tool consume BROKERS TOPIC                                   beginning to end: {"partition","offset","timestamp","key","value"}
//   kafka_tool read-as-driftd BROKERS TOPIC FROM [STALLED_MS]          KafkaSource from offset FROM to the end, a line for each partition;
//                                                                      one that gives nothing for STALLED_MS is looked into
//   kafka_tool end-offsets BROKERS TOPIC                               one `PARTITION LOW HIGH` a line
//   kafka_tool mock TOPIC:PARTITIONS...                                a mock cluster: prints its address, lives until stdin closes
#include <fmt/format.h>
#include <librdkafka/rdkafka.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "daemon/runtime/json_writer.h"
#include "daemon/source/kafka_handles.h"
#include "daemon/source/kafka_mock.h"
#include "daemon/source/kafka_source.h"
#include "tests/conformance/escaped_bytes.h"

namespace driftd {
namespace {

using Args = std::span<const std::string>;

constexpr int kTimeoutMs = 30'000;

struct Failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

int number(const std::string& text) {
  int value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc() || result.ptr != text.data() + text.size()) throw Failure(text + " is no number");
  return value;
}

using Options = std::vector<std::pair<const char*, std::string>>;

KafkaClient client(rd_kafka_type_t type, const std::string& brokers, const Options& more = {}) {
  KafkaConf conf(rd_kafka_conf_new());
  Options options{{"bootstrap.servers", brokers}, {"reconnect.backoff.max.ms", "500"}, {"log_level", "3"}};
  options.insert(options.end(), more.begin(), more.end());
  char text[512];
  for (const auto& [name, value] : options) {
    if (rd_kafka_conf_set(conf.get(), name, value.c_str(), text, sizeof text) != RD_KAFKA_CONF_OK) throw Failure(text);
  }
  KafkaClient made(rd_kafka_new(type, conf.get(), text, sizeof text));
  if (!made) throw Failure(text);
  conf.release();
  return made;
}

void must(rd_kafka_resp_err_t code) {
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) throw Failure(rd_kafka_err2str(code));
}

int partitions_of(rd_kafka_t* from, const std::string& topic) {
  rd_kafka_topic_t* handle = rd_kafka_topic_new(from, topic.c_str(), nullptr);
  const rd_kafka_metadata_t* metadata = nullptr;
  const auto code = rd_kafka_metadata(from, 0, handle, &metadata, kTimeoutMs);
  rd_kafka_topic_destroy(handle);
  must(code);
  const int count =
      metadata->topic_cnt == 1 && metadata->topics[0].err == RD_KAFKA_RESP_ERR_NO_ERROR ? metadata->topics[0].partition_cnt : 0;
  rd_kafka_metadata_destroy(metadata);
  return count;
}

void wait_for_partitions(rd_kafka_t* from, const std::string& topic, int count) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(kTimeoutMs);
  while (partitions_of(from, topic) != count) {
    if (std::chrono::steady_clock::now() > deadline) throw Failure(fmt::format("{} has not {} partitions", topic, count));
    rd_kafka_poll(from, 50);
  }
}

// Waits for the one answer of an admin request and throws what it refuses.
KafkaEvent answer(rd_kafka_queue_t* queue) {
  KafkaEvent event(rd_kafka_queue_poll(queue, kTimeoutMs));
  if (!event) throw Failure("no answer from the brokers");
  if (rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) throw Failure(rd_kafka_event_error_string(event.get()));
  return event;
}

void check_topics(const rd_kafka_topic_result_t** results, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) must(rd_kafka_topic_result_error(results[i]));
}

void create_topic(Args args) {
  const auto producer = client(RD_KAFKA_PRODUCER, args[0]);
  const KafkaQueue queue(rd_kafka_queue_new(producer.get()));
  char text[512];
  rd_kafka_NewTopic_t* topic = rd_kafka_NewTopic_new(args[1].c_str(), number(args[2]), 1, text, sizeof text);
  if (!topic) throw Failure(text);
  for (const auto& setting : args.subspan(3)) {
    const auto equals = setting.find('=');
    rd_kafka_NewTopic_set_config(topic, setting.substr(0, equals).c_str(), setting.substr(equals + 1).c_str());
  }
  rd_kafka_CreateTopics(producer.get(), &topic, 1, nullptr, queue.get());
  rd_kafka_NewTopic_destroy(topic);
  const auto event = answer(queue.get());
  std::size_t count = 0;
  const auto results = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event.get()), &count);
  check_topics(results, count);
  wait_for_partitions(producer.get(), args[1], number(args[2]));
}

void add_partitions(Args args) {
  const auto producer = client(RD_KAFKA_PRODUCER, args[0]);
  const KafkaQueue queue(rd_kafka_queue_new(producer.get()));
  char text[512];
  rd_kafka_NewPartitions_t* more =
      rd_kafka_NewPartitions_new(args[1].c_str(), static_cast<std::size_t>(number(args[2])), text, sizeof text);
  if (!more) throw Failure(text);
  rd_kafka_CreatePartitions(producer.get(), &more, 1, nullptr, queue.get());
  rd_kafka_NewPartitions_destroy(more);
  const auto event = answer(queue.get());
  std::size_t count = 0;
  const auto results = rd_kafka_CreatePartitions_result_topics(rd_kafka_event_CreatePartitions_result(event.get()), &count);
  check_topics(results, count);
  wait_for_partitions(producer.get(), args[1], number(args[2]));
}

void delete_topic(Args args) {
  const auto producer = client(RD_KAFKA_PRODUCER, args[0]);
  const KafkaQueue queue(rd_kafka_queue_new(producer.get()));
  rd_kafka_DeleteTopic_t* topic = rd_kafka_DeleteTopic_new(args[1].c_str());
  rd_kafka_DeleteTopics(producer.get(), &topic, 1, nullptr, queue.get());
  rd_kafka_DeleteTopic_destroy(topic);
  const auto event = answer(queue.get());
  std::size_t count = 0;
  const auto results = rd_kafka_DeleteTopics_result_topics(rd_kafka_event_DeleteTopics_result(event.get()), &count);
  check_topics(results, count);
  wait_for_partitions(producer.get(), args[1], 0);
}

void delete_records(Args args) {
  const auto producer = client(RD_KAFKA_PRODUCER, args[0]);
  const KafkaQueue queue(rd_kafka_queue_new(producer.get()));
  const KafkaPartitions before(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(before.get(), args[1].c_str(), number(args[2]))->offset = number(args[3]);
  rd_kafka_DeleteRecords_t* request = rd_kafka_DeleteRecords_new(before.get());
  rd_kafka_DeleteRecords(producer.get(), &request, 1, nullptr, queue.get());
  rd_kafka_DeleteRecords_destroy(request);
  const auto event = answer(queue.get());
  const auto* rows = rd_kafka_DeleteRecords_result_offsets(rd_kafka_event_DeleteRecords_result(event.get()));
  must(rows->elems[0].err);
  std::printf("%lld\n", static_cast<long long>(rows->elems[0].offset));
}

template <typename T, void (*destroy)(T*)>
struct Destroy {
  void operator()(T* value) const noexcept { destroy(value); }
};
using ScramChange = std::unique_ptr<rd_kafka_UserScramCredentialAlteration_t,
                                    Destroy<rd_kafka_UserScramCredentialAlteration_t, rd_kafka_UserScramCredentialAlteration_destroy>>;
using Acl = std::unique_ptr<rd_kafka_AclBinding_t, Destroy<rd_kafka_AclBinding_t, rd_kafka_AclBinding_destroy>>;

void must(const rd_kafka_error_t* error) {
  if (error != nullptr && rd_kafka_error_code(error) != RD_KAFKA_RESP_ERR_NO_ERROR) throw Failure(rd_kafka_error_string(error));
}

void add_scram_user(Args args) {
  const auto producer = client(RD_KAFKA_PRODUCER, args[0]);
  const KafkaQueue queue(rd_kafka_queue_new(producer.get()));
  const auto mechanism = args[2] == "SCRAM-SHA-256" ? RD_KAFKA_SCRAM_MECHANISM_SHA_256 : RD_KAFKA_SCRAM_MECHANISM_SHA_512;
  const ScramChange change(rd_kafka_UserScramCredentialUpsertion_new(
      args[1].c_str(), mechanism, 4096, reinterpret_cast<const unsigned char*>(args[3].data()), args[3].size(), nullptr, 0));
  rd_kafka_UserScramCredentialAlteration_t* changes[] = {change.get()};
  rd_kafka_AlterUserScramCredentials(producer.get(), changes, 1, nullptr, queue.get());
  const auto event = answer(queue.get());
  std::size_t count = 0;
  const auto responses =
      rd_kafka_AlterUserScramCredentials_result_responses(rd_kafka_event_AlterUserScramCredentials_result(event.get()), &count);
  for (std::size_t i = 0; i < count; ++i) must(rd_kafka_AlterUserScramCredentials_result_response_error(responses[i]));
}

void grant(Args args) {
  const auto producer = client(RD_KAFKA_PRODUCER, args[0]);
  const KafkaQueue queue(rd_kafka_queue_new(producer.get()));
  const auto kind = args[2] == "topic" ? RD_KAFKA_RESOURCE_TOPIC : RD_KAFKA_RESOURCE_GROUP;
  const auto operation = args[4] == "Read"    ? RD_KAFKA_ACL_OPERATION_READ
                         : args[4] == "Write" ? RD_KAFKA_ACL_OPERATION_WRITE
                                              : RD_KAFKA_ACL_OPERATION_DESCRIBE;
  char text[512];
  const Acl acl(rd_kafka_AclBinding_new(kind, args[3].c_str(), RD_KAFKA_RESOURCE_PATTERN_LITERAL, ("User:" + args[1]).c_str(), "*",
                                        operation, RD_KAFKA_ACL_PERMISSION_TYPE_ALLOW, text, sizeof text));
  if (!acl) throw Failure(text);
  rd_kafka_AclBinding_t* acls[] = {acl.get()};
  rd_kafka_CreateAcls(producer.get(), acls, 1, nullptr, queue.get());
  const auto event = answer(queue.get());
  std::size_t count = 0;
  const auto results = rd_kafka_CreateAcls_result_acls(rd_kafka_event_CreateAcls_result(event.get()), &count);
  for (std::size_t i = 0; i < count; ++i) must(rd_kafka_acl_result_error(results[i]));
}

struct Delivery {
  std::uint64_t failed = 0;
  std::string why;
};

void on_delivery(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
  auto& delivery = *static_cast<Delivery*>(opaque);
  if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) return;
  ++delivery.failed;
  delivery.why = rd_kafka_err2str(message->err);
}

KafkaClient reporting_producer(const std::string& brokers, const Options& more, Delivery& delivery) {
  KafkaConf conf(rd_kafka_conf_new());
  Options options{{"bootstrap.servers", brokers},    {"reconnect.backoff.max.ms", "500"},
                  {"enable.idempotence", "true"},    {"linger.ms", "20"},
                  {"message.max.bytes", "20000000"}, {"log_level", "3"}};
  options.insert(options.end(), more.begin(), more.end());
  char text[512];
  for (const auto& [name, value] : options) {
    if (rd_kafka_conf_set(conf.get(), name, value.c_str(), text, sizeof text) != RD_KAFKA_CONF_OK) throw Failure(text);
  }
  rd_kafka_conf_set_dr_msg_cb(conf.get(), on_delivery);
  rd_kafka_conf_set_opaque(conf.get(), &delivery);
  KafkaClient producer(rd_kafka_new(RD_KAFKA_PRODUCER, conf.get(), text, sizeof text));
  if (!producer) throw Failure(text);
  conf.release();
  return producer;
}

struct Outgoing {
  std::int64_t time_ms = 0;  // 0: now
  std::optional<std::string> value, key = {};
};

Outgoing plain_line(const std::string& line) {
  const auto tab = line.find('\t');
  if (tab == std::string::npos) return {0, line};
  Outgoing record{std::stoll(line.substr(0, tab)), line.substr(tab + 1)};
  if (record.value->empty()) record.value.reset();
  return record;
}

Outgoing escaped_line(const std::string& line) {
  const auto tab = line.find('\t');
  if (tab == std::string::npos) throw Failure("a line without a tab");
  return {std::stoll(line.substr(0, tab)), unescaped_bytes(std::string_view(line).substr(tab + 1))};
}

Outgoing keyed_line(const std::string& line) {
  const auto first = line.find('\t'), second = line.find('\t', first + 1);
  if (first == std::string::npos || second == std::string::npos) throw Failure("a line without two tabs");
  Outgoing record = plain_line(line.substr(0, first) + line.substr(second));
  record.key = line.substr(first + 1, second - first - 1);
  return record;
}

void send(rd_kafka_t* producer, const std::string& topic, std::int32_t partition, Outgoing record) {
  const auto bytes = [](std::optional<std::string>& text) { return text ? text->data() : nullptr; };
  const auto size = [](const std::optional<std::string>& text) { return text ? text->size() : 0; };
  while (true) {
    const auto code =
        rd_kafka_producev(producer, RD_KAFKA_V_TOPIC(topic.c_str()), RD_KAFKA_V_PARTITION(partition),
                          RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY(bytes(record.key), size(record.key)),
                          RD_KAFKA_V_VALUE(bytes(record.value), size(record.value)), RD_KAFKA_V_TIMESTAMP(record.time_ms), RD_KAFKA_V_END);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return;
    if (code != RD_KAFKA_RESP_ERR__QUEUE_FULL) must(code);
    rd_kafka_poll(producer, 20);
  }
}

using ReadLine = Outgoing (*)(const std::string& line);

void send_lines(rd_kafka_t* producer, Args args, ReadLine read, const Delivery& delivery) {
  const int partitions = number(args[2]);
  std::int64_t lines = 0;
  for (std::string line; std::getline(std::cin, line); ++lines) {
    send(producer, args[1], static_cast<std::int32_t>(lines % partitions), read(line));
    if (lines % 1000 == 0) rd_kafka_poll(producer, 0);
  }
  must(rd_kafka_flush(producer, kTimeoutMs));
  if (delivery.failed > 0) throw Failure(fmt::format("{} records were not written: {}", delivery.failed, delivery.why));
}

void produce_lines(Args args, ReadLine read) {
  Delivery delivery;
  const auto producer = reporting_producer(args[0], {{"compression.codec", args.size() > 3 ? args[3] : "zstd"}}, delivery);
  send_lines(producer.get(), args, read, delivery);
}

void produce(Args args) { produce_lines(args, plain_line); }

void produce_bytes(Args args) { produce_lines(args, escaped_line); }

void produce_keyed(Args args) { produce_lines(args, keyed_line); }

// Each transaction has an id of its own: one left open is not fenced by the next.
void transact(Args args) {
  Delivery delivery;
  const std::string id = fmt::format("kafka-tool-{}", getpid());
  const auto producer = reporting_producer(args[0], {{"transactional.id", id}, {"transaction.timeout.ms", "60000"}}, delivery);
  must(KafkaFault(rd_kafka_init_transactions(producer.get(), kTimeoutMs)).get());
  must(KafkaFault(rd_kafka_begin_transaction(producer.get())).get());
  send_lines(producer.get(), args, plain_line, delivery);
  if (args[3] == "hang") {
    std::puts("open");
    std::fflush(stdout);
    pause();  // until it is killed
  }
  must(KafkaFault(args[3] == "commit" ? rd_kafka_commit_transaction(producer.get(), kTimeoutMs)
                                      : rd_kafka_abort_transaction(producer.get(), kTimeoutMs))
           .get());
}

void print_record(const rd_kafka_message_t& message) {
  rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
  const auto text = [](const void* bytes, std::size_t size) { return std::string(static_cast<const char*>(bytes), bytes ? size : 0); };
  JsonWriter json;
  json.begin_object();
  json.field("partition", message.partition);
  json.field("offset", message.offset);
  json.field("timestamp", rd_kafka_message_timestamp(&message, &type));
  json.field("key", std::string_view(text(message.key, message.key_len)));
  json.field("value", std::string_view(text(message.payload, message.len)));
  json.end_object();
  std::puts(json.text().c_str());
}

void consume(Args args) {
  const auto consumer = client(RD_KAFKA_CONSUMER, args[0],
                               {{"group.id", "kafka-tool"},
                                {"enable.partition.eof", "true"},
                                {"enable.auto.commit", "false"},
                                {"auto.offset.reset", "earliest"},
                                {"check.crcs", "true"},
                                {"isolation.level", "read_committed"}});
  int open = partitions_of(consumer.get(), args[1]);
  if (open == 0) throw Failure(args[1] + " does not exist");
  const KafkaPartitions list(rd_kafka_topic_partition_list_new(open));
  for (int i = 0; i < open; ++i) rd_kafka_topic_partition_list_add(list.get(), args[1].c_str(), i)->offset = RD_KAFKA_OFFSET_BEGINNING;
  must(rd_kafka_assign(consumer.get(), list.get()));
  while (open > 0) {
    const KafkaMessage message(rd_kafka_consumer_poll(consumer.get(), kTimeoutMs));
    if (!message) throw Failure("no record and no end within the deadline");
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      print_record(*message);
    } else if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      --open;
    } else {
      throw Failure(rd_kafka_message_errstr(message.get()));
    }
  }
}

void end_offsets(Args args) {
  const auto consumer = client(RD_KAFKA_CONSUMER, args[0], {{"group.id", "kafka-tool"}});
  const int partitions = partitions_of(consumer.get(), args[1]);
  for (int partition = 0; partition < partitions; ++partition) {
    std::int64_t low = 0, high = 0;
    must(rd_kafka_query_watermark_offsets(consumer.get(), args[1].c_str(), partition, &low, &high, kTimeoutMs));
    std::printf("%d %lld %lld\n", partition, static_cast<long long>(low), static_cast<long long>(high));
  }
}

struct Read {
  std::int64_t records = 0, first = -1, next = 0;
  bool caught_up = false;
  std::vector<OffsetGap> gaps;
};

void print_read(const TopicPartition& id, const Read& read) {
  JsonWriter json;
  json.begin_object().field("partition", id.partition).field("records", read.records).field("first", read.first);
  json.field("next", read.next).key("gaps").begin_array();
  for (const auto& gap : read.gaps) {
    json.begin_array().number(gap.from).number(gap.to).string(gap.lost ? "lost" : "skipped").end_array();
  }
  json.end_array().end_object();
  std::puts(json.text().c_str());
}

void take_event(KafkaSource& source, SourceEvent event, std::vector<std::pair<TopicPartition, Read>>& reads) {
  if (event.kind == SourceEvent::Kind::kPartition) reads.push_back({event.id, {.next = event.start, .gaps = {}}});
  if (event.kind == SourceEvent::Kind::kCaughtUp) reads.at(event.partition).second.caught_up = true;
  if (event.kind != SourceEvent::Kind::kBatch) return;
  Read& read = reads.at(event.batch->source_partition).second;
  read.gaps.insert(read.gaps.end(), event.batch->gaps.begin(), event.batch->gaps.end());
  for (const auto& message : event.batch->messages) {
    if (read.first < 0) read.first = message.offset;
    if (message.offset < read.next) throw Failure(fmt::format("offset {} came after {}", message.offset, read.next - 1));
    read.next = message.offset + 1;
    ++read.records;
  }
  for (const auto& gap : event.batch->gaps) read.next = std::max(read.next, gap.to);
  source.recycle(std::move(event.batch));
}

// Reads as driftd does, from offset FROM of every partition to its end, and prints a line for each partition.
void read_as_driftd(Args args) {
  KafkaConfig kafka;
  kafka.brokers = {args[0]};
  StreamConfig stream;
  stream.topics = {args[1]};
  std::vector<SourcePosition> known;
  const auto producer = client(RD_KAFKA_PRODUCER, args[0]);
  for (int i = 0; i < partitions_of(producer.get(), args[1]); ++i) known.push_back({{args[1], i}, number(args[2])});
  const std::vector<StreamConfig> streams{stream};
  auto source = KafkaSource::create(
      kafka, streams, known,
      [](LogLevel, std::string_view event, const std::string& text) {
        std::fprintf(stderr, "%s: %s\n", std::string(event).c_str(), text.c_str());
      },
      {.stalled_after = args.size() > 3 ? std::chrono::milliseconds(number(args[3])) : KafkaSourceOptions().stalled_after});
  if (!source) throw Failure(source.error());
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(kTimeoutMs);
  while (!(*source)->discover(std::chrono::milliseconds(100))) {
    if (std::chrono::steady_clock::now() > deadline) throw Failure("no partitions within the deadline");
  }
  (*source)->assign();
  std::vector<std::pair<TopicPartition, Read>> reads;
  const auto done = [&] {
    const auto& reasons = (*source)->status()->not_ready;
    if (!reasons.empty()) throw Failure(reasons[0]);
    return reads.size() == known.size() && std::all_of(reads.begin(), reads.end(), [](const auto& row) { return row.second.caught_up; });
  };
  while (!done()) {
    take_event(**source, (*source)->poll(std::chrono::milliseconds(100)), reads);
    if (std::chrono::steady_clock::now() > deadline) throw Failure("the end was not reached within the deadline");
  }
  for (const auto& [id, read] : reads) print_read(id, read);
}

void mock(Args args) {
  auto broker = MockBroker::start(3);
  if (!broker) throw Failure(broker.error());
  for (const auto& spec : args) {
    const auto colon = spec.find(':');
    if (colon == std::string::npos) throw Failure(spec + " is not TOPIC:PARTITIONS");
    if (auto made = (*broker)->create_topic(spec.substr(0, colon), number(spec.substr(colon + 1))); !made) throw Failure(made.error());
  }
  std::printf("%s\n", (*broker)->bootstrap().c_str());
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
}

struct Command {
  const char* name;
  std::size_t least_args;
  void (*run)(Args args);
};

constexpr Command kCommands[] = {
    {"create-topic", 3, create_topic},
    {"add-partitions", 3, add_partitions},
    {"delete-topic", 2, delete_topic},
    {"delete-records", 4, delete_records},
    {"produce", 3, produce},
    {"transact", 4, transact},
    {"add-scram-user", 4, add_scram_user},
    {"grant", 5, grant},
    {"produce-bytes", 3, produce_bytes},
    {"produce-keyed", 3, produce_keyed},
    {"consume", 2, consume},
    {"end-offsets", 2, end_offsets},
    {"read-as-driftd", 3, read_as_driftd},
    {"mock", 1, mock},
};

int run(Args args) {
  for (const auto& command : kCommands) {
    if (args.empty() || args[0] != command.name || args.size() - 1 < command.least_args) continue;
    try {
      command.run(args.subspan(1));
      return 0;
    } catch (const std::exception& failure) {
      std::fprintf(stderr, "kafka_tool %s: %s\n", command.name, failure.what());
      return 1;
    }
  }
  std::fputs("kafka_tool: see the first lines of tests/kafka/kafka_tool.cc\n", stderr);
  return 64;
}

}  // namespace
}  // namespace driftd

int main(int argc, char** argv) {
  const std::vector<std::string> args(argv + 1, argv + argc);
  return driftd::run(args);
}
