#include <doctest/doctest.h>

#include "daemon/cli/verb.h"
#include "tests/daemon/cli/captured.h"
#include "tests/daemon/cli/config_folder.h"

using namespace driftd;

TEST_CASE("check says what a good configuration watches") {
  const ConfigFolder folder;
  const Captured checked = capture(run_check, {"--offline", "-c", folder.file});
  CHECK(checked.exit_code == kExitOk);
  CHECK(checked.err.empty());
  const std::string want =
      "stream t: topics t; event time is the record's timestamp; windows wait 1m for late rows\n"
      "monitor fraud: stream t; reference " +
      (folder.path / "r.csv").string() + "; windows of 5m; detectors auto; level 0.000116 a window (1 per 30d), shared by its tests\n";
  CHECK(checked.out.substr(checked.out.find('\n') + 1) == want);
}

TEST_CASE("warnings are said, denied on request, and part of the JSON") {
  const ConfigFolder folder(kGoodConfig + "http: {listen: \"0.0.0.0:80\"}\n");
  const Captured said = capture(run_check, {"--offline", "-c", folder.file});
  CHECK(said.exit_code == kExitOk);
  CHECK(said.err.starts_with(folder.file + ":3:16: warning: http.listen: 0.0.0.0:80 is reachable from other machines"));
  CHECK(capture(run_check, {"--offline", "--deny-warnings", "-c", folder.file}).exit_code == kExitFinding);
  const Captured json = capture(run_check, {"--offline", "--json", "-c", folder.file});
  CHECK(json.err.empty());
  CHECK(json.out.starts_with("{\"problems\":[],\"warnings\":[{\"source\":"));
}

TEST_CASE("a configuration that is refused exits 78") {
  const ConfigFolder folder("a: 1\n");
  CHECK(capture(run_check, {"--offline", "-c", folder.file}).exit_code == kExitConfig);
}
