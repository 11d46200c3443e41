#include "daemon/cli/verb_table.h"

#include <doctest/doctest.h>

#include "tests/daemon/cli/captured.h"

using namespace driftd;

TEST_CASE("every verb prints its own help") {
  for (const Verb& verb : verbs()) {
    const Captured help = capture(verb.run, {"--help"});
    CHECK_MESSAGE(help.exit_code == kExitOk, verb.name);
    CHECK_MESSAGE(help.out.find("Usage: driftd " + std::string(verb.name)) != std::string::npos, help.out);
    const Captured wrong = capture(verb.run, {"--there-is-no-such-flag"});
    CHECK_MESSAGE(wrong.exit_code == kExitUsage, verb.name);
  }
}

TEST_CASE("a verb that does not exist has a likely one named") {
  CHECK(find_verb("replay") != nullptr);
  const Captured none = capture([](std::span<const std::string> args) { return find_verb(args[0]) == nullptr ? 0 : 1; }, {"repaly"});
  CHECK(none.exit_code == 0);
  CHECK(none.err == "driftd: unknown verb 'repaly'; did you mean 'replay'?\n");
}
