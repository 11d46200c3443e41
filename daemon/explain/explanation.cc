#include "daemon/explain/explanation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "config/scalar.h"
#include "daemon/alert/plain_words.h"
#include "daemon/http/target.h"
#include "daemon/page/words.h"
#include "daemon/runtime/json_writer.h"

namespace driftd {
namespace {

constexpr double kNotable = 0.02;  // a difference of shares that a quality check would count

bool is_quality(const AlertRecord& record) { return record.kind == "quality"; }

std::string segment_words(const std::string& segment) { return segment == "all" ? "all rows" : "rows with " + segment; }

std::string alert_words(const OtherAlert& alert) {
  return fmt::format("{} of {} ({}, {})", alert.kind, alert.feature, segment_words(alert.segment), alert.state);
}

double log_p_of(const AlertRecord& record) { return std::isnan(record.log_p) ? std::log(record.p_value) : record.log_p; }

double effect_of(const AlertRecord& record) {
  const auto found = record.effects.find(record.detector);
  return found == record.effects.end() ? AlertRecord::kNone : found->second;
}

std::string share_or_nothing(double share) { return std::isnan(share) ? "no rows at all" : share_words(share); }

// ---- The checks

std::string rows_words(const AlertRecord& record) {
  if (record.policy.type == "sequential") {
    return fmt::format("{} values of the window, one after another", record.rows);
  }
  return fmt::format("{} of the window's {} rows stand behind it, the reference has {}: {}", record.rows, record.window.samples,
                     record.reference.samples, std::isnan(record.statistic) ? "too few to judge" : "enough to judge");
}

std::string completeness_words(const AlertRecord& record) {
  if (record.window.complete) return "no offset of the window was lost";
  return "offsets of the window were lost before they were read: rows are missing from its counts";
}

bool more_is_missing(const AlertRecord& record) {
  return !is_quality(record) && std::abs(record.window.missing_ratio - record.reference.missing_ratio) >= kNotable;
}

std::string quality_words(const AlertRecord& record, const ExplainContext& context) {
  const double now = record.window.missing_ratio, then = record.reference.missing_ratio;
  std::string words = fmt::format("{} of the rows without a value, {} in the reference", share_or_nothing(now), share_or_nothing(then));
  if (is_quality(record)) return words;
  words += more_is_missing(record) ? ": look at what is missing first" : ": what is missing is not the cause";
  for (const OtherAlert& other : context.others) {
    if (other.kind == "quality" && other.feature == record.feature) words += "; there is also an alert: " + alert_words(other);
  }
  return words;
}

std::vector<std::string> segments_over(const ExplainContext& context) {
  std::vector<std::string> over;
  for (const auto& [segment, ratio] : context.segments) {
    if (ratio >= 1) over.push_back(segment);
  }
  return over;
}

// A change of one segment only hides behind all rows together.
bool is_of_one_segment(const AlertRecord& record, const ExplainContext& context) {
  return record.segment != "all" || (context.segments.size() > 1 && segments_over(context).size() == 1);
}

bool volume_is_odd(double times) { return times < 0.5 || times > 2; }

bool is_open(const OtherAlert& alert) { return alert.state == "firing" || alert.state == "pending"; }

std::string segment_check_words(const AlertRecord& record, const ExplainContext& context) {
  std::string elsewhere;
  for (const OtherAlert& other : context.others) {
    if (other.kind != record.kind || other.feature != record.feature || other.state == "resolved") continue;
    elsewhere += (elsewhere.empty() ? "" : ", ") + segment_words(other.segment);
  }
  std::string words = record.segment == "all" ? "all rows together" : "only " + segment_words(record.segment);
  if (!elsewhere.empty()) words += "; open as well: " + elsewhere;
  if (context.segments.empty()) return words;
  return words + fmt::format("; over the line now: {} of {} segments", segments_over(context).size(), context.segments.size()) +
         (segments_over(context).size() == 1 ? ", " + segments_over(context).front() : "");
}

std::string volume_words(const AlertRecord& record, std::uint64_t usual) {
  const double times = static_cast<double>(record.window.samples) / static_cast<double>(usual);
  const std::string words = fmt::format("{} rows in the window, usual are {}", record.window.samples, usual);
  return volume_is_odd(times) ? words + ": another part of the traffic may be here" : words + ": nothing unusual";
}

std::string effect_words(const AlertRecord& record) {
  const std::string method = method_words(record.detector);
  const double effect = effect_of(record);
  if (is_quality(record)) {
    return fmt::format("the check '{}': {} of the rows, {} in the reference; a difference counts from {} on", record.detector,
                       share_or_nothing(record.after), share_or_nothing(record.before), share_or_nothing(record.threshold));
  }
  if (record.policy.type == "sequential") {
    if (std::isnan(record.before) || std::isnan(record.after)) return method + " sees no change in this window";
    const std::string size = std::isnan(effect) ? "" : fmt::format(": {} standard deviations of the reference", number_words(effect));
    return fmt::format("{} saw the mean go from {} to {}{}", method, number_words(record.before), number_words(record.after), size);
  }
  if (std::isnan(effect)) return fmt::format("{} has no value in this window", method);
  if (record.policy.type == "fixed")
    return fmt::format("{} {}; it counts from {} on", method, number_words(effect), number_words(record.threshold));
  return fmt::format("{} {}; only what is larger than alerts.min_effect counts", method, number_words(effect));
}

std::string significance_words(const AlertRecord& record) {
  if (record.policy.type == "sequential") return "a sequential detector promises no rate: it is outside of alerts.false_alarms";
  if (record.policy.type == "fixed") return "a fixed threshold has no probability: it is outside of alerts.false_alarms";
  const double log_p = log_p_of(record);
  if (std::isnan(log_p) || std::isnan(record.policy.alpha)) return "no probability in this window";
  const std::string_view what =
      is_quality(record) ? "that chance alone does this" : "that chance alone does this where the change is not larger than that";
  return fmt::format("probability {} {}; the limit of one test is {}: {}", probability_text(log_p), what, number_words(record.policy.alpha),
                     log_p <= std::log(record.policy.alpha) ? "passed" : "not passed");
}

// ---- What follows from it

void add_checks(const AlertRecord& record, const ExplainContext& context, Explanation& out) {
  const auto open = [&](std::string_view kind, std::string_view feature) {
    return std::ranges::any_of(context.others, [&](const OtherAlert& other) {
      return is_open(other) && other.kind == kind && (feature.empty() || other.feature == feature);
    });
  };
  const auto look_if = [](bool wrong) { return wrong ? Check::kLook : Check::kFine; };
  const bool no_statistic = record.policy.type != "sequential" && std::isnan(record.statistic);
  out.checks = {{"rows", rows_words(record), look_if(no_statistic)},
                {"completeness", completeness_words(record), look_if(!record.window.complete)},
                {"quality", quality_words(record, context), look_if(more_is_missing(record) || open("quality", record.feature))},
                {"segment", segment_check_words(record, context), look_if(is_of_one_segment(record, context))},
                {"model version", record.model_version.empty() ? "not known: the event names none" : record.model_version,
                 record.model_version.empty() ? Check::kUnknown : Check::kFine}};
  if (context.usual_rows > 0) {
    const double times = static_cast<double>(record.window.samples) / static_cast<double>(context.usual_rows);
    out.checks.push_back({"volume", volume_words(record, context.usual_rows), look_if(volume_is_odd(times))});
  }
  if (!context.labels.empty()) {
    const Check known = context.labelled ? Check::kFine : Check::kUnknown;
    out.checks.push_back({"labels", context.labels, open("performance", "") ? Check::kLook : known});
  }
  out.checks.push_back({"effect", effect_words(record)});
  out.checks.push_back({"significance", significance_words(record)});
}

// The cells' contributions sum to PSI before its bias is taken off, which only an alert on PSI itself carries.
void add_bins(const AlertRecord& record, Explanation& out) {
  out.bins = record.top_bins;
  if (record.detector != "psi" || record.top_bins.empty() || std::isnan(record.statistic)) return;
  out.score = record.statistic;
  out.other_bins = record.statistic;
  for (const auto& bin : record.top_bins) out.other_bins -= bin.contribution;
}

std::string shell_word(const std::string& text) {
  const auto plain = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || std::string_view("._-").contains(c); };
  if (!text.empty() && std::ranges::all_of(text, plain)) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

// Offsets are what there is to count by: where some were skipped (markers of transactions, compaction) kcat reads a little further.
std::string kcat_line(const AlertRecord::Offsets& range) {
  return fmt::format("kcat -C -b \"$BROKERS\" -t {} -p {} -o {} -c {} -e", shell_word(range.topic), range.partition, range.from,
                     range.to - range.from + 1);
}

void add_config(const AlertRecord& record, Explanation& out) {
  const std::string of_monitor = fmt::format(" (of monitor {})", record.monitor);
  if (record.policy.type == "fixed") {
    out.config = {{fmt::format("detectors.{}.threshold", record.detector), number_words(record.threshold) + of_monitor},
                  {"alerts.fixed.fire_after", "windows over it in a row before it fires"}};
  } else if (record.policy.type == "sequential") {
    out.config = {{fmt::format("detectors.{}.fields", record.detector), fmt::format("names {}{}", record.feature, of_monitor)}};
  } else {
    out.config = {{"alerts.false_alarms", record.policy.false_alarms + of_monitor}};
    if (is_quality(record)) {
      out.config.push_back({"quality", "auto; off ends all checks of the monitor"});
    } else {
      out.config.push_back({"alerts.min_effect", "named in the sentence where it fired; auto is 0.1, or 0.02 for a column of 0 and 1"});
    }
  }
}

std::string feature_link(const AlertRecord& record, const std::string& url) {
  return fmt::format("{}/ui/monitors/{}/features/{}?segment={}", url, percent_encode(record.monitor), percent_encode(record.feature),
                     percent_encode(record.segment));
}

std::string tap_line(const AlertRecord& record) {
  return fmt::format("driftd tap {} --from {}", shell_word(record.monitor), shell_word(record.window.start));
}

std::vector<std::string> kind_steps(const AlertRecord& record) {
  const std::string rows = "read some of the rows, as driftd sees them: " + tap_line(record);
  const std::string new_reference = "if this is how it is to be from now on: driftd reference build, from rows after the change";
  if (is_quality(record)) return {rows, fmt::format("ask who writes '{}' what changed since then", record.feature)};
  if (record.kind == "performance") {
    return {"see which inputs moved at the same time: the drift and quality alerts of the monitor",
            "see whether the labels can be trusted: late, or of another kind than before", rows};
  }
  if (record.kind == "prediction")
    return {"see which inputs moved: the drift and quality alerts of the monitor", "see whether the model was changed", rows};
  return {rows, "see whether the predictions, and where there are labels the errors, moved with it", new_reference};
}

void add_next(const AlertRecord& record, const ExplainContext& context, Explanation& out) {
  out.steps = record.state == "resolved" ? std::vector<std::string>{"nothing is to be done: it is over"} : kind_steps(record);
  if (record.state == "resolved") out.next = out.steps;
  if (!context.url.empty()) out.next.push_back("both sides as shares: " + feature_link(record, context.url));
  if (!record.page.empty()) out.next.push_back("the alert's page: " + record.page);
  for (const OtherAlert& other : context.others) {
    const bool named = other.feature == record.feature && (other.kind == record.kind || other.kind == "quality");
    if (other.state == "resolved" || named) continue;
    out.next.push_back(fmt::format("open as well: {}: driftd explain {}", alert_words(other), other.alert_id));
  }
  if (record.state == "resolved") return;
  out.next.insert(out.next.end(), out.steps.begin(), out.steps.end());
}

// ---- As text

void append_lines(std::string& text, std::string_view title, const std::vector<Explanation::Line>& lines) {
  std::size_t width = 0;
  for (const auto& line : lines) width = std::max(width, line.name.size());
  text += fmt::format("\n{}\n", title);
  for (const auto& line : lines) text += fmt::format("  {:{}}  {}\n", line.name, width, line.words);
}

void append_bins(std::string& text, const Explanation& explanation) {
  if (explanation.bins.empty()) return;
  std::size_t width = std::string_view("all other bins").size();
  for (const auto& bin : explanation.bins) width = std::max(width, bin.label.size());
  text += fmt::format("\n{:{}}  {:>12}  {:>12}  {:>12}\n", "bins", width + 2, "now", "reference", "adds to PSI");
  for (const auto& bin : explanation.bins) {
    text += fmt::format("  {:{}}  {:>12}  {:>12}  {:>12.4f}\n", bin.label, width, share_words(bin.current), share_words(bin.reference),
                        bin.contribution);
  }
  if (std::isnan(explanation.score)) return;
  text += fmt::format("  {:{}}  {:>40.4f}\n", "all other bins", width, explanation.other_bins);
  text += fmt::format("  {:{}}  {:>40.4f}  (before what chance alone adds is taken off)\n", "PSI", width, explanation.score);
}

void append_rows(std::string& text, const Explanation& explanation) {
  if (explanation.rows.empty()) return;
  text += "\nrows\n";
  for (const auto& [range, kcat] : explanation.rows) {
    text += fmt::format("  topic {}, partition {}, offsets {} to {}\n    {}\n", range.topic, range.partition, range.from, range.to, kcat);
  }
  if (explanation.rows_omitted > 0) text += fmt::format("  and {} more ranges, which the event left out\n", explanation.rows_omitted);
}

void write_lines(JsonWriter& json, std::string_view key, const std::vector<Explanation::Line>& lines) {
  json.key(key).begin_array();
  for (const auto& line : lines) json.begin_object().field("name", line.name).field("words", line.words).end_object();
  json.end_array();
}

void write_rows(JsonWriter& json, const Explanation& explanation) {
  json.key("rows").begin_array();
  for (const auto& [range, kcat] : explanation.rows) {
    json.begin_object().field("topic", range.topic).field("partition", range.partition).field("from", range.from);
    json.field("to", range.to).field("kcat", kcat).end_object();
  }
  json.end_array();
}

void write_bins(JsonWriter& json, const Explanation& explanation) {
  json.key("bins").begin_array();
  for (const auto& bin : explanation.bins) {
    json.begin_object().field("label", bin.label).field("current_ratio", bin.current).field("reference_ratio", bin.reference);
    json.field("contribution", bin.contribution).end_object();
  }
  json.end_array().field("other_bins", explanation.other_bins).field("score", explanation.score);
}

}  // namespace

Explanation explain(const AlertRecord& record, const ExplainContext& context) {
  Explanation out;
  out.sentence = record.summary;
  const bool opens = record.state == "pending" || (record.state == "firing" && record.previous_state == "inactive");
  out.since = !context.since.empty() ? context.since : opens ? record.window.start : "";
  add_checks(record, context, out);
  add_bins(record, out);
  for (const auto& range : record.window.offsets) out.rows.push_back({range, kcat_line(range)});
  out.tap = tap_line(record);
  out.rows_omitted = record.window.offsets_omitted;
  add_config(record, out);
  add_next(record, context, out);
  return out;
}

std::string explanation_text(const AlertRecord& record, const Explanation& explanation) {
  std::string text = explanation.sentence + "\n\n";
  text += fmt::format("{} of {} in monitor {}, {}: {}, {}; alert {}\n", record.kind, record.feature, record.monitor,
                      segment_words(record.segment), record.state, record.severity, record.alert_id);
  text += fmt::format("window {} to {}", record.window.start, record.window.end);
  text += explanation.since.empty() ? "; it opened in an earlier one\n" : fmt::format("; open since {}\n", explanation.since);
  append_lines(text, "checks", explanation.checks);
  append_bins(text, explanation);
  append_rows(text, explanation);
  append_lines(text, "what set the limit", explanation.config);
  text += fmt::format("  as of the configuration {}\n\nnext\n", record.config_hash);
  for (const auto& step : explanation.next) text += fmt::format("  - {}\n", step);
  return text;
}

std::string explanation_json(const AlertRecord& record, const Explanation& explanation) {
  JsonWriter json(2);
  json.begin_object().field("alert_id", record.alert_id).field("event_id", record.event_id).field("sentence", explanation.sentence);
  json.field("kind", record.kind).field("monitor", record.monitor).field("feature", record.feature).field("segment", record.segment);
  json.field("state", record.state).field("severity", record.severity).key("window").begin_object();
  json.field("start", record.window.start).field("end", record.window.end).end_object().key("since");
  explanation.since.empty() ? json.null() : json.string(explanation.since);
  write_lines(json, "checks", explanation.checks);
  write_bins(json, explanation);
  write_rows(json, explanation);
  json.field("rows_omitted", explanation.rows_omitted);
  write_lines(json, "config", explanation.config);
  json.field("config_hash", record.config_hash).key("next").begin_array();
  for (const auto& step : explanation.next) json.string(step);
  return json.end_array().end_object().take() + "\n";
}

}  // namespace driftd
