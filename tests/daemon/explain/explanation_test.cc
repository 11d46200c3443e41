#include "daemon/explain/explanation.h"

#include <algorithm>
#include <cmath>

#include "tests/daemon/explain/alert_events.h"

using namespace driftd;
using namespace driftd::test;

namespace {

std::string check_of(const Explanation& explanation, std::string_view name) {
  for (const auto& line : explanation.checks) {
    if (line.name == name) return line.words;
  }
  FAIL("no such check");
  return "";
}

AlertRecord amount() { return record_of(golden_event("one_file", "drift", "amount")); }

AlertRecord sequential() {
  AlertRecord record = record_of(golden_event("one_file", "performance", "error"));
  record.policy = {"sequential", AlertRecord::kNone, ""};
  record.detector = "adwin";
  record.p_value = AlertRecord::kNone;
  record.before = 0.166;
  record.after = 0.287;
  record.effects = {{"adwin", 0.32}};
  return record;
}

}  // namespace

TEST_CASE("a drift: sentence, checks in order, bins that sum to the score, rows, limit") {
  const Explanation out = explain(amount(), {});
  CHECK(out.sentence.starts_with("amount: 33% of rows are > 115.14"));
  CHECK(out.since == "2023-11-14T22:18:00Z");
  const char* names[] = {"rows", "completeness", "quality", "segment", "model version", "effect", "significance"};
  REQUIRE(out.checks.size() == std::size(names));
  for (std::size_t i = 0; i < std::size(names); ++i) CHECK(out.checks[i].name == names[i]);
  CHECK(check_of(out, "rows") == "297 of the window's 297 rows stand behind it, the reference has 1500: enough to judge");
  CHECK(check_of(out, "effect") == "PSI 0.575; only what is larger than alerts.min_effect counts");
  CHECK(check_of(out, "significance") ==
        "probability 4.1e-12 that chance alone does this where the change is not larger than that; the limit of one test is 6.94e-05: "
        "passed");
  double sum = out.other_bins;
  for (const auto& bin : out.bins) sum += bin.contribution;
  CHECK(std::abs(sum - out.score) < 1e-12);
  CHECK(out.score == amount().statistic);
  CHECK(out.other_bins > 0);
  REQUIRE(out.rows.size() == 1);
  CHECK(out.rows[0].kcat == "kcat -C -b \"$BROKERS\" -t rows -p 0 -o 1207 -c 300 -e");
  REQUIRE(out.config.size() == 2);
  CHECK(out.config[0].name == "alerts.false_alarms");
  CHECK(out.config[0].words == "1 per 1d (of monitor m)");
  CHECK(out.config[1].name == "alerts.min_effect");
}

TEST_CASE("every kind and policy has its words") {
  const Explanation quality = explain(record_of(golden_event("json_quality", "quality", "amount")), {});
  CHECK(check_of(quality, "effect") == "the check 'missing': 20% of the rows, 0% in the reference; a difference counts from 2.0% on");
  CHECK(quality.config[1].name == "quality");
  CHECK(quality.bins.empty());
  CHECK(quality.next.back() == "ask who writes 'amount' what changed since then");

  const Explanation adwin = explain(sequential(), {});
  CHECK(check_of(adwin, "effect") == "ADWIN saw the mean go from 0.166 to 0.287: 0.32 standard deviations of the reference");
  CHECK(check_of(adwin, "significance") == "a sequential detector promises no rate: it is outside of alerts.false_alarms");
  CHECK(adwin.config[0].name == "detectors.adwin.fields");
  CHECK(adwin.next.front() == "see which inputs moved at the same time: the drift and quality alerts of the monitor");

  AlertRecord fixed = amount();
  fixed.policy = {"fixed", AlertRecord::kNone, ""};
  fixed.threshold = 0.2;
  const Explanation over = explain(fixed, {});
  CHECK(check_of(over, "effect") == "PSI 0.575; it counts from 0.2 on");
  CHECK(check_of(over, "significance") == "a fixed threshold has no probability: it is outside of alerts.false_alarms");
  CHECK(over.config[0].name == "detectors.psi.threshold");
  CHECK(over.config[0].words == "0.2 (of monitor m)");

  const Explanation prediction = explain(record_of(golden_event("one_file", "prediction", "predicted")), {});
  CHECK(prediction.next.front() == "see which inputs moved: the drift and quality alerts of the monitor");
}

TEST_CASE("a kind of which nothing special is known is explained all the same") {
  AlertRecord record = amount();
  record.kind = "labels";
  record.policy.type = "coverage";
  record.p_value = AlertRecord::kNone;
  record.effects.clear();
  const Explanation out = explain(record, {});
  CHECK(check_of(out, "effect") == "PSI has no value in this window");
  CHECK(check_of(out, "significance") == "no probability in this window");
  CHECK(explanation_text(record, out).contains("\nlabels of amount in monitor m, all rows: firing, critical; alert 445341e2d6e3a930\n"));
}

TEST_CASE("doubts: missing values, lost offsets, another segment, a probability under every double, an alert that is over") {
  AlertRecord record = amount();
  record.window.missing_ratio = 0.3;
  record.window.complete = false;
  record.segment = "country=DE";
  record.model_version = "2026-02-11";
  record.p_value = 0;
  record.log_p = -9210;
  ExplainContext context;
  context.others = {{"a1", "drift", "amount", "all", "firing"},
                    {"a2", "quality", "amount", "all", "firing"},
                    {"a3", "drift", "city", "all", "pending"},
                    {"a4", "drift", "amount", "country=FR", "resolved"}};
  context.url = "http://h:1";
  const Explanation out = explain(record, context);
  CHECK(
      check_of(out, "quality") ==
      "30% of the rows without a value, 0% in the reference: look at what is missing first; there is also an alert: quality of amount (all "
      "rows, firing)");
  CHECK(check_of(out, "completeness") == "offsets of the window were lost before they were read: rows are missing from its counts");
  CHECK(check_of(out, "segment") == "only rows with country=DE; open as well: all rows");
  CHECK(check_of(out, "model version") == "2026-02-11");
  CHECK(check_of(out, "significance").starts_with("probability 1"));
  CHECK(check_of(out, "significance").contains("e-4000 "));
  CHECK(out.next[0] == "both sides as shares: http://h:1/ui/monitors/m/features/amount?segment=country%3DDE");
  CHECK(out.next[1] == "open as well: drift of city (all rows, pending): driftd explain a3");

  record.state = "resolved";
  record.previous_state = "firing";
  record.p_value = 0.5;
  record.log_p = AlertRecord::kNone;
  const Explanation over = explain(record, {});
  CHECK(over.since == "");
  CHECK(over.next == std::vector<std::string>{"nothing is to be done: it is over"});
  CHECK(check_of(over, "significance").ends_with(": not passed"));
}

TEST_CASE("what only the daemon knows: other segments, usual rows, labels; a check that does not hold is marked") {
  const auto looked_at = [](const Explanation& explanation) {
    std::string names;
    for (const auto& line : explanation.checks) names += line.check == Check::kLook ? line.name + " " : "";
    return names;
  };
  ExplainContext context;
  context.segments = {{"country=DE", 3.0}, {"country=FR", 0.2}, {"__other__", AlertRecord::kNone}};
  context.usual_rows = 300;
  context.labels = "accuracy 0.9";
  const Explanation out = explain(amount(), context);
  CHECK(check_of(out, "segment") == "all rows together; over the line now: 1 of 3 segments, country=DE");
  CHECK(check_of(out, "volume") == "297 rows in the window, usual are 300: nothing unusual");
  CHECK(check_of(out, "labels") == "accuracy 0.9");
  CHECK(looked_at(out) == "segment ");
  CHECK(looked_at(explain(amount(), {})).empty());

  AlertRecord record = amount();
  record.window.complete = false;
  record.statistic = AlertRecord::kNone;
  context.segments[1].ratio = 1;
  context.usual_rows = 1000;
  context.others = {{"a", "performance", "error", "all", "firing"}, {"b", "quality", "amount", "all", "pending"}};
  CHECK(looked_at(explain(record, context)) == "rows completeness quality volume labels ");
  CHECK(check_of(explain(record, context), "volume").ends_with("usual are 1000: another part of the traffic may be here"));
  context.others = {{"a", "performance", "error", "all", "resolved"}};
  CHECK(looked_at(explain(record, context)) == "rows completeness volume ");
  const auto check_named = [](const Explanation& explanation, std::string_view name) {
    return std::ranges::find(explanation.checks, name, &Explanation::Line::name)->check;
  };
  CHECK(check_named(out, "model version") == Check::kUnknown);
  CHECK(check_named(out, "labels") == Check::kUnknown);
  context.labelled = true;
  CHECK(check_named(explain(amount(), context), "labels") == Check::kFine);
  CHECK(out.steps.back() == out.next.back());
}

TEST_CASE("a topic of an event is no shell text") {
  AlertRecord record = amount();
  record.window.offsets = {{"a'; rm -rf", 2, 5, 5}};
  record.window.offsets_omitted = 3;
  const Explanation out = explain(record, {});
  CHECK(out.rows[0].kcat == R"(kcat -C -b "$BROKERS" -t 'a'\''; rm -rf' -p 2 -o 5 -c 1 -e)");
  CHECK(explanation_text(record, out).contains("  and 3 more ranges, which the event left out\n"));
}

TEST_CASE("the text of an explanation, whole; as JSON it is one document with the same parts") {
  const AlertRecord record = amount();
  const Explanation out = explain(record, {});
  const std::string text = explanation_text(record, out);
  CHECK(text.contains("\n  > 115.14                   33%          9.7%        0.2704\n"));
  CHECK(text.contains("\n  PSI                                                 0.6112  (before what chance alone adds is taken off)\n"));
  CHECK(text.contains("\nwindow 2023-11-14T22:18:00Z to 2023-11-14T22:19:00Z; open since 2023-11-14T22:18:00Z\n"));
  const auto json = parse_json(explanation_json(record, out));
  REQUIRE(json.has_value());
  CHECK(*json->find("sentence")->text() == record.summary);
  CHECK(json->find("checks")->array()->size() == 7);
  CHECK(json->find("score")->number() == record.statistic);
  CHECK((*json->find("rows")->array())[0].find("from")->number() == 1207);
}
