// Who can reach the listener of `http`, and whether that is well guarded. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/config.h"

namespace driftd {

// Only this machine itself reaches it: "127.0.0.1:3738", "[::1]:0", "localhost:3738".
bool is_loopback(std::string_view listen);

// What is wrong with a listener that other machines reach, and the ways out; nullopt: nothing is.
std::optional<std::string> listener_problem(const HttpConfig& http);

}  // namespace driftd
