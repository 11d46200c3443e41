// Names the calling thread, as `top -H`, gdb and core dumps show it.
#pragma once

#include <string>

namespace driftd {

void set_thread_name(const std::string& name);  // the kernel keeps the first 15 bytes
std::string thread_name();

}  // namespace driftd
