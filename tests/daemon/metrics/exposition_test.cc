#include "daemon/metrics/exposition.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "daemon/metrics/collect.h"
#include "tests/daemon/status_fixture.h"

using namespace driftd;

namespace {

// What the exposition says of the windows' rows: "segment value" of each line, in order.
std::string window_samples(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; (at = text.find("\ndriftd_window_samples{", at)) != std::string::npos; ++at) {
    const std::size_t segment = text.find("segment=\"", at) + 9;
    const std::size_t quote = text.find('"', segment), end = text.find('\n', quote);
    out += text.substr(segment, quote - segment) + text.substr(quote + 2, end - quote - 2) + ";";
  }
  return out;
}

std::string dropped(const std::string& text) {
  const std::string key = "driftd_metric_series_dropped_total{family=\"driftd_window_samples\"} ";
  const std::size_t at = text.find(key) + key.size();
  return text.substr(at, text.find('\n', at) - at);
}

SampleSet segments(std::initializer_list<std::string_view> names) {
  SampleSet out;
  for (const auto name : names) out.add("driftd_window_samples", {"m", name}, std::uint64_t{1});
  return out;
}

std::string read(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// A monitor and a stream whose every name is hostile.
DaemonStatus hostile_status() {
  const std::string name = "a\"b\\c\nd\r\te\x1b<&'>{}=\xff\xc3\xa9";
  DaemonStatus status = test::make_status();
  MonitorStatus monitor = test::census_monitor();
  monitor.name = monitor.reference_id = name;
  monitor.window_samples = {{name, 1}};
  for (auto& feature : monitor.features) feature.name = feature.segment = name;  // many of one name: still one series each
  for (auto& alert : monitor.alerts) alert.feature = alert.segment = name;
  status.monitors.push_back(std::make_shared<const MonitorStatus>(monitor));
  status.partitions.push_back(test::make_partition(name.c_str(), 0, name.c_str(), 5, 9));
  status.version = name;
  status.log_messages[name] = 1;
  return status;
}

bool promtool_exists() { return std::system("promtool --version >/dev/null 2>&1") == 0; }

// What promtool says of a text; "" = nothing.
std::string promtool_check(const std::string& text) {
  const auto path = std::filesystem::temp_directory_path() / ("driftd-metrics-" + std::to_string(::getpid()));
  std::ofstream(path) << text;
  std::FILE* pipe = ::popen(("promtool check metrics < " + path.string() + " 2>&1").c_str(), "r");
  std::string said;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) said += static_cast<char>(c);
  ::pclose(pipe);
  std::filesystem::remove(path);
  return said;
}

}  // namespace

TEST_CASE("golden text") {
  const std::string path = DRIFTD_TESTS_DIR "/daemon/metrics/exposition.golden.txt";
  const SampleSet samples = collect_samples(test::make_status(), {{{{"/metrics", "GET", 200}, 5}, {{"", "PUT", 405}, 1}}, {}},
                                            {1.25, 44'040'192, 17, 1024, 1.79e9});
  const std::string text = Exposition({.max_series = 10'000}).render(samples);
  if (std::getenv("DRIFTD_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << text;
  CHECK(text == read(path));
}

TEST_CASE("equal samples give equal bytes, in any order of adding") {
  CHECK(Exposition({.max_series = 100}).render(segments({"b", "a", "c"})) ==
        Exposition({.max_series = 100}).render(segments({"c", "b", "a"})));
}

TEST_CASE("at the cap no new series comes, and one that goes makes room") {
  Exposition exposition({.max_series = 2});
  CHECK(window_samples(exposition.render(segments({"b", "c"}))) == "b 1;c 1;");
  const std::string full = exposition.render(segments({"a", "b", "c", "d"}));
  CHECK(window_samples(full) == "b 1;c 1;");
  CHECK(dropped(full) == "2");
  const std::string later = exposition.render(segments({"a", "c", "d"}));
  CHECK(window_samples(later) == "a 1;c 1;");
  CHECK(dropped(later) == "3");
}

TEST_CASE("the cap leaves what tells of the daemon itself") {
  SampleSet samples = segments({"a", "b", "c"});
  samples.add("driftd_ready", {}, 1.0);
  const std::string text = Exposition({.max_series = 2}).render(samples);
  CHECK(text.find("\ndriftd_ready 1\n") != std::string::npos);
  CHECK(window_samples(text) == "a 1;");
  CHECK(text.find("\ndriftd_metric_series{family=\"driftd_window_samples\"} 1\n") != std::string::npos);
}

TEST_CASE("the cap is news once, until there was room again") {
  Exposition exposition({.max_series = 2});
  exposition.render(segments({"a", "b"}));
  CHECK_FALSE(exposition.newly_capped());
  exposition.render(segments({"a", "b", "c"}));
  CHECK(exposition.newly_capped());
  exposition.render(segments({"a", "b", "c"}));
  CHECK_FALSE(exposition.newly_capped());
  exposition.render(segments({"a"}));
  exposition.render(segments({"a", "b", "c"}));
  CHECK(exposition.newly_capped());
}

TEST_CASE("a series of an open list goes when nothing changed it for long, and comes back with a change") {
  Exposition exposition({.expire_after = Milliseconds(60'000)});
  const auto errors = [&](double transport, double timeout, std::int64_t now_s) {
    SampleSet samples;
    samples.add("driftd_kafka_errors_total", {"_TRANSPORT"}, transport);
    samples.add("driftd_kafka_errors_total", {"_TIMED_OUT"}, timeout);
    samples.add("driftd_log_messages_total", {"info"}, 1.0);  // a closed list
    const std::string text = exposition.render(samples, MetricsFormat::kText, now_s * 1'000'000);
    std::string shown;
    for (const char* name : {"_TRANSPORT\"} ", "_TIMED_OUT\"} ", "level=\"info\"} "}) {
      if (text.find(name) != std::string::npos) shown += name[2];
    }
    return shown;
  };
  CHECK(errors(1, 1, 100) == "RIv");
  CHECK(errors(1, 2, 150) == "RIv");
  CHECK(errors(1, 2, 160) == "RIv");
  CHECK(errors(1, 2, 161) == "Iv");  // _TRANSPORT has gone
  CHECK(errors(1, 2, 211) == "v");
  CHECK(errors(2, 2, 212) == "Rv");
}

TEST_CASE("an idle series makes room under the cap") {
  Exposition exposition({.max_series = 1, .expire_after = Milliseconds(60'000)});
  const auto scrape = [&](std::initializer_list<std::string_view> codes, std::int64_t now_s) {
    SampleSet samples;
    for (const auto code : codes) samples.add("driftd_kafka_errors_total", {code}, 1.0);
    return exposition.render(samples, MetricsFormat::kText, now_s * 1'000'000);
  };
  scrape({"a"}, 0);
  CHECK(scrape({"a", "b"}, 50).find("\"b\"") == std::string::npos);
  CHECK(scrape({"a", "b"}, 61).find("\"b\"") != std::string::npos);
}

TEST_CASE("a histogram counts as what it is on the wire") {
  SampleSet samples;
  samples.add("driftd_evaluation_duration_seconds", {"m"}, make_buckets({}));
  CHECK(Exposition({}).render(samples).find("driftd_metric_series{family=\"driftd_evaluation_duration_seconds\"} 16\n") !=
        std::string::npos);
}

TEST_CASE("of two samples of one series the first counts") {
  SampleSet samples = segments({"a"});
  samples.add("driftd_window_samples", {"m", "a"}, std::uint64_t{2});
  CHECK(window_samples(Exposition({.max_series = 9}).render(samples)) == "a 1;");
}

TEST_CASE("hostile names stay inside their quotes") {
  const std::string text = Exposition({.max_series = 10'000}).render(collect_samples(hostile_status(), {}, {}));
  CHECK(std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n'; }));
  CHECK(text.find("driftd_window_samples{monitor=\"a\\\"b\\\\c\\\\x0ad\\\\x0d\\\\x09e\\\\x1b<&'>{}=\xef\xbf\xbd\xc3\xa9\",") !=
        std::string::npos);
}

TEST_CASE("promtool check metrics finds nothing to say") {
  if (!promtool_exists()) {
    MESSAGE("skipped: promtool is not installed (Debian: prometheus)");
    return;
  }
  CHECK(promtool_check(Exposition({.max_series = 10'000}).render(collect_samples(test::make_status(), {}, read_process_usage()))).empty());
  CHECK(promtool_check(Exposition({.max_series = 10'000}).render(collect_samples(hostile_status(), {}, {}))).empty());
  CHECK(promtool_check(Exposition({.max_series = 10'000}).render(collect_samples({}, {}, {}))).empty());
  CHECK_FALSE(promtool_check("driftd_x_total{a=\"b\"} 1\n").empty());  // it does look: no help, no type
}
