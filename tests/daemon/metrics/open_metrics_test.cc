#include "daemon/metrics/open_metrics.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "daemon/metrics/collect.h"
#include "daemon/metrics/exposition.h"
#include "tests/daemon/status_fixture.h"

using namespace driftd;

namespace {

std::string family(std::string_view name, const SampleSet& samples, bool exemplars = true) {
  const std::size_t place = find_metric(name).value();
  std::vector<const Sample*> chosen;
  for (const Sample& sample : samples.of(place)) chosen.push_back(&sample);
  std::string out;
  append_open_metrics(metric_catalogue()[place], chosen, exemplars, out);
  return out;
}

}  // namespace

TEST_CASE("a counter is a family without _total, its exemplar behind the value") {
  SampleSet samples;
  samples.add("driftd_alert_transitions_total", {"a\"b\\c", "critical", "firing"}, 2, {"6e77b70df680e4e0", 1'789'999'995.25});
  const std::string head =
      "# TYPE driftd_alert_transitions counter\n# HELP driftd_alert_transitions Changes of state of alerts.\n"
      "driftd_alert_transitions_total{monitor=\"a\\\"b\\\\c\",severity=\"critical\",to=\"firing\"} 2";
  CHECK(family("driftd_alert_transitions_total", samples) == head + " # {alert_id=\"6e77b70df680e4e0\"} 1 1789999995.250\n");
  CHECK(family("driftd_alert_transitions_total", samples, false) == head + "\n");
}

TEST_CASE("an info metric is of type info, a unit is said") {
  SampleSet samples;
  samples.add("driftd_build_info", {"1", "r"}, 1.0);
  samples.add("driftd_snapshot_size_bytes", {}, 2e17);
  samples.add("process_cpu_seconds_total", {}, 0.5);
  CHECK(family("driftd_build_info", samples).starts_with("# TYPE driftd_build info\n# HELP driftd_build "));
  CHECK(family("driftd_build_info", samples).ends_with("\ndriftd_build_info{version=\"1\",revision=\"r\"} 1\n"));
  CHECK(family("driftd_snapshot_size_bytes", samples)
            .starts_with("# TYPE driftd_snapshot_size_bytes gauge\n# UNIT driftd_snapshot_size_bytes bytes\n"));
  CHECK(family("driftd_snapshot_size_bytes", samples).ends_with("\ndriftd_snapshot_size_bytes 2e+17\n"));
  CHECK(family("process_cpu_seconds_total", samples).find("# UNIT process_cpu_seconds seconds\n") != std::string::npos);
}

TEST_CASE("a histogram has cumulative buckets with bounds as floats, then count and sum") {
  SampleSet samples;
  samples.add("driftd_label_delay_seconds", {"m"}, Buckets{{1, 2.5}, {3, 0, 4}, 40.5});
  CHECK(family("driftd_label_delay_seconds", samples)
            .ends_with("driftd_label_delay_seconds_bucket{monitor=\"m\",le=\"1.0\"} 3\n"
                       "driftd_label_delay_seconds_bucket{monitor=\"m\",le=\"2.5\"} 3\n"
                       "driftd_label_delay_seconds_bucket{monitor=\"m\",le=\"+Inf\"} 7\n"
                       "driftd_label_delay_seconds_count{monitor=\"m\"} 7\n"
                       "driftd_label_delay_seconds_sum{monitor=\"m\"} 40.5\n"));
}

TEST_CASE("a label that is there at level detailed only") {
  SampleSet samples;
  samples.add("driftd_kafka_consumer_lag_records", {"s", "t"}, 1.0);
  samples.add("driftd_kafka_consumer_lag_records", {"s", "t", "7"}, 2.0);
  CHECK(family("driftd_kafka_consumer_lag_records", samples)
            .ends_with("{stream=\"s\",topic=\"t\"} 1\ndriftd_kafka_consumer_lag_records{stream=\"s\",topic=\"t\",partition=\"7\"} 2\n"));
}

TEST_CASE("both formats give out the same series") {
  const SampleSet samples = collect_samples(test::make_status(), {{{{"/metrics", "GET", 200}, 5}}, {{"/metrics", {}}}}, {1, 2, 3, 4, 5});
  // Names and labels without bounds, which the formats write in ways of their own.
  const auto series = [&](MetricsFormat format) {
    std::multiset<std::string> out;
    const std::string text = Exposition({}).render(samples, format);
    for (std::size_t at = 0, end; at < text.size(); at = end + 1) {
      end = text.find('\n', at);
      if (text[at] == '#') continue;
      std::string line = text.substr(at, end - at);
      line.resize(std::min(line.find(" # "), line.size()));
      line.resize(line.rfind(' '));
      if (const auto bound = line.find("le=\""); bound != std::string::npos) line.resize(bound);
      out.insert(line);
    }
    return out;
  };
  const auto text = series(MetricsFormat::kText), open = series(MetricsFormat::kOpenMetrics);
  CHECK(text == open);
  CHECK(text.size() > 300);
  CHECK(std::ranges::none_of(open, [](const std::string& name) { return name.substr(0, name.find('{')).ends_with("_created"); }));
}
