// The table of verbs.
#include <fmt/core.h>

#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include "config/suggest.h"
#include "daemon/cli/verb.h"

namespace {

constexpr std::array kVerbs{
    driftd::Verb{"run", "the daemon, in the foreground", driftd::run_run},
    driftd::Verb{"demo", "real data with a real drift, without a Kafka of yours", driftd::run_demo},
    driftd::Verb{"check", "validate a configuration and show what it watches", driftd::run_check},
    driftd::Verb{"test", "unit tests of a configuration: rows in, alerts and silence out", driftd::run_test},
    driftd::Verb{"replay", "the same engine on files of rows", driftd::run_replay},
    driftd::Verb{"tap", "records of a topic as driftd sees them", driftd::run_tap},
    driftd::Verb{"explain", "why an alert fired, in words", driftd::run_explain},
    driftd::Verb{"alert", "one marked event through the real sinks", driftd::run_alert},
    driftd::Verb{"compare", "every two-sample statistic of two files, column by column", driftd::run_compare},
    driftd::Verb{"detect", "numbers through a sequential detector: where it fires", driftd::run_detect},
    driftd::Verb{"reference", "freeze a reference from rows; look into one", driftd::run_reference},
    driftd::Verb{"state", "look into a state directory, verify it, carry it elsewhere", driftd::run_state},
    driftd::Verb{"config", "the configuration in effect; every key there is; a first one from rows", driftd::run_config},
    driftd::Verb{"schema", "JSON Schema of the configuration and of alert events", driftd::run_schema},
    driftd::Verb{"metrics", "every metric of /metrics", driftd::run_metrics},
    driftd::Verb{"version", "print the version", driftd::run_version},
};

int short_help(std::FILE* to) {
  std::fputs(
      "driftd: streaming drift monitor for machine-learning data\n\n"
      "usage: driftd VERB [flags]     driftd VERB --help tells more\n\n",
      to);
  for (const auto& verb : kVerbs) {
    fmt::print(to, "  {:10} {}\n", verb.name, verb.summary);
  }
  std::fputs(
      "\nexamples:\n"
      "  driftd demo\n"
      "  driftd reference build train.csv -o train.ref\n"
      "  driftd replay live.csv --reference train.ref --window 1d\n",
      to);
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
  std::vector<std::string> verbs;
  for (const auto& verb : kVerbs) verbs.emplace_back(verb.name);
  std::fprintf(stderr, "driftd: unknown verb '%s'%s\n\n", name.c_str(), driftd::did_you_mean(name, verbs).c_str());
  return short_help(stderr);
}
