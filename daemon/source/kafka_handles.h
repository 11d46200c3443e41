// Owners of librdkafka's handles. No librdkafka header here: whoever includes this sees forward declarations only.
#pragma once

#include <memory>

struct rd_kafka_s;
struct rd_kafka_conf_s;
struct rd_kafka_message_s;
struct rd_kafka_topic_partition_list_s;
struct rd_kafka_queue_s;
struct rd_kafka_op_s;
struct rd_kafka_error_s;
struct rd_kafka_AdminOptions_s;
struct rd_kafka_mock_cluster_s;

namespace driftd {

struct KafkaDestroy {
  void operator()(rd_kafka_s* client) const noexcept;  // without closing a consumer: assign() has no group to leave
  void operator()(rd_kafka_conf_s* conf) const noexcept;
  void operator()(rd_kafka_message_s* message) const noexcept;
  void operator()(rd_kafka_topic_partition_list_s* list) const noexcept;
  void operator()(rd_kafka_queue_s* queue) const noexcept;
  void operator()(rd_kafka_op_s* event) const noexcept;
  void operator()(rd_kafka_error_s* error) const noexcept;
  void operator()(rd_kafka_AdminOptions_s* options) const noexcept;
  void operator()(rd_kafka_mock_cluster_s* cluster) const noexcept;
};

template <typename T>
using KafkaHandle = std::unique_ptr<T, KafkaDestroy>;

using KafkaClient = KafkaHandle<rd_kafka_s>;
using KafkaConf = KafkaHandle<rd_kafka_conf_s>;
using KafkaMessage = KafkaHandle<rd_kafka_message_s>;
using KafkaPartitions = KafkaHandle<rd_kafka_topic_partition_list_s>;
using KafkaQueue = KafkaHandle<rd_kafka_queue_s>;
using KafkaEvent = KafkaHandle<rd_kafka_op_s>;
using KafkaFault = KafkaHandle<rd_kafka_error_s>;
using KafkaAdminOptions = KafkaHandle<rd_kafka_AdminOptions_s>;
using KafkaMockCluster = KafkaHandle<rd_kafka_mock_cluster_s>;

}  // namespace driftd
