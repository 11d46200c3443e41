#include "daemon/cli/completion.h"

#include <doctest/doctest.h>

#include "daemon/cli/verb_table.h"
#include "tests/daemon/cli/captured.h"

using namespace driftd;

namespace {

// One verb with everything that must be quoted.
std::vector<VerbUsage> awkward() {
  VerbUsage verb;
  verb.name = "look";
  verb.summary = "what's there: all";
  verb.flags = {{{"-o", "--output"}, "FILE", {}, "The file's name [\\]", "", false, true}};
  verb.operands = {{{}, "MONITOR", {}, "Whose", "", true, false}};
  return {verb};
}

}  // namespace

TEST_CASE("texts are quoted for every shell") {
  CHECK(shell_quoted("it's") == "'it'\\''s'");
  CHECK(bash_completion(awkward()).find("    'look -o' | 'look --output') kind='files' ;;\n") != std::string::npos);
  CHECK(bash_completion(awkward()).find("    'look 0') kind='monitors' ;;\n") != std::string::npos);
  CHECK(zsh_completion(awkward()).find("'look:what'\\''s there: all'") != std::string::npos);
  CHECK(fish_completion(awkward()).find("-s o -l output -r -F -d 'The file'\\''s name ['\\\\']'") != std::string::npos);
}

TEST_CASE("each shell has its script, another none") {
  CHECK(capture(run_completion, {"bash"}).out.find("complete -F _driftd driftd\n") != std::string::npos);
  CHECK(capture(run_completion, {"zsh"}).out.starts_with("#compdef driftd\n"));
  CHECK(capture(run_completion, {"fish"}).out.find("complete -c driftd -f\n") != std::string::npos);
  CHECK(capture(run_completion, {"tcsh"}).exit_code == kExitUsage);
  CHECK(capture(run_completion, {}).exit_code == kExitUsage);
}
