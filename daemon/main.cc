// One program: the first word chooses the verb.
#include <cstdio>
#include <string>
#include <vector>

#include "daemon/cli/verb_table.h"

int main(int argc, char** argv) {
  const std::vector<std::string> args(argv + 1, argv + argc);
  if (args.empty() || args[0] == "--help" || args[0] == "-h") {
    driftd::print_short_help(stdout);
    return driftd::kExitOk;
  }
  if (const auto* verb = driftd::find_verb(args[0] == "--version" ? "version" : args[0])) return verb->run(std::span(args).subspan(1));
  std::fputs("\n", stderr);
  driftd::print_short_help(stderr);
  return driftd::kExitUsage;
}
