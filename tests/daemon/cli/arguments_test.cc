#include "daemon/cli/arguments.h"

#include <doctest/doctest.h>

#include <vector>

#include "daemon/cli/verb.h"
#include "tests/daemon/cli/captured_stdout.h"

namespace driftd {

TEST_CASE("help goes to stdout with exit 0, wrong usage is exit 64, good flags go on") {
  const auto parse = [](std::vector<std::string> args) {
    CLI::App app{"What it does", "driftd verb"};
    int number = 0;
    app.add_option("--number", number, "a number");
    std::optional<int> done;
    const std::string out = captured_stdout([&] { done = parse_arguments(app, args); });
    return std::pair(done, out);
  };
  CHECK(parse({"--number", "3"}).first == std::nullopt);
  CHECK(parse({"--help"}).first == kExitOk);
  CHECK(parse({"--help"}).second.find("--number") != std::string::npos);
  CHECK(parse({"--number", "three"}).first == kExitUsage);
  CHECK(parse({"--nonsense"}).first == kExitUsage);
  CHECK(parse({"--nonsense"}).second.empty());
}

}  // namespace driftd
