// Find, load and refuse a configuration: the same for every verb that needs one.
#pragma once

#include <CLI/CLI.hpp>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "config/load.h"

namespace driftd {

struct ConfigFlags {
  std::string file;              // -c, --config; "" = look for it; "-" = standard input
  std::vector<std::string> set;  // --set a.b=v
};

void add_config_flags(CLI::App& app, ConfigFlags& flags);

// A whole file, or with "-" standard input. The error is a phrase that follows "cannot read it: ".
std::expected<std::string, std::string> read_text(const std::string& file);

// This process's variables.
Environment process_environment();

// Where the configuration is: the flag, $DRIFTD_CONFIG, /etc/driftd/driftd.yaml, $XDG_CONFIG_HOME/driftd/driftd.yaml
// (XDG_CONFIG_HOME is ~/.config when unset). The first two need not exist; the others are taken when they do.
// The error lists where it was looked for.
std::expected<std::string, std::string> find_config(const std::string& flag, const Environment& environment);

// What a verb asks for besides the flags.
struct ConfigNeeds {
  bool for_kafka = true;
  bool json = false;  // problems as one JSON document on stdout
  std::function<std::optional<std::string>(const std::string& name, const std::string& value)> check_librdkafka = {};
};

// As load_config prints them. The exit code, 78.
int print_problems(const Problems& problems, bool json);

// Prints nothing. The error has every problem.
std::expected<Loaded, Problems> read_config(const ConfigFlags& flags, const ConfigNeeds& needs);

// The same; problems and warnings go to stderr, or with json the problems to stdout as one document. The error is the exit code, 78.
std::expected<Loaded, int> load_config(const ConfigFlags& flags, const ConfigNeeds& needs);

}  // namespace driftd
