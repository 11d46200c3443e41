#include "daemon/source/kafka_admin.h"

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <cassert>
#include <memory>

namespace driftd {
namespace {

constexpr int kRequestTimeoutMs = 5000;

struct DestroyMetadata {
  void operator()(const rd_kafka_metadata_t* metadata) const noexcept { rd_kafka_metadata_destroy(metadata); }
};

struct DestroyTopics {
  void operator()(rd_kafka_TopicCollection_t* topics) const noexcept { rd_kafka_TopicCollection_destroy(topics); }
};

std::string text_of(const rd_kafka_error_t* error) { return error ? rd_kafka_error_string(error) : ""; }

std::string id_text(const rd_kafka_Uuid_t* id) {
  if (!id || (rd_kafka_Uuid_most_significant_bits(id) == 0 && rd_kafka_Uuid_least_significant_bits(id) == 0)) return "";
  return rd_kafka_Uuid_base64str(id);
}

void read_rights(const rd_kafka_TopicDescription_t* topic, TopicAnswer& answer) {
  std::size_t count = 0;
  const rd_kafka_AclOperation_t* allowed = rd_kafka_TopicDescription_authorized_operations(topic, &count);
  if (count == 0) return;  // not said: who sees a topic may at least describe it
  const std::span rights(allowed, count);
  answer.readable = std::ranges::find(rights, RD_KAFKA_ACL_OPERATION_READ) != rights.end();
  answer.writable = std::ranges::find(rights, RD_KAFKA_ACL_OPERATION_WRITE) != rights.end();
}

TopicAnswer read_topic(const rd_kafka_TopicDescription_t* topic) {
  TopicAnswer answer;
  answer.topic = rd_kafka_TopicDescription_name(topic);
  const rd_kafka_error_t* error = rd_kafka_TopicDescription_error(topic);
  if (error && rd_kafka_error_code(error) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    answer.error = text_of(error);
    answer.missing = rd_kafka_error_code(error) == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
    return answer;
  }
  std::size_t count = 0;
  rd_kafka_TopicDescription_partitions(topic, &count);
  answer.partitions = static_cast<std::int32_t>(count);
  answer.topic_id = id_text(rd_kafka_TopicDescription_topic_id(topic));
  read_rights(topic, answer);
  return answer;
}

TopicsAnswered read_topics(rd_kafka_event_t* event) {
  TopicsAnswered answered;
  std::size_t count = 0;
  const auto* topics = rd_kafka_DescribeTopics_result_topics(rd_kafka_event_DescribeTopics_result(event), &count);
  for (std::size_t i = 0; i < count; ++i) answered.topics.push_back(read_topic(topics[i]));
  return answered;
}

OffsetsAnswered read_offsets(rd_kafka_event_t* event) {
  OffsetsAnswered answered;
  std::size_t count = 0;
  const auto* results = rd_kafka_ListOffsets_result_infos(rd_kafka_event_ListOffsets_result(event), &count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto* row = rd_kafka_ListOffsetsResultInfo_topic_partition(results[i]);
    answered.offsets.push_back({{row->topic, row->partition}, row->offset, row->err ? rd_kafka_err2str(row->err) : ""});
  }
  return answered;
}

GroupAnswered read_group(rd_kafka_event_t* event) {
  std::size_t count = 0;
  const auto* groups = rd_kafka_DescribeConsumerGroups_result_groups(rd_kafka_event_DescribeConsumerGroups_result(event), &count);
  GroupAnswered answered;
  if (count != 1) return answered;
  const rd_kafka_error_t* error = rd_kafka_ConsumerGroupDescription_error(groups[0]);
  if (error && rd_kafka_error_code(error) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    answered.error = text_of(error);
    answered.readable = rd_kafka_error_code(error) != RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED;
    return answered;
  }
  std::size_t rights = 0;
  const auto* allowed = rd_kafka_ConsumerGroupDescription_authorized_operations(groups[0], &rights);
  answered.readable = rights == 0 || std::find(allowed, allowed + rights, RD_KAFKA_ACL_OPERATION_READ) != allowed + rights;
  return answered;
}

}  // namespace

KafkaAdmin::KafkaAdmin(rd_kafka_s* client) : client_(client), queue_(rd_kafka_queue_new(client)) {}

bool KafkaAdmin::connect(std::chrono::milliseconds timeout) {
  const rd_kafka_metadata_t* answer = nullptr;
  if (rd_kafka_metadata(client_, 0, nullptr, &answer, static_cast<int>(timeout.count())) != RD_KAFKA_RESP_ERR_NO_ERROR) return false;
  const std::unique_ptr<const rd_kafka_metadata_t, DestroyMetadata> metadata(answer);
  // librdkafka asks the controller, and waits for ever where that is no broker, as in its own mock cluster.
  const std::int32_t controller = rd_kafka_controllerid(client_, 0);
  const std::span brokers(metadata->brokers, static_cast<std::size_t>(metadata->broker_cnt));
  const bool real = std::any_of(brokers.begin(), brokers.end(), [&](const auto& broker) { return broker.id == controller; });
  if (!real) broker_ = metadata->orig_broker_id;
  return connected_ = true;
}

KafkaAdminOptions KafkaAdmin::options(int operation) const {
  KafkaAdminOptions options(rd_kafka_AdminOptions_new(client_, static_cast<rd_kafka_admin_op_t>(operation)));
  rd_kafka_AdminOptions_set_request_timeout(options.get(), kRequestTimeoutMs, nullptr, 0);
  return options;
}

void KafkaAdmin::ask_topics(std::span<const std::string> topics) {
  assert(idle());
  std::vector<const char*> names;
  for (const auto& topic : topics) names.push_back(topic.c_str());
  const std::unique_ptr<rd_kafka_TopicCollection_t, DestroyTopics> collection(
      rd_kafka_TopicCollection_of_topic_names(names.data(), names.size()));
  const auto with = options(RD_KAFKA_ADMIN_OP_DESCRIBETOPICS);
  if (broker_) rd_kafka_AdminOptions_set_broker(with.get(), *broker_, nullptr, 0);
  const KafkaFault refused(rd_kafka_AdminOptions_set_include_authorized_operations(with.get(), 1));
  rd_kafka_DescribeTopics(client_, collection.get(), with.get(), queue_.get());
  waiting_ = true;
}

void KafkaAdmin::ask_offsets(std::span<const OffsetQuestion> questions, bool read_committed) {
  assert(idle());
  const KafkaPartitions list(rd_kafka_topic_partition_list_new(static_cast<int>(questions.size())));
  for (const auto& question : questions) {
    rd_kafka_topic_partition_list_add(list.get(), question.id.topic.c_str(), question.id.partition)->offset = question.at;
  }
  const auto with = options(RD_KAFKA_ADMIN_OP_LISTOFFSETS);
  const auto level = read_committed ? RD_KAFKA_ISOLATION_LEVEL_READ_COMMITTED : RD_KAFKA_ISOLATION_LEVEL_READ_UNCOMMITTED;
  const KafkaFault refused(rd_kafka_AdminOptions_set_isolation_level(with.get(), level));
  rd_kafka_ListOffsets(client_, list.get(), with.get(), queue_.get());
  waiting_ = true;
}

void KafkaAdmin::ask_group(const std::string& group) {
  assert(idle());
  const auto with = options(RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS);
  const KafkaFault refused(rd_kafka_AdminOptions_set_include_authorized_operations(with.get(), 1));
  const char* name = group.c_str();
  rd_kafka_DescribeConsumerGroups(client_, &name, 1, with.get(), queue_.get());
  waiting_ = true;
}

KafkaAnswer KafkaAdmin::poll() {
  if (!waiting_) return {};
  const KafkaEvent event(rd_kafka_queue_poll(queue_.get(), 0));
  if (!event) return {};
  waiting_ = false;
  const bool failed = rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR;
  const std::string error = failed ? rd_kafka_event_error_string(event.get()) : "";
  if (rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_LISTOFFSETS_RESULT) {
    return failed ? OffsetsAnswered{{}, error} : read_offsets(event.get());
  }
  if (rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_DESCRIBECONSUMERGROUPS_RESULT) {
    return failed ? GroupAnswered{true, error} : read_group(event.get());
  }
  return failed ? TopicsAnswered{{}, error} : read_topics(event.get());
}

}  // namespace driftd
