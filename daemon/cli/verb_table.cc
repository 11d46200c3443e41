#include "daemon/cli/verb_table.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <vector>

#include "config/suggest.h"

namespace driftd {
namespace {

constexpr std::array kVerbs{
    Verb{"run", "the daemon, in the foreground", run_run},
    Verb{"demo", "real data with a real drift, without a Kafka of yours", run_demo},
    Verb{"check", "validate a configuration and show what it watches", run_check},
    Verb{"test", "unit tests of a configuration: rows in, alerts and silence out", run_test},
    Verb{"replay", "the same engine on files of rows", run_replay},
    Verb{"tap", "records of a topic as driftd sees them", run_tap},
    Verb{"explain", "why an alert fired, in words", run_explain},
    Verb{"alert", "one marked event through the real sinks", run_alert},
    Verb{"compare", "every two-sample statistic of two files, column by column", run_compare},
    Verb{"detect", "numbers through a sequential detector: where it fires", run_detect},
    Verb{"reference", "freeze a reference from rows; look into one", run_reference},
    Verb{"state", "look into a state directory, verify it, carry it elsewhere", run_state},
    Verb{"config", "the configuration in effect; every key there is; a first one from rows", run_config},
    Verb{"schema", "JSON Schema of the configuration and of alert events", run_schema},
    Verb{"metrics", "every metric of /metrics", run_metrics},
    Verb{"completion", "completion of verbs and flags for a shell", run_completion},
    Verb{"help", "the help of a verb; the manual pages", run_help},
    Verb{"version", "print the version", run_version},
};

}  // namespace

std::span<const Verb> verbs() { return kVerbs; }

const Verb* find_verb(const std::string& name) {
  const auto verb = std::ranges::find(kVerbs, name, &Verb::name);
  if (verb != kVerbs.end()) return &*verb;
  std::vector<std::string> names;
  for (const auto& known : kVerbs) names.emplace_back(known.name);
  fmt::print(stderr, "driftd: unknown verb '{}'{}\n", name, did_you_mean(name, names));
  return nullptr;
}

void print_short_help(std::FILE* to) {
  std::fputs(
      "driftd: streaming drift monitor for machine-learning data\n\n"
      "usage: driftd VERB [flags]     driftd VERB --help tells more\n\n",
      to);
  for (const auto& verb : kVerbs) fmt::print(to, "  {:10} {}\n", verb.name, verb.summary);
  std::fputs(
      "\nexamples:\n"
      "  driftd demo\n"
      "  driftd reference build train.csv -o train.ref\n"
      "  driftd replay live.csv --reference train.ref --window 1d\n",
      to);
}

}  // namespace driftd
