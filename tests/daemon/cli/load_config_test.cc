#include "daemon/cli/load_config.h"

#include <doctest/doctest.h>

#include "daemon/cli/verb.h"
#include "tests/daemon/cli/captured.h"
#include "tests/temp_folder.h"

using namespace driftd;

namespace {

const std::string kGoodConfig = "kafka: {brokers: [\"localhost:9092\"]}\nmonitors: [{name: fraud, topic: t, reference: r.csv}]\n";

}  // namespace

TEST_CASE("where a configuration is looked for") {
  const TempFolder folder;
  const std::string file = folder.write("driftd.yaml", kGoodConfig);
  std::filesystem::create_directories(folder.path("driftd"));
  std::filesystem::copy_file(file, folder.path("driftd/driftd.yaml"));
  const std::string user = folder.path("driftd/driftd.yaml");
  CHECK(find_config("x.yaml", {{"DRIFTD_CONFIG", "y.yaml"}}) == "x.yaml");
  CHECK(find_config("-", {}) == "-");
  CHECK(find_config("", {{"DRIFTD_CONFIG", "y.yaml"}}) == "y.yaml");
  if (std::filesystem::exists("/etc/driftd/driftd.yaml")) return;  // a machine that runs driftd
  CHECK(find_config("", {{"DRIFTD_CONFIG", ""}, {"XDG_CONFIG_HOME", folder.path()}}) == user);
  CHECK(find_config("", {{"HOME", "/nonexistent"}}).error() ==
        "no configuration: name one with --config FILE or $DRIFTD_CONFIG; looked for /etc/driftd/driftd.yaml and "
        "/nonexistent/.config/driftd/driftd.yaml");
}

TEST_CASE("relative paths start at the file's folder") {
  const TempFolder folder;
  const std::string file = folder.write("driftd.yaml", kGoodConfig);
  const auto loaded = load_config({file, {}}, {});
  REQUIRE(loaded.has_value());
  CHECK(loaded->config.monitors[0].reference == folder.path("r.csv"));
  CHECK(loaded->config.source == file);
}

namespace {

std::string refused_file;
bool as_json = false;

int refuse(std::span<const std::string> set) {
  const auto loaded = load_config({refused_file, {set.begin(), set.end()}}, {.json = as_json});
  return loaded ? kExitOk : loaded.error();
}

}  // namespace

TEST_CASE("problems go to stderr with their number, or to stdout as JSON; exit 78") {
  const TempFolder folder;
  const std::string file = folder.write("driftd.yaml", "lgo: 1\n" + kGoodConfig);
  refused_file = file;
  as_json = false;
  const Captured text = capture(refuse, {"log.level=loud"});
  CHECK(text.exit_code == kExitConfig);
  CHECK(text.out.empty());
  CHECK(text.err == file +
                        ":1:1: unknown key 'lgo' at the top level\n    1 | lgo: 1\n      | ^^^\n"
                        "--set log.level: log.level: expected one of trace, debug, info, warn, error; got \"loud\"\n2 problems\n");
  as_json = true;
  const Captured json = capture(refuse, {});
  CHECK(json.exit_code == kExitConfig);
  CHECK(json.err.empty());
  CHECK(json.out == "{\"problems\":[{\"source\":\"" + file +
                        "\",\"line\":1,\"column\":1,\"message\":\"unknown key 'lgo' at the top level\"}],\"warnings\":[]}\n");
  as_json = false;
  refused_file = folder.path("nope.yaml");
  CHECK(capture(refuse, {}).err == refused_file + ": cannot read it: No such file or directory\n1 problem\n");
  refused_file = folder.path();
  CHECK(capture(refuse, {}).err == refused_file + ": cannot read it: it is a folder\n1 problem\n");
}
