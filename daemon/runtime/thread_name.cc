#include "daemon/runtime/thread_name.h"

#include <pthread.h>

#include <array>

namespace driftd {

namespace {
constexpr std::size_t kKernelLimit = 16;  // with the terminating NUL
}

void set_thread_name(const std::string& name) { pthread_setname_np(pthread_self(), name.substr(0, kKernelLimit - 1).c_str()); }

std::string thread_name() {
  std::array<char, kKernelLimit> name{};
  pthread_getname_np(pthread_self(), name.data(), name.size());
  return name.data();
}

}  // namespace driftd
