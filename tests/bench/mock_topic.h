// A topic on librdkafka's mock cluster, in a process of its own so that its CPU time is nobody else's. The mock keeps 5 MiB of stored
// (compressed) batches a partition.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace driftd::bench {

class MockTopic {
 public:
  // Forks: call before any thread exists. The child runs on `cpu`, fills the topic, and lives until this object goes.
  MockTopic(const std::vector<std::string>& records, int partitions, const std::string& codec, int cpu);
  ~MockTopic();
  MockTopic(const MockTopic&) = delete;
  MockTopic& operator=(const MockTopic&) = delete;

  static constexpr const char* kName = "events";
  const std::string& brokers() const { return brokers_; }

 private:
  pid_t child_ = -1;
  int keep_alive_ = -1;  // the child ends when this closes
  std::string brokers_;
};

void pin_to(int cpu);  // the calling thread, and those it starts

}  // namespace driftd::bench
