#include "daemon/cli/usage.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "daemon/cli/verb_table.h"
#include "tests/daemon/cli/captured.h"

using namespace driftd;

namespace {

const VerbUsage& named(const std::vector<VerbUsage>& verbs, const std::string& name) {
  const auto verb = std::ranges::find(verbs, name, &VerbUsage::name);
  REQUIRE(verb != verbs.end());
  return *verb;
}

const ArgumentUsage& flag(const VerbUsage& verb, const std::string& name) {
  const auto argument =
      std::ranges::find_if(verb.flags, [&](const ArgumentUsage& each) { return std::ranges::count(each.names, name) > 0; });
  REQUIRE(argument != verb.flags.end());
  return *argument;
}

}  // namespace

TEST_CASE("what a verb takes is what its app says") {
  const auto all = usage_of_verbs();
  const VerbUsage& reference = named(all, "reference");
  CHECK(reference.summary == "freeze a reference from rows; look into one");
  CHECK(reference.text.find("driftd reference show reference.ref") != std::string::npos);
  const VerbUsage& build = named(reference.verbs, "build");
  CHECK(build.summary == "Rows of files to a .ref file");
  REQUIRE(build.operands.size() == 1);
  CHECK((build.operands[0].value == "FILE" && build.operands[0].repeats && build.operands[0].required));
  const ArgumentUsage& output = flag(build, "-o");
  CHECK(output.names == std::vector<std::string>{"-o", "--output"});
  CHECK((takes_path(output) && output.required && !output.repeats));
  CHECK(flag(build, "--time-unit").choices == std::vector<std::string>{"s", "ms", "us", "ns"});
  CHECK(flag(build, "--time-unit").standard == "ms");
  CHECK(flag(build, "--exclude").repeats);
  CHECK(flag(named(all, "check"), "--offline").value.empty());
  CHECK(flag(named(all, "tap"), "--from").choices == std::vector<std::string>{"latest", "earliest"});
  CHECK(flag(named(all, "tap"), "-n").choices.empty());
  CHECK(named(all, "detect").operands[0].choices == std::vector<std::string>{"adwin", "ddm", "page_hinkley"});
  CHECK(named(all, "tap").operands[0].value == "MONITOR");
}

TEST_CASE("every verb is there, and looking at one does not run it") {
  const Captured nothing = capture([](std::span<const std::string>) { return usage_of_verbs().size() == verbs().size() ? 0 : 1; }, {});
  CHECK(nothing.exit_code == 0);
  CHECK(nothing.out.empty());
  CHECK(nothing.err.empty());
}

TEST_CASE("verbs that take flags themselves, by their whole names") {
  const auto all = usage_of_verbs();
  std::vector<std::string> paths;
  for (const LeafVerb& leaf : leaf_verbs(all)) paths.push_back(leaf.path);
  for (const char* path : {"run", "reference diff", "state import", "version", "help"}) CHECK(std::ranges::count(paths, path) == 1);
  CHECK(std::ranges::count(paths, "reference") == 0);
}
