// How every verb reads its flags: CLI11, with our exit codes.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <span>
#include <string>

namespace driftd {

// Fills what the app's options are bound to. A value = the verb is done with this exit code: help was printed, or the usage was wrong
// and said so on stderr.
std::optional<int> parse_arguments(CLI::App& app, std::span<const std::string> args);

}  // namespace driftd
