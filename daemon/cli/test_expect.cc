#include "daemon/cli/test_expect.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <set>

#include "config/scalar.h"
#include "config/suggest.h"
#include "daemon/runtime/event_time.h"

namespace driftd {
namespace {

constexpr std::array<std::string_view, 4> kStates{"pending", "firing", "updated", "resolved"};
constexpr std::size_t kShownScores = 3;  // of an expectation that many windows miss

std::string_view state_word(AlertWord state) { return kStates[static_cast<std::size_t>(state)]; }

// ---- Alerts

bool fits(const ExpectedAlert& want, const SeenAlert& got) {
  const auto is = [](const std::optional<std::string>& wanted, const std::string& value) { return !wanted || *wanted == value; };
  return want.state == got.state && is(want.kind, got.kind) && is(want.feature, got.feature) && is(want.segment, got.segment) &&
         is(want.severity, got.severity) && (!want.at_us || *want.at_us == got.end_us) && (!want.from_us || *want.from_us <= got.end_us) &&
         (!want.to_us || got.end_us <= *want.to_us);
}

// The largest set of pairs, so that an expectation that says little never takes the alert of one that says more.
class Pairing {
 public:
  Pairing(const std::vector<ExpectedAlert>& wanted, const std::vector<SeenAlert>& got)
      : wanted_(wanted), got_(got), taken_by_(got.size(), kFree), missing_(wanted.size(), false) {
    for (std::size_t w = 0; w < wanted.size(); ++w) {
      std::vector<bool> asked(got.size(), false);
      missing_[w] = !place(w, asked);
    }
  }
  bool missing(std::size_t wanted) const { return missing_[wanted]; }
  bool unexpected(std::size_t got) const { return taken_by_[got] == kFree; }

 private:
  static constexpr std::size_t kFree = static_cast<std::size_t>(-1);

  bool place(std::size_t wanted, std::vector<bool>& asked) {
    for (std::size_t g = 0; g < got_.size(); ++g) {
      if (asked[g] || !fits(wanted_[wanted], got_[g])) continue;
      asked[g] = true;
      if (taken_by_[g] != kFree && !place(taken_by_[g], asked)) continue;
      taken_by_[g] = wanted;
      return true;
    }
    return false;
  }

  const std::vector<ExpectedAlert>& wanted_;
  const std::vector<SeenAlert>& got_;
  std::vector<std::size_t> taken_by_;
  std::vector<bool> missing_;
};

std::string words(const ExpectedAlert& alert) {
  std::string text(state_word(alert.state));
  for (const auto* word : {&alert.severity, &alert.kind}) text += *word ? " " + **word : "";
  if (alert.feature) text += " of " + *alert.feature;
  if (alert.segment) text += ", segment " + *alert.segment;
  if (alert.at_us) text += ", window to " + format_event_time(*alert.at_us);
  if (alert.from_us) text += ", window to " + format_event_time(*alert.from_us) + " or later";
  if (alert.to_us) text += ", window to " + format_event_time(*alert.to_us) + " or earlier";
  return text;
}

std::string words(const SeenAlert& alert) {
  return fmt::format("{} {} {} of {}, segment {}, window to {}: {}", state_word(alert.state), alert.severity, alert.kind, alert.feature,
                     alert.segment, format_event_time(alert.end_us), alert.summary);
}

void compare_alerts(const std::vector<ExpectedAlert>& wanted, const TestOutcome& outcome, std::vector<std::string>& lines) {
  const Pairing pairs(wanted, outcome.alerts);
  for (std::size_t w = 0; w < wanted.size(); ++w) {
    if (pairs.missing(w)) lines.push_back("alerts: expected " + words(wanted[w]));
  }
  for (std::size_t g = 0; g < outcome.alerts.size(); ++g) {
    if (pairs.unexpected(g)) lines.push_back("alerts: got " + words(outcome.alerts[g]));
  }
}

// ---- Scores

double value_of(const SeenScore& score, std::string_view name) {
  if (name == "statistic") return score.statistic;
  if (name == "effect") return score.effect;
  return name == "p_value" ? score.p_value : score.threshold_ratio;
}

std::string words(const Bounds& bounds) {
  if (std::isinf(bounds.min)) return "at most " + print_number(bounds.max);
  if (std::isinf(bounds.max)) return "at least " + print_number(bounds.min);
  return fmt::format("{} to {}", print_number(bounds.min), print_number(bounds.max));
}

bool holds(const Bounds& bounds, double value) { return value >= bounds.min && value <= bounds.max; }  // NaN never does

std::string score_name(const ExpectedScore& want) {
  return fmt::format("{} of {}{}", want.method, want.feature, want.segment == "all" ? "" : ", segment " + want.segment);
}

void compare_score(const ExpectedScore& want, const SeenScore& got, std::vector<std::string>& lines) {
  const std::string where = fmt::format("scores: {}, window to {}", score_name(want), format_event_time(got.end_us));
  if (want.status && *want.status != got.status)
    lines.push_back(fmt::format("{}: expected status {}, got {}", where, *want.status, got.status));
  for (const auto& [name, bounds] : want.values) {
    const double value = value_of(got, name);
    if (holds(bounds, value)) continue;
    const std::string seen = std::isnan(value) ? fmt::format("none ({})", got.status) : print_number(value);
    lines.push_back(fmt::format("{}: expected {} {}, got {}", where, name, words(bounds), seen));
  }
}

// What the test asked for and nobody measures: a name that is close, and what there is.
std::string no_score(const ExpectedScore& want, const TestOutcome& outcome) {
  const auto unknown = [&](std::string_view what, const std::string& word, const std::string SeenScore::* name) {
    std::set<std::string> known;
    for (const SeenScore& score : outcome.scores) known.insert(score.*name);
    if (known.contains(word)) return std::string();
    const std::vector<std::string> names(known.begin(), known.end());
    return fmt::format("there is no {} '{}'{}; there are {}", what, word, did_you_mean(word, names), fmt::join(names, ", "));
  };
  if (outcome.scores.empty()) return "no window was closed";
  for (const auto& text : {unknown("feature", want.feature, &SeenScore::feature), unknown("segment", want.segment, &SeenScore::segment),
                           unknown("method", want.method, &SeenScore::method)}) {
    if (!text.empty()) return text;
  }
  return want.at_us ? "no window ends then, or it has no such method" : "this feature has no such method";
}

void compare_scores(const ExpectedScore& want, const TestOutcome& outcome, std::vector<std::string>& lines) {
  std::vector<std::string> found;
  bool any = false;
  for (const SeenScore& score : outcome.scores) {
    if (score.feature != want.feature || score.segment != want.segment || score.method != want.method) continue;
    if (want.at_us && *want.at_us != score.end_us) continue;
    any = true;
    compare_score(want, score, found);
  }
  if (!any) {
    const std::string at = want.at_us ? ", window to " + format_event_time(*want.at_us) : "";
    found.push_back(fmt::format("scores: {}{}: {}", score_name(want), at, no_score(want, outcome)));
  }
  const std::size_t more = found.size() > kShownScores ? found.size() - kShownScores : 0;
  found.resize(found.size() - more);
  if (more > 0) found.push_back(fmt::format("scores: {}: and {} more", score_name(want), more));
  std::ranges::move(found, std::back_inserter(lines));
}

// ---- Rows

void compare_rows(const Expectations& expect, const TestOutcome& outcome, std::vector<std::string>& lines) {
  for (std::size_t i = 0; i < kRejects; ++i) {
    const std::string reason(reject_name(static_cast<Reject>(i)));
    const auto wanted = expect.rejected.find(reason);
    const std::uint64_t count = wanted == expect.rejected.end() ? 0 : wanted->second;
    if (count != outcome.rejected[i]) lines.push_back(fmt::format("rejected: expected {} {}, got {}", count, reason, outcome.rejected[i]));
  }
  if (expect.late != outcome.late) lines.push_back(fmt::format("late: expected {} rows, got {}", expect.late, outcome.late));
}

}  // namespace

std::vector<std::string> differences(const DriftTest& test, const TestOutcome& outcome) {
  const Expectations& expect = test.expect;
  std::vector<std::string> lines;
  if (expect.silence || expect.alerts) compare_alerts(expect.alerts.value_or(std::vector<ExpectedAlert>{}), outcome, lines);
  if (expect.silence && outcome.judged == 0) {
    lines.push_back(fmt::format("silence: none of {} windows had enough rows to be judged: that is no data, not silence", outcome.windows));
  }
  for (const ExpectedScore& score : expect.scores) compare_scores(score, outcome, lines);
  if (expect.windows && *expect.windows != outcome.windows) {
    lines.push_back(fmt::format("windows: expected {} closed, got {}", *expect.windows, outcome.windows));
  }
  compare_rows(expect, outcome, lines);
  return lines;
}

}  // namespace driftd
