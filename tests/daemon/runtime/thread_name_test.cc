#include "daemon/runtime/thread_name.h"

#include <doctest/doctest.h>

#include <thread>

namespace driftd {

TEST_CASE("a thread carries its own name, cut to what the kernel keeps") {
  std::string short_name, long_name;
  const std::string main_name = thread_name();
  std::jthread([&] {
    set_thread_name("merger");
    short_name = thread_name();
    set_thread_name("a-name-of-more-than-15-bytes");
    long_name = thread_name();
  }).join();
  CHECK(short_name == "merger");
  CHECK(long_name == "a-name-of-more-");
  CHECK(thread_name() == main_name);
}

}  // namespace driftd
