#include "daemon/source/kafka_mock.h"

#include <fmt/format.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <algorithm>
#include <utility>

#include "daemon/source/kafka_config.h"

namespace driftd {
namespace {

using std::chrono::milliseconds;

std::expected<KafkaClient, std::string> new_client(KafkaConf conf, rd_kafka_type_t type) {
  char text[512] = "";
  KafkaClient client(rd_kafka_new(type, conf.get(), text, sizeof text));
  if (!client) return std::unexpected(std::string(text));
  static_cast<void>(conf.release());  // the client's now
  return client;
}

}  // namespace

std::expected<std::unique_ptr<MockBroker>, std::string> MockBroker::start(int brokers) {
  KafkaConf conf(rd_kafka_conf_new());
  rd_kafka_conf_set(conf.get(), "log_level", "3", nullptr, 0);  // it would warn that it has no brokers
  auto client = new_client(std::move(conf), RD_KAFKA_PRODUCER);
  if (!client) return std::unexpected(client.error());
  KafkaMockCluster cluster(rd_kafka_mock_cluster_new(client->get(), brokers));
  if (!cluster) return std::unexpected(fmt::format("the mock cluster of {} brokers could not listen on loopback", brokers));
  return std::unique_ptr<MockBroker>(new MockBroker(std::move(*client), std::move(cluster)));
}

std::string MockBroker::bootstrap() const { return rd_kafka_mock_cluster_bootstraps(cluster_.get()); }

std::expected<void, std::string> MockBroker::create_topic(const std::string& name, int partitions) {
  const auto code = rd_kafka_mock_topic_create(cluster_.get(), name.c_str(), partitions, 1);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return std::unexpected(fmt::format("topic {}: {}", name, rd_kafka_err2str(code)));
  return {};
}

void MockBroker::set_down(int broker) { rd_kafka_mock_broker_set_down(cluster_.get(), broker); }
void MockBroker::set_up(int broker) { rd_kafka_mock_broker_set_up(cluster_.get(), broker); }

void MockBroker::fail_next(std::int16_t api_key, int error, int times) {
  const std::vector<rd_kafka_resp_err_t> errors(static_cast<std::size_t>(times), static_cast<rd_kafka_resp_err_t>(error));
  rd_kafka_mock_push_request_errors_array(cluster_.get(), api_key, errors.size(), errors.data());
}

std::expected<std::unique_ptr<PacedProducer>, std::string> PacedProducer::start(const std::string& bootstrap, std::string topic,
                                                                                Pace pace) {
  KafkaConfig kafka;
  kafka.brokers = {bootstrap};
  kafka.client_id = "driftd-demo";
  kafka.librdkafka = {{"linger.ms", "20"}, {"batch.size", "100000"}};
  auto conf = make_kafka_conf(kafka, KafkaRole::kProducer, {});
  if (!conf) return std::unexpected(conf.error());
  rd_kafka_conf_set_events(conf->get(), RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_LOG);
  auto client = new_client(std::move(*conf), RD_KAFKA_PRODUCER);
  if (!client) return std::unexpected(client.error());
  return std::unique_ptr<PacedProducer>(new PacedProducer(std::move(*client), std::move(topic), std::move(pace)));
}

PacedProducer::PacedProducer(KafkaClient client, std::string topic, Pace pace)
    : client_(std::move(client)), events_(rd_kafka_queue_get_main(client_.get())), topic_(std::move(topic)), pace_(std::move(pace)) {
  rd_kafka_set_log_queue(client_.get(), events_.get());
}

bool PacedProducer::produce(const Record& record, milliseconds budget) {
  const auto until = std::chrono::steady_clock::now() + budget;
  while (true) {
    if (!pace_.read || written_ < pace_.read() + pace_.most_ahead) {
      const auto code = rd_kafka_producev(client_.get(), RD_KAFKA_V_TOPIC(topic_.c_str()), RD_KAFKA_V_PARTITION(record.partition),
                                          RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY(record.key.data(), record.key.size()),
                                          RD_KAFKA_V_VALUE(const_cast<char*>(record.value.data()), record.value.size()),
                                          RD_KAFKA_V_TIMESTAMP(record.time_us / 1000), RD_KAFKA_V_END);
      if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
        if (++written_ % 1000 == 0) serve(milliseconds(0));
        return true;
      }
      if (code != RD_KAFKA_RESP_ERR__QUEUE_FULL) return ++failed_, false;
    }
    if (std::chrono::steady_clock::now() >= until) return false;
    serve(std::min(budget, milliseconds(5)));
  }
}

bool PacedProducer::flush(milliseconds budget) {
  const auto until = std::chrono::steady_clock::now() + budget;
  while (rd_kafka_outq_len(client_.get()) > 0 && std::chrono::steady_clock::now() < until) serve(milliseconds(5));
  return rd_kafka_outq_len(client_.get()) == 0 && failed_ == 0;
}

void PacedProducer::serve(milliseconds wait) {
  for (int wait_ms = static_cast<int>(wait.count());; wait_ms = 0) {
    const KafkaEvent event(rd_kafka_queue_poll(events_.get(), wait_ms));
    if (!event) return;
    if (rd_kafka_event_type(event.get()) != RD_KAFKA_EVENT_DR) continue;
    while (const auto* message = rd_kafka_event_message_next(event.get())) {
      if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) ++failed_;
    }
  }
}

}  // namespace driftd
