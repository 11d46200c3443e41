#include "daemon/cli/load_config.h"

#include <doctest/doctest.h>

#include "tests/daemon/cli/captured_stdout.h"
#include "tests/temp_folder.h"

namespace driftd {

TEST_CASE("the flag wins, then $DRIFTD_CONFIG, then the user's folder; nowhere says where it was looked for") {
  const TempFolder folder;
  std::filesystem::create_directory(folder.path("driftd"));
  const std::string own = folder.write("driftd/driftd.yaml", "");
  CHECK(*find_config("a.yaml", {{"DRIFTD_CONFIG", "b.yaml"}}) == "a.yaml");
  CHECK(*find_config("", {{"DRIFTD_CONFIG", "b.yaml"}}) == "b.yaml");
  const auto found = find_config("", {{"XDG_CONFIG_HOME", folder.path()}});
  REQUIRE(found);
  CHECK((*found == own || *found == "/etc/driftd/driftd.yaml"));
  const auto nowhere = find_config("", {{"XDG_CONFIG_HOME", folder.path("none")}});
  if (!nowhere) CHECK(nowhere.error().find(folder.path("none")) != std::string::npos);
}

TEST_CASE("problems are exit 78, as text on stderr or as one JSON document; a missing file names itself") {
  const TempFolder folder;
  const std::string bad = folder.write("bad.yaml", "kafka: {brokers: [b:1]}\nmonitors: [{name: m, topic: t, referense: r}]\n");
  int code = 0;
  const auto run = [&](const std::string& file, bool json) {
    const auto loaded = load_config({file, {}}, {.json = json});
    code = loaded ? 0 : loaded.error();
  };
  CHECK(captured_stdout([&] { run(bad, false); }).empty());
  CHECK(code == 78);
  CHECK(captured_stdout([&] { run(bad, true); }).find("\"message\":\"unknown key 'referense'") != std::string::npos);
  run(folder.path("none.yaml"), false);
  CHECK(code == 78);
  const std::string good = folder.write("good.yaml", "kafka: {brokers: [b:1]}\nmonitors: [{name: m, topic: t, reference: r}]\n");
  const auto loaded = load_config({good, {"monitors[0].window.every=1h"}}, {});
  REQUIRE(loaded);
  CHECK(loaded->config.monitors[0].window.every == Milliseconds(3'600'000));
  CHECK(loaded->config.monitors[0].reference == folder.path("r"));
}

}  // namespace driftd
