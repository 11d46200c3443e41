// `driftd test`: unit tests of an operator's configuration. Rows go in; expected alerts, scores and silence come out, or what differs.
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>

#include "daemon/cli/arguments.h"
#include "daemon/cli/load_config.h"
#include "daemon/cli/load_references.h"
#include "daemon/cli/one_monitor.h"
#include "daemon/cli/test_expect.h"
#include "daemon/cli/test_run.h"
#include "daemon/cli/verb.h"
#include "daemon/runtime/glob.h"
#include "daemon/runtime/json_writer.h"

namespace driftd {
namespace {

constexpr const char* kHelp =
    "Unit tests of a configuration: rows in; expected alerts, scores and silence out. The engine is that of the daemon, without Kafka and\n"
    "without a clock, so a result is exact and always the same.\n\n"
    "A test file:\n"
    "  config: driftd.yaml                  # relative to the test file\n"
    "  tests:\n"
    "    - name: a jump of the amount is seen\n"
    "      monitor: payments\n"
    "      every: 1s                        # between two rows; without it rows have their own event times\n"
    "      start: 2026-03-01T00:00:00Z      # of the first row (1970-01-01)\n"
    "      rows:                            # parts, one after another\n"
    "        - draw: 1200                   # rows of the reference at random (`of: FILE`, `seed: N`)\n"
    "        - draw: 600                    # or `file: F`, or `lines: |` with a JSON object a line\n"
    "          shift: {amount: 50}          # added to a field\n"
    "          replace: {country: XX}       # put in its place: a JSON value (\"null\"), or a text\n"
    "      expect:\n"
    "        alerts:                        # exactly these; `silence: true`: none\n"
    "          - {feature: amount, kind: drift, at: 25m}   # also segment, state (firing), severity, from, to\n"
    "        scores:                        # statistic, effect, p_value, threshold_ratio: N, {min, max} or {value, within}\n"
    "          - {feature: amount, method: psi, at: 5m, effect: {max: 0.1}}   # without `at`: in every window; status: S\n"
    "        windows: 6                     # closed\n"
    "        rejected: {bad_json: 1}        # what is not named, and `late`, is expected to be 0\n\n"
    "Times are ends of windows: a duration after `start`, or RFC 3339.\n\n"
    "Examples:\n  driftd test test.yaml\n  driftd test tests/*.yaml --run '*amount*' --json\n"
    "Exit codes: 0 all passed, 3 a test failed, 64 usage, 65 rows that cannot be read, 74 a file is not there, 78 a test file, a\n"
    "configuration or its reference is refused";

struct TestFlags {
  std::vector<std::string> files;
  std::string run = "*";
  bool json = false;
};

struct TestResult {
  std::string file, name, place;
  std::vector<std::string> differences;  // empty: passed
};

int fail(int code, const std::string& message) {
  fmt::print(stderr, "driftd test: {}\n", message);
  return code;
}

int refuse(const Problems& problems) {
  fmt::print(stderr, "{}{} problem{}\n", render(problems), problems.size(), problems.size() == 1 ? "" : "s");
  return kExitConfig;
}

// One file's configuration, with the reference of each monitor that a test wants, built once.
class Bench {
 public:
  explicit Bench(Config config) : config_(std::move(config)) {}

  // The exit code when the test could not be run; it is said on stderr.
  std::expected<TestResult, int> run(const TestFile& file, const DriftTest& test) {
    Config config = config_;
    if (const auto kept = keep_one_monitor(test.monitor, config); !kept) {
      return std::unexpected(fail(kExitConfig, fmt::format("{}: {}", test.place, kept.error())));
    }
    auto& reference = references_[test.monitor];
    if (!reference) {
      auto loaded = load_references(config);
      if (!loaded) return std::unexpected(fail(loaded.error().exit_code, loaded.error().message));
      reference = loaded->front();
    }
    const auto outcome = run_test_rows(std::move(config), reference, test);
    if (!outcome) return std::unexpected(fail(outcome.error().exit_code, outcome.error().message));
    return TestResult{file.source, test.name, test.place, differences(test, *outcome)};
  }

 private:
  const Config config_;
  std::map<std::string, std::shared_ptr<const Reference>> references_;
};

void print_result(const TestResult& result) {
  const bool passed = result.differences.empty();
  fmt::print("{} {}: {}\n", passed ? "ok  " : "FAIL", passed ? result.file : result.place, result.name);
  for (const auto& line : result.differences) fmt::print("       {}\n", line);
  std::fflush(stdout);
}

std::expected<TestFile, int> read_file(const std::string& path) {
  const auto text = read_text(path);
  if (!text) return std::unexpected(fail(kExitIo, fmt::format("{}: cannot read it: {}", path, text.error())));
  std::error_code error;
  const auto folder = path == "-" ? std::filesystem::current_path(error) : std::filesystem::absolute(path, error).parent_path();
  auto file = read_test_file(*text, path == "-" ? "<stdin>" : path, {process_environment(), folder});
  if (!file) return std::unexpected(refuse(file.error()));
  return std::move(*file);
}

// Runs the chosen tests of one file; a value: the exit code of what went wrong.
std::optional<int> run_file(const TestFlags& flags, const std::string& path, std::vector<TestResult>& results) {
  const auto file = read_file(path);
  if (!file) return file.error();
  auto loaded = load_config({file->config, {}}, {.for_kafka = false});
  if (!loaded) return loaded.error();
  Bench bench(std::move(loaded->config));
  for (const DriftTest& test : file->tests) {
    if (!matches_any({flags.run}, test.name)) continue;
    auto result = bench.run(*file, test);
    if (!result) return result.error();
    if (!flags.json) print_result(*result);
    results.push_back(std::move(*result));
  }
  return std::nullopt;
}

std::string results_json(const std::vector<TestResult>& results, std::size_t failed) {
  JsonWriter json(2);
  json.begin_object().field("passed", results.size() - failed).field("failed", failed).key("tests").begin_array();
  for (const auto& result : results) {
    json.begin_object().field("file", result.file).field("place", result.place).field("name", result.name);
    json.field("passed", result.differences.empty()).key("differences").begin_array();
    for (const auto& line : result.differences) json.string(line);
    json.end_array().end_object();
  }
  return json.end_array().end_object().take() + "\n";
}

}  // namespace

int run_test(std::span<const std::string> args) {
  TestFlags flags;
  CLI::App app(kHelp, "driftd test");
  app.add_option("FILE", flags.files, "Test files; - is standard input")->required();
  app.add_option("--run", flags.run, "Only tests whose names fit, such as '*amount*'")->type_name("GLOB");
  app.add_flag("--json", flags.json, "The results as one JSON document");
  if (const auto done = parse_arguments(app, args)) return *done;

  std::vector<TestResult> results;
  for (const auto& path : flags.files) {
    if (const auto code = run_file(flags, path, results)) return *code;
  }
  if (results.empty()) return fail(kExitUsage, fmt::format("no test is called '{}'", flags.run));
  std::size_t failed = 0;
  for (const auto& result : results) failed += result.differences.empty() ? 0 : 1;
  if (flags.json) {
    std::fputs(results_json(results, failed).c_str(), stdout);
  } else {
    fmt::print("{} passed, {} failed\n", results.size() - failed, failed);
  }
  return failed == 0 ? kExitOk : kExitFinding;
}

}  // namespace driftd
