#include "daemon/source/kafka_handles.h"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

namespace driftd {

void KafkaDestroy::operator()(rd_kafka_s* client) const noexcept { rd_kafka_destroy_flags(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE); }
void KafkaDestroy::operator()(rd_kafka_conf_s* conf) const noexcept { rd_kafka_conf_destroy(conf); }
void KafkaDestroy::operator()(rd_kafka_message_s* message) const noexcept { rd_kafka_message_destroy(message); }
void KafkaDestroy::operator()(rd_kafka_topic_partition_list_s* list) const noexcept { rd_kafka_topic_partition_list_destroy(list); }
void KafkaDestroy::operator()(rd_kafka_queue_s* queue) const noexcept { rd_kafka_queue_destroy(queue); }
void KafkaDestroy::operator()(rd_kafka_op_s* event) const noexcept { rd_kafka_event_destroy(event); }
void KafkaDestroy::operator()(rd_kafka_error_s* error) const noexcept { rd_kafka_error_destroy(error); }
void KafkaDestroy::operator()(rd_kafka_AdminOptions_s* options) const noexcept { rd_kafka_AdminOptions_destroy(options); }
void KafkaDestroy::operator()(rd_kafka_mock_cluster_s* cluster) const noexcept { rd_kafka_mock_cluster_destroy(cluster); }

}  // namespace driftd
