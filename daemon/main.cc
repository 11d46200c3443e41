// The table of verbs.
#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include "config/suggest.h"
#include "daemon/cli/verb.h"

namespace {

constexpr std::array kVerbs{
    driftd::Verb{"check", "validate a configuration and show what it watches", driftd::run_check},
    driftd::Verb{"config", "the configuration in effect; every key there is", driftd::run_config},
    driftd::Verb{"schema", "JSON Schema of the configuration and of alert events", driftd::run_schema},
    driftd::Verb{"metrics", "print every metric of /metrics", driftd::run_metrics},
    driftd::Verb{"version", "print the version", driftd::run_version},
};

int short_help(std::FILE* to) {
  std::fputs(
      "driftd: streaming drift monitor for machine-learning data\n\n"
      "usage: driftd VERB [flags]     driftd VERB --help tells more\n\n",
      to);
  for (const auto& verb : kVerbs) {
    std::fprintf(to, "  %-10s %s\n", verb.name.data(), verb.summary.data());
  }
  return to == stdout ? driftd::kExitOk : driftd::kExitUsage;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> args(argv + 1, argv + argc);
  if (args.empty() || args[0] == "help" || args[0] == "--help" || args[0] == "-h") return short_help(stdout);
  const std::string name = args[0] == "--version" ? "version" : args[0];
  for (const auto& verb : kVerbs) {
    if (verb.name == name) return verb.run(std::span(args).subspan(1));
  }
  std::vector<std::string> names;
  for (const auto& verb : kVerbs) names.emplace_back(verb.name);
  std::fprintf(stderr, "driftd: unknown verb '%s'%s\n\n", name.c_str(), driftd::did_you_mean(name, names).c_str());
  return short_help(stderr);
}
