#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "daemon/cli/verb.h"
#include "daemon/metrics/catalogue.h"
#include "daemon/metrics/metrics_page.h"

using namespace driftd;

namespace {

struct Ran {
  int exit_code;
  std::string out;
};

// Runs the verb with standard output going to a file.
Ran run(const std::vector<std::string>& args) {
  std::FILE* file = std::tmpfile();
  std::fflush(stdout);
  const int kept = ::dup(STDOUT_FILENO);
  ::dup2(::fileno(file), STDOUT_FILENO);
  Ran ran{run_metrics(args), {}};
  std::fflush(stdout);
  ::dup2(kept, STDOUT_FILENO);
  ::close(kept);
  std::rewind(file);
  for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) ran.out += static_cast<char>(c);
  std::fclose(file);
  return ran;
}

}  // namespace

TEST_CASE("a line for every metric") {
  const Ran ran = run({});
  CHECK(ran.exit_code == kExitOk);
  CHECK(std::ranges::count(ran.out, '\n') == static_cast<std::ptrdiff_t>(metric_catalogue().size()));
  for (const MetricSpec& spec : metric_catalogue()) CHECK(ran.out.find(std::string(spec.name) + ' ') != std::string::npos);
  CHECK(ran.out.starts_with("driftd_build_info "));
  CHECK(ran.out.find("  gauge    monitor,segment,feature,method  ") != std::string::npos);
}

TEST_CASE("help goes to standard output, a wrong use does not") {
  CHECK(run({"--help"}).out.find("driftd metrics | grep drift_") != std::string::npos);
  CHECK(run({"--help"}).exit_code == kExitOk);
  CHECK(run({"--nonsense"}).exit_code == kExitUsage);
  CHECK(run({"--nonsense"}).out.empty());
}

TEST_CASE("as a page for people") {
  const Ran ran = run({"--markdown"});
  CHECK(ran.exit_code == 0);
  CHECK(ran.out == metrics_markdown());
}
