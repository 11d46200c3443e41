// What a verb is, and the exit codes all verbs share (interfaces 1).
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace driftd {

enum ExitCode : int {
  kExitOk = 0,
  kExitFailed = 1,   // failed while running
  kExitFinding = 3,  // --fail-on, --deny-warnings
  kExitUsage = 64,
  kExitBadInput = 65,
  kExitUnavailable = 69,  // broker or tool
  kExitBug = 70,
  kExitIo = 74,
  kExitTryAgain = 75,  // lock held
  kExitConfig = 78,    // configuration or state refused
};

// args: what follows the verb. Data goes to stdout, messages to stderr.
struct Verb {
  std::string_view name;
  std::string_view summary;
  int (*run)(std::span<const std::string> args);
};

// One line a verb, defined in its own cli/<verb>.cc.
int run_alert(std::span<const std::string> args);
int run_check(std::span<const std::string> args);
int run_compare(std::span<const std::string> args);
int run_config(std::span<const std::string> args);
int run_detect(std::span<const std::string> args);
int run_reference(std::span<const std::string> args);
int run_schema(std::span<const std::string> args);
int run_explain(std::span<const std::string> args);
int run_metrics(std::span<const std::string> args);
int run_state(std::span<const std::string> args);
int run_replay(std::span<const std::string> args);
int run_tap(std::span<const std::string> args);
int run_test(std::span<const std::string> args);
int run_run(std::span<const std::string> args);
int run_demo(std::span<const std::string> args);
int run_version(std::span<const std::string> args);

}  // namespace driftd
