#include "tests/bench/mock_topic.h"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

namespace driftd::bench {
namespace {

void set(rd_kafka_conf_t* conf, const char* name, const std::string& value) {
  std::array<char, 256> error{};
  if (rd_kafka_conf_set(conf, name, value.c_str(), error.data(), error.size()) != RD_KAFKA_CONF_OK) throw std::runtime_error(error.data());
}

rd_kafka_t* make_producer(const std::string& brokers, const std::string& codec) {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  set(conf, "bootstrap.servers", brokers);
  set(conf, "compression.codec", codec);
  set(conf, "linger.ms", "50");
  set(conf, "batch.size", "900000");
  std::array<char, 256> error{};
  rd_kafka_t* producer = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error.data(), error.size());
  if (producer == nullptr) throw std::runtime_error(error.data());
  return producer;
}

void produce(rd_kafka_t* producer, const std::vector<std::string>& records, int partitions) {
  for (std::size_t i = 0; i < records.size(); ++i) {
    const auto partition = static_cast<std::int32_t>(i % static_cast<std::size_t>(partitions));
    const auto send = [&] {
      return rd_kafka_producev(producer, RD_KAFKA_V_TOPIC(MockTopic::kName), RD_KAFKA_V_PARTITION(partition),
                               RD_KAFKA_V_VALUE(const_cast<char*>(records[i].data()), records[i].size()),
                               RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
    };
    while (send() == RD_KAFKA_RESP_ERR__QUEUE_FULL) rd_kafka_poll(producer, 50);
    rd_kafka_poll(producer, 0);
  }
  if (rd_kafka_flush(producer, 60'000) != RD_KAFKA_RESP_ERR_NO_ERROR) throw std::runtime_error("the mock topic could not be filled");
}

// The child's life: cluster, records, the address on the pipe, then nothing until the parent goes.
[[noreturn]] void serve(const std::vector<std::string>& records, int partitions, const std::string& codec, int address, int keep_alive) {
  std::array<char, 256> error{};
  rd_kafka_t* host = rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), error.data(), error.size());
  rd_kafka_mock_cluster_t* cluster = rd_kafka_mock_cluster_new(host, 1);
  rd_kafka_mock_topic_create(cluster, MockTopic::kName, partitions, 1);
  const std::string brokers = rd_kafka_mock_cluster_bootstraps(cluster);
  rd_kafka_t* producer = make_producer(brokers, codec);
  produce(producer, records, partitions);
  rd_kafka_destroy(producer);
  const auto written = write(address, brokers.data(), brokers.size());
  close(address);
  char nothing = 0;
  if (written > 0) static_cast<void>(!read(keep_alive, &nothing, 1));
  _exit(0);
}

}  // namespace

void pin_to(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<std::size_t>(cpu), &set);
  sched_setaffinity(0, sizeof set, &set);
}

MockTopic::MockTopic(const std::vector<std::string>& records, int partitions, const std::string& codec, int cpu) {
  int address[2], alive[2];
  if (pipe(address) != 0 || pipe(alive) != 0) throw std::runtime_error("no pipe");
  child_ = fork();
  if (child_ == 0) {
    close(address[0]);
    close(alive[1]);
    pin_to(cpu);
    serve(records, partitions, codec, address[1], alive[0]);
  }
  close(address[1]);
  close(alive[0]);
  keep_alive_ = alive[1];
  std::array<char, 256> text{};
  for (ssize_t bytes = 0; (bytes = read(address[0], text.data(), text.size())) > 0;)
    brokers_.append(text.data(), static_cast<std::size_t>(bytes));
  close(address[0]);
  if (brokers_.empty()) throw std::runtime_error("the mock broker did not start");
}

MockTopic::~MockTopic() {
  close(keep_alive_);
  waitpid(child_, nullptr, 0);
}

}  // namespace driftd::bench
