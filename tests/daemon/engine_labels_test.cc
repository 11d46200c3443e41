#include "daemon/engine_labels.h"

#include <doctest/doctest.h>

#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "daemon/runtime/event_time.h"
#include "tests/daemon/engine_bed.h"

namespace driftd {

using namespace engine_fixture;

namespace {

constexpr std::int64_t kStart = 1'700'000'000'000;

Config label_config() {
  Config config = make_config();
  config.streams[0].fields.label = "";
  join_labels(config, config.monitors[0]);
  return config;
}

std::shared_ptr<const Reference> reference_with(std::optional<PerformanceRule> rule) {
  auto reference = std::make_shared<Reference>(*make_reference());
  reference->answers = rule;
  return reference;
}

constexpr PerformanceRule kRule{Task::kBinary, 0.5, false};

struct Labelled {
  std::string id;
  std::int64_t at_ms, label_at_ms;
  int predicted, label;
};

// A prediction every 100 ms; its label up to 40 s later, so that some come too late; from half the way on the model errs.
std::vector<Labelled> labelled_rows(std::size_t count) {
  std::mt19937_64 random(5);
  std::vector<Labelled> rows;
  for (std::size_t i = 0; i < count; ++i) {
    const bool wrong = random() % 10 < (i > count / 2 ? 6U : 2U);
    const std::int64_t at = kStart + static_cast<std::int64_t>(i) * 100;
    rows.push_back({"e" + std::to_string(i), at, at + static_cast<std::int64_t>(random() % 40'000), 1, wrong ? 0 : 1});
  }
  return rows;
}

Bed::Topics topics_of(const std::vector<Labelled>& rows) {
  Bed::Topics topics;
  std::mt19937_64 random(6);
  std::normal_distribution<double> normal(100, 10);
  std::map<std::int32_t, std::map<std::int64_t, std::vector<std::string>>> labels;
  for (const Labelled& row : rows) {
    topics[{"t", static_cast<std::int32_t>(random() % 2)}].push_back(
        "{\"at\": " + std::to_string(row.at_ms) + ", \"id\": \"" + row.id + "\", \"amount\": " + std::to_string(normal(random)) +
        ", \"country\": \"DE\", \"predicted\": " + std::to_string(row.predicted) + "}");
    labels[static_cast<std::int32_t>(random() % 3)][row.label_at_ms].push_back(
        "{\"at\": " + std::to_string(row.label_at_ms) + ", \"id\": \"" + row.id + "\", \"y\": " + std::to_string(row.label) + "}");
  }
  for (const auto& [partition, by_time] : labels) {
    for (const auto& [time, records] : by_time) {
      for (const std::string& record : records) topics[{"l", partition}].push_back(record);
    }
  }
  return topics;
}

Bed label_bed(const std::vector<Labelled>& rows) {
  auto plan = make_engine_plan(label_config(), {reference_with(kRule)});
  REQUIRE(plan);
  return Bed(std::move(*plan), topics_of(rows));
}

}  // namespace

TEST_CASE("the task is what the configuration says, else the reference, else its columns") {
  const struct {
    const char* name;
    TaskChoice task;
    std::optional<PerformanceRule> reference;
    PerformanceRule want;
  } rows[] = {
      {"named", TaskChoice::kRegression, kRule, {Task::kRegression, 0.5, false}},
      {"of the reference", TaskChoice::kAuto, PerformanceRule{Task::kBinary, 0.3, true}, {Task::kBinary, 0.3, true}},
      {"classes in the dark", TaskChoice::kAuto, std::nullopt, {Task::kBinary, 0.5, true}},
      {"binary, scores by the reference", TaskChoice::kBinary, PerformanceRule{Task::kBinary, 0.3, true}, {Task::kBinary, 0.5, true}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    MonitorConfig monitor = label_config().monitors[0];
    monitor.performance.task = row.task;
    CHECK(performance_rule(monitor, *reference_with(row.reference)) == row.want);
  }
}

TEST_CASE("losses are a part of the monitor with streams, budget and state of their own") {
  const auto made = make_engine_plan(label_config(), {reference_with(kRule)});
  REQUIRE(made);
  const EnginePlan& plan = **made;
  REQUIRE(plan.monitors.size() == 2);
  REQUIRE(plan.joins.size() == 1);
  CHECK(plan.configs.size() == 1);
  CHECK(plan.losses_of == std::vector<std::uint32_t>{1});
  CHECK(plan.owners == std::vector<std::uint32_t>{0, 0});
  CHECK(plan.warnings.empty());
  CHECK(plan.monitors[0].features.size() == 2);
  REQUIRE(plan.monitors[1].features.size() == 1);
  CHECK(plan.monitors[1].features[0].kind == Kind::kPerformance);
  CHECK(plan.monitors[1].features[0].sequential.size() == 1);
  CHECK(plan.monitors[0].log_alpha == plan.monitors[1].log_alpha);
  CHECK(plan.alerts[1].monitor == "m");
  CHECK(plan.alerts[1].window_subject == "m/performance");
  CHECK(plan.streams[0].decode.keep_answers);
  CHECK(plan.streams[1].decode.keep_answers);
  CHECK(plan.streams[0].monitors.size() == 2);
  CHECK(plan.streams[1].monitors.size() == 1);
  CHECK(plan.joins[0]->labels.lateness_us == 2'000'000);
  CHECK(plan.joins[0]->predictions.lateness_us == 5'000'000);
  Config off = label_config();
  off.monitors[0].performance.task = TaskChoice::kOff;
  CHECK((*make_engine_plan(off, {reference_with(kRule)}))->joins.empty());
}

TEST_CASE("a reference without losses of the task leaves measures and sequential detectors") {
  const auto plan = make_engine_plan(label_config(), {reference_with(PerformanceRule{Task::kRegression, 0.5, false})});
  REQUIRE(plan);
  CHECK((*plan)->warnings.empty());  // the reference's own task is taken
  Config binary = label_config();
  binary.monitors[0].performance.task = TaskChoice::kBinary;
  const auto other = make_engine_plan(binary, {reference_with(PerformanceRule{Task::kRegression, 0.5, false})});
  REQUIRE(other);
  CHECK((*other)->warnings ==
        std::vector<std::string>{"monitor 'm': its reference has no losses of this task (build it with --prediction, --label and "
                                 "--task): measures and sequential detectors only"});
  CHECK((*other)->made_losses.size() == 1);
  CHECK((*other)->monitors[1].features[0].segments == std::vector<std::shared_ptr<const FeatureCounts>>{nullptr});
}

TEST_CASE("what changes the join changes the state's key, what does not keeps it") {
  const auto key = [](const Config& config) { return (*make_engine_plan(config, {reference_with(kRule)}))->panes[1].state_key; };
  const std::string base = key(label_config());
  Config longer = label_config(), alerts = label_config(), threshold = label_config();
  longer.monitors[0].labels.join_within = Milliseconds(31'000);
  threshold.monitors[0].performance = {TaskChoice::kBinary, 0.7};
  alerts.monitors[0].alerts.close_after = 9;
  CHECK(key(longer) != base);
  CHECK(key(threshold) != base);
  CHECK(key(alerts) == base);
}

TEST_CASE("concept drift is found by labels that come later, and measures are those of a straight count") {
  const auto rows = labelled_rows(6000);
  Bed bed = label_bed(rows);
  bed.run(1, 0);
  // The straight count: pairs at most 30 s apart, by the minute of the prediction.
  std::map<std::int64_t, std::pair<int, int>> want;  // end of the window -> labelled, right
  for (const Labelled& row : rows) {
    if (row.label_at_ms - row.at_ms > 30'000) continue;
    auto& [labelled, right] = want[row.at_ms / 60'000 * 60'000 + 60'000];
    ++labelled;
    right += row.predicted == row.label ? 1 : 0;
  }
  std::size_t windows = 0;
  std::set<std::string> firing;
  for (const auto& [key, event] : bed.reader_.seen_) {
    if (event.find("features/error/") != std::string::npos && event.find(".firing.v1") != std::string::npos) firing.insert("error");
    if (event.find("monitors/m/performance\"") == std::string::npos) continue;
    ++windows;
    const auto number_after = [&](const std::string& name) {
      const std::size_t at = event.find("\"" + name + "\":");
      REQUIRE(at != std::string::npos);
      return std::atof(event.c_str() + at + name.size() + 3);
    };
    const auto end = parse_rfc3339(event.substr(event.find("\"end\":\"") + 7, 20));
    REQUIRE(end);
    const auto& [labelled, right] = want.at(*end / 1000);
    CHECK(number_after("labelled") == labelled);
    CHECK(number_after("accuracy") == doctest::Approx(static_cast<double>(right) / labelled).epsilon(1e-12));
  }
  CHECK(windows == want.size());
  CHECK(firing == std::set<std::string>{"error"});
}

TEST_CASE("with labels too, crashes anywhere give the bytes of an undisturbed run") {
  const auto rows = labelled_rows(3000);
  Bed undisturbed = label_bed(rows);
  undisturbed.run(1, 0);
  CHECK(undisturbed.reader_.seen_.size() > 10);
  for (const std::uint64_t seed : {2, 3, 4}) {
    for (const std::size_t crash_every : {3, 11, 29}) {
      CAPTURE(seed);
      CAPTURE(crash_every);
      Bed bed = label_bed(rows);
      bed.run(seed, crash_every);
      CHECK(bed.reader_.changed_ == 0);
      CHECK(bed.reader_.seen_ == undisturbed.reader_.seen_);
    }
  }
}

}  // namespace driftd
