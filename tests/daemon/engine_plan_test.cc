#include "daemon/engine_plan.h"

#include <doctest/doctest.h>

#include <cmath>
#include <functional>

#include "tests/daemon/engine_fixture.h"

namespace driftd {

using namespace engine_fixture;

namespace {

constexpr std::int64_t kDay = 86'400'000;

std::shared_ptr<const Reference> reference_of(std::size_t features) {
  auto reference = std::make_shared<Reference>();
  reference->id = "abcdef012345";
  for (std::size_t f = 0; f < features; ++f) reference->features.push_back(numeric_feature("f" + std::to_string(f), {1, 2, 3, 4}));
  reference->segment_rows = {4};
  return reference;
}

// The fixture's reference with counts by country: DE and FR.
std::shared_ptr<const Reference> segmented_reference() {
  auto reference = std::make_shared<Reference>(*make_reference());
  reference->segment_by = {"country"};
  reference->segments = {"country=DE", "country=FR"};
  reference->segment_rows = {20'000, 12'000, 6'000};
  for (FeatureReference& feature : reference->features) {
    FeatureCounts half = feature.segments[0];
    for (auto& count : half.cells) count /= 2;
    for (auto& count : half.classes) count /= 2;
    FeatureCounts third = feature.segments[0];
    for (auto& count : third.cells) count /= 3;
    for (auto& count : third.classes) count /= 3;
    feature.segments.push_back(half);
    feature.segments.push_back(third);
  }
  return reference;
}

Config with_segments(std::vector<std::string> values) {
  Config config = make_config();
  config.monitors[0].segments.by = {"country"};
  config.monitors[0].segments.values = {{"country", std::move(values)}};
  return config;
}

std::string key_of(const Config& config, std::shared_ptr<const Reference> reference = make_reference()) {
  const auto plan = make_engine_plan(config, {std::move(reference)});
  REQUIRE(plan);
  return (*plan)->panes[0].state_key;
}

}  // namespace

TEST_CASE("the level of one test shares the false alarms among windows, segments, features and checks") {
  const struct {
    const char* name;
    double count;
    std::int64_t period_ms, window_ms;
    std::size_t features;
    std::vector<std::string> segments;
    double want;
  } rows[] = {
      {"a week's windows, one a year, 20 features", 1, 365 * kDay, 7 * kDay, 20, {}, 4.79e-4},
      {"one feature", 1, 365 * kDay, 7 * kDay, 1, {}, 9.59e-3},
      {"twice as many", 2, 365 * kDay, 7 * kDay, 20, {}, 9.59e-4},
      {"five minutes, one a month", 1, 30 * kDay, 300'000, 10, {}, 5.79e-6},
      {"two declared segments are four", 1, 365 * kDay, 7 * kDay, 20, {"DE", "FR"}, 1.199e-4},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    Config config = row.segments.empty() ? make_config() : with_segments(row.segments);
    config.monitors[0].window.every = Milliseconds(row.window_ms);
    config.monitors[0].alerts.false_alarms = FalseAlarms{row.count, Milliseconds(row.period_ms)};
    const auto plan = make_engine_plan(config, {reference_of(row.features)});
    REQUIRE(plan);
    CHECK((*plan)->alerts[0].alpha == doctest::Approx(row.want).epsilon(1e-3));
    CHECK((*plan)->monitors[0].log_alpha == doctest::Approx(std::log(row.want)).epsilon(1e-3));
  }
  Config off = make_config();
  off.monitors[0].alerts.false_alarms.reset();
  CHECK(std::isnan((*make_engine_plan(off, {make_reference()}))->monitors[0].log_alpha));
}

TEST_CASE("the level goes by how far windows end apart: the advance, and by count the pane, which no window is shorter than") {
  const auto plan_of = [](const WindowConfig& window) { return make_plan(window); };
  const auto minute = plan_of({Milliseconds(60'000), {}, 0, {}});
  const auto hopping = plan_of({Milliseconds(600'000), Milliseconds(60'000), 0, {}});
  const auto counted = plan_of({Milliseconds(60'000), {}, 10'000, {}});
  CHECK(hopping->alerts[0].alpha == minute->alerts[0].alpha);
  CHECK(counted->alerts[0].alpha == minute->alerts[0].alpha);
  CHECK(hopping->panes[0].pane_us == 60'000'000);
  CHECK(plan_of({Milliseconds(60'000), Milliseconds(24'000), 0, {}})->panes[0].pane_us == 12'000'000);
  CHECK(counted->panes[0].window_rows == 10'000);
  CHECK(minute->panes[0].state_key != hopping->panes[0].state_key);
  CHECK(minute->panes[0].state_key != counted->panes[0].state_key);
}

TEST_CASE("what cannot be planned is refused in words") {
  const struct {
    const char* name;
    std::function<void(Config&)> change;
    std::string want;
  } rows[] = {
      {"an alarm a window", [](Config& c) { c.monitors[0].alerts.false_alarms = FalseAlarms{1, Milliseconds(60'000)}; },
       "monitor 'm': false_alarms allows one or more a window: windows so far apart cannot be judged so; lengthen its period or shorten "
       "window.every"},
      {"an alarm a hop",
       [](Config& c) {
         c.monitors[0].window.advance = Milliseconds(20'000);
         c.monitors[0].alerts.false_alarms = FalseAlarms{1, Milliseconds(20'000)};
       },
       "monitor 'm': false_alarms allows one or more a window: windows so far apart cannot be judged so; lengthen its period or shorten "
       "window.advance"},
      {"nothing included", [](Config& c) { c.monitors[0].features.include = {"z*"}; },
       "monitor 'm': no column of its reference is left to be monitored"},
      {"everything excluded", [](Config& c) { c.monitors[0].features.exclude = {"*"}; },
       "monitor 'm': no column of its reference is left to be monitored"},
      {"no such stream", [](Config& c) { c.monitors[0].stream = "u"; }, "monitor 'm': no stream 'u'"},
      {"a segment without values", [](Config& c) { c.monitors[0].segments.by = {"country"}; },
       "monitor 'm': segments.values has no values for 'country'"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    Config config = make_config();
    row.change(config);
    const auto plan = make_engine_plan(config, {make_reference()});
    REQUIRE_FALSE(plan);
    CHECK(plan.error() == row.want);
  }
}

TEST_CASE("an operator hears at start what is not watched") {
  auto without_columns = std::make_shared<Reference>(*make_reference());
  without_columns->prediction_column = without_columns->label_column = "";
  Config no_fields = make_config();
  no_fields.streams[0].fields.prediction = no_fields.streams[0].fields.label = "";
  const struct {
    const char* name;
    Config config;
    std::shared_ptr<const Reference> reference;
    std::vector<std::string> want;
  } rows[] = {
      {"all is well", make_config(), make_reference(), {}},
      {"fields come from the reference", no_fields, make_reference(), {}},
      {"no label at all",
       no_fields,
       without_columns,
       {"monitor 'm': no prediction and label fields: data drift is watched, concept drift is not"}},
      {"no error in the reference",
       make_config(),
       without_columns,
       {"monitor 'm': its reference has no `error` counts (build it with --prediction and --label): concept drift is not watched"}},
      {"segments the reference did not count",
       with_segments({"DE"}),
       make_reference(),
       {"monitor 'm': its reference has no counts by these segments (build it with --segment-by): they stay insufficient"}},
      {"segments it did count", with_segments({"DE"}), segmented_reference(), {}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    const auto plan = make_engine_plan(row.config, {row.reference});
    REQUIRE(plan);
    CHECK((*plan)->warnings == row.want);
  }
}

TEST_CASE("each declared segment has the reference's counts of its own, the rest is in the last") {
  const auto reference = segmented_reference();
  const auto plan = make_engine_plan(with_segments({"FR", "IT"}), {reference});
  REQUIRE(plan);
  CHECK((*plan)->monitors[0].segments == std::vector<std::string>{"all", "country=FR", "country=IT", "__other__"});
  CHECK((*plan)->panes[0].segments.declared == std::vector<std::vector<std::uint64_t>>{{hash_category("FR")}, {hash_category("IT")}});
  for (const FeaturePlan& feature : (*plan)->monitors[0].features) {
    const auto& counted = feature.reference->segments;
    REQUIRE(feature.segments.size() == 4);
    CHECK(*feature.segments[0] == counted[0]);
    CHECK(*feature.segments[1] == counted[2]);
    CHECK(feature.segments[2] == nullptr);
    for (std::size_t i = 0; i < counted[0].cells.size(); ++i)
      CHECK(feature.segments[3]->cells[i] == counted[0].cells[i] - counted[2].cells[i]);
    CHECK(feature.segments[3]->classes[0] == counted[0].classes[0] - counted[2].classes[0]);
  }
}

TEST_CASE("segments of two columns are all pairs, in declared order, their separators escaped") {
  Config config = with_segments({"DE", "a,b"});
  config.monitors[0].segments.by = {"country", "tier"};
  config.monitors[0].segments.values["tier"] = {"1", "2"};
  const auto plan = make_engine_plan(config, {make_reference()});
  REQUIRE(plan);
  CHECK((*plan)->monitors[0].segments == std::vector<std::string>{"all", "country=DE,tier=1", "country=DE,tier=2", "country=a\\,b,tier=1",
                                                                  "country=a\\,b,tier=2", "__other__"});
}

TEST_CASE("kind, least effect and detectors of each feature") {
  Config config = make_config();
  config.monitors[0].detectors.push_back({"psi", 0.2, {}, {}});
  config.monitors[0].detectors.push_back({"page_hinkley", std::nullopt, {"amo*", "country"}, {{"delta", 0.1}}});
  config.streams[0].fields.prediction = "amount";
  const auto plan = make_engine_plan(config, {make_reference()});
  REQUIRE(plan);
  const auto& features = (*plan)->monitors[0].features;
  REQUIRE(features.size() == 3);
  CHECK(features[0].kind == Kind::kPrediction);
  CHECK(features[1].kind == Kind::kDrift);
  CHECK(features[2].kind == Kind::kPerformance);
  CHECK(features[0].min_effect == 0.1);
  CHECK(features[2].min_effect == 0.02);
  REQUIRE(features[0].sequential.size() == 1);
  CHECK(features[0].sequential[0].name == "page_hinkley");
  CHECK(features[0].sequential[0].params == std::map<std::string, double>{{"delta", 0.1}});
  CHECK(features[1].sequential.empty());  // a category has no order
  CHECK(features[2].sequential[0].name == "adwin");
  for (const FeaturePlan& feature : features) CHECK(feature.fixed == std::map<std::string, double>{{"psi", 0.2}});
  const auto& fields = (*plan)->panes[0].fields;
  CHECK(fields[0].keep_values);
  CHECK_FALSE(fields[1].keep_values);
  CHECK(fields[2].from == FieldSource::kError);
  CHECK(fields[1].first_cell == fields[0].cell_count);
  CHECK((*plan)->panes[0].cells == fields[2].first_cell + fields[2].cell_count);
}

TEST_CASE("monitors of a stream share a slot where path and type are the same; a name is reported that one of them does not know") {
  Config config = make_config();
  config.monitors.push_back(config.monitors[0]);
  config.monitors[1].name = "n";
  auto second = std::make_shared<Reference>();
  second->features = {category_feature("amount", {{"1", 10}}), category_feature("country", {{"FR", 10}, {"ES", 10}})};
  second->segment_rows = {20};
  const auto plan = make_engine_plan(config, {make_reference(), second});
  REQUIRE(plan);
  const auto& slots = (*plan)->streams[0].decode.slots;
  REQUIRE(slots.size() == 3);
  CHECK(slots[0].path == "amount");
  CHECK(slots[0].type == SlotType::kNumeric);
  CHECK(slots[1].path == "country");
  CHECK(slots[1].known_hashes == std::vector<std::uint64_t>{hash_category("FR")});
  CHECK(slots[2].path == "amount");
  CHECK(slots[2].type == SlotType::kCategorical);
  CHECK(slots[2].column == 1);
  CHECK((*plan)->panes[1].fields[1].slot == 1);
  const auto& readers = (*plan)->streams[0].monitors;
  REQUIRE(readers.size() == 2);
  CHECK(readers[0].index == 0);
  CHECK(readers[1].index == 1);
  CHECK(readers[1].plan == &(*plan)->panes[1]);
}

TEST_CASE("state is thrown away for a change that changes a statistic") {
  auto other = std::make_shared<Reference>(*make_reference());
  other->id = "000000000000";
  CHECK(key_of(make_config()) == key_of(make_config()));
  CHECK(key_of(make_config(), other) != key_of(make_config()));
  const struct {
    const char* name;
    std::function<void(Config&)> change;
  } rows[] = {
      {"window", [](Config& c) { c.monitors[0].window.every = Milliseconds(61'000); }},
      {"lateness", [](Config& c) { c.streams[0].time.lateness = Milliseconds(1); }},
      {"event time", [](Config& c) { c.streams[0].fields.event_time = "t"; }},
      {"its unit", [](Config& c) { c.streams[0].fields.event_time_unit = TimeUnit::kSeconds; }},
      {"prediction", [](Config& c) { c.streams[0].fields.prediction = "p"; }},
      {"label", [](Config& c) { c.streams[0].fields.label = "l"; }},
      {"features", [](Config& c) { c.monitors[0].features.exclude = {"amount"}; }},
      {"segments", [](Config& c) { c.monitors[0].segments = {{"country"}, {{"country", {"DE"}}}}; }},
      {"a detector less", [](Config& c) { c.monitors[0].detectors.clear(); }},
      {"its fields", [](Config& c) { c.monitors[0].detectors[0].fields = {"*"}; }},
      {"its parameters", [](Config& c) { c.monitors[0].detectors[0].params = {{"delta", 0.01}}; }},
      {"name", [](Config& c) { c.monitors[0].name = "n"; }},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    Config config = make_config();
    row.change(config);
    CHECK(key_of(config) != key_of(make_config()));
  }
}

TEST_CASE("state is kept for a change of rules and of the daemon") {
  const struct {
    const char* name;
    std::function<void(Config&)> change;
  } rows[] = {
      {"false alarms", [](Config& c) { c.monitors[0].alerts.false_alarms->count = 0.5; }},
      {"least effect", [](Config& c) { c.monitors[0].alerts.min_effect = 0.3; }},
      {"severity", [](Config& c) { c.monitors[0].alerts.severity = Severity::kCritical; }},
      {"samples", [](Config& c) { c.monitors[0].window.min_samples = 500; }},
      {"quality", [](Config& c) { c.monitors[0].quality = false; }},
      {"a fixed threshold", [](Config& c) { c.monitors[0].detectors.push_back({"psi", 0.2, {}, {}}); }},
      {"shards", [](Config& c) { c.engine.shards = 7; }},
      {"address", [](Config& c) { c.http.listen = "127.0.0.1:0"; }},
      {"sink", [](Config& c) { c.alert_sinks.kafka_enabled = false; }},
      {"receivers", [](Config& c) { c.alert_sinks.webhooks.emplace_back().name = "w"; }},
      {"dead letters", [](Config& c) { c.streams[0].on_error.action = OnError::kSkip; }},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    Config config = make_config();
    row.change(config);
    CHECK(key_of(config) == key_of(make_config()));
  }
}

}  // namespace driftd
