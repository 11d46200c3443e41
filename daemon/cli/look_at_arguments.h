// What a verb takes, seen without running it.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <span>
#include <string>

namespace driftd {

// Every verb builds its app and hands it to parse_arguments before it does anything else: here the app is shown to `see` instead, and the
// verb ends. The app lives during the call of `see` only. One thread at a time looks; others parse as ever.
void look_at_arguments(int (*verb)(std::span<const std::string> args), const std::function<void(const CLI::App&)>& see);

}  // namespace driftd
