#include "daemon/alert/alert_summary.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <functional>

#include <fmt/format.h>

#include "daemon/alert/plain_words.h"

namespace driftd {
namespace {

constexpr double kWellAbove = 2;  // times the least effect that matters

bool has_values(const Measure* measure) { return measure != nullptr && measure->score.status == Status::kOk; }

const AlertPlan::Feature& feature_of(const WindowFinding& seen) { return seen.plan.features[seen.finding.verdict->feature]; }

std::string subject_words(const LifeChange& change, const WindowFinding& seen) {
  std::string words = feature_of(seen).name;
  const std::uint32_t segment = seen.finding.verdict->segment;
  if (segment != 0) words += fmt::format(" ({})", seen.plan.segments[segment]);
  if (change.transition == Transition::kUpdated) words += ", now critical";
  return words;
}

// How "24% of rows" goes on: "in (80, 120]", "are 'DE'".
std::string cell_words(std::string_view label, bool numeric) {
  if (label == "unseen") return "are values the reference never had";
  if (label.starts_with("unseen: ")) return fmt::format("are values the reference never had ({})", label.substr(8));
  if (label == "other") return "are other values";
  const bool interval = numeric && (label.starts_with('(') || label.starts_with('['));
  if (interval) return "in " + clipped(label);
  return numeric ? "are " + clipped(label) : "are '" + clipped(label) + "'";
}

std::string largest_cell_clause(const WindowFinding& seen) {
  const Verdict& verdict = *seen.finding.verdict;
  const auto top = top_cells(verdict, 1);
  if (top.empty()) return "";
  const auto [reference, current] = shares_of(verdict, *top[0]);
  return fmt::format("{} of rows {}, {} in the reference; ", share_words(current), cell_words(top[0]->label, feature_of(seen).numeric),
                     share_words(reference));
}

std::string score_clause(const LifeChange& change, const Measure& measure, const WindowFinding& seen) {
  const auto method = method_words(measure.method);
  if (change.alert.policy == Policy::kFixed) {
    return fmt::format("{} {}, over your limit of {}", method, number_words(measure.score.statistic), number_words(measure.threshold));
  }
  const double least = feature_of(seen).min_effect;
  const std::string_view well = measure.score.effect >= kWellAbove * least ? "well " : "";
  return fmt::format("{} {}, {}above the {} that matters", method, number_words(measure.score.effect), well, number_words(least));
}

std::string change_clause(const Measure& measure) {
  const auto method = method_words(measure.method);
  const std::string times = measure.detections > 1 ? fmt::format(", the last of {} changes in this window", measure.detections) : "";
  if (std::isnan(measure.before) || std::isnan(measure.after)) return fmt::format("{} saw the mean move{}", method, times);
  return fmt::format("{} saw the mean move from {} to {}{}", method, number_words(measure.before), number_words(measure.after), times);
}

std::string quality_clause(const Measure& measure) {
  const auto now = share_words(measure.after), then = share_words(measure.before);
  if (measure.method == "missing") return fmt::format("{} missing, {} in the reference", now, then);
  if (measure.method == "type_mismatch") return fmt::format("{} of the wrong type, {} in the reference", now, then);
  if (measure.method == "out_of_range") return fmt::format("{} outside the range of the reference", now);
  if (measure.method == "unseen_category") return fmt::format("{} in categories the reference never had", now);
  return fmt::format("{} fail the check {}, {} in the reference", now, measure.method, then);
}

std::string open_clause(const LifeChange& change, const Measure& measure, const WindowFinding& seen) {
  if (seen.finding.kind == Kind::kQuality) return quality_clause(measure);
  if (change.alert.policy == Policy::kSequential) return change_clause(measure);
  return largest_cell_clause(seen) + score_clause(change, measure, seen);
}

std::string resolved_clause(const LifeChange& change, const Measure* measure, const WindowFinding& seen) {
  if (measure == nullptr) return "resolved, as it is no longer judged";
  const std::uint32_t windows = track_rules(change.alert.policy, seen.plan.config).clear_after;
  const auto span = windows > 1 ? fmt::format("for {} windows", windows) : std::string("for a window");
  if (change.alert.policy == Policy::kSequential) {
    return fmt::format("steady {}, {} saw no further change; the mean may have settled at a new level", span,
                       method_words(change.alert.method));
  }
  if (!has_values(measure)) return "back to normal " + span;
  if (seen.finding.kind == Kind::kQuality) return fmt::format("back to normal {}; {}", span, quality_clause(*measure));
  const bool fixed = change.alert.policy == Policy::kFixed;
  return fmt::format("back to normal {}; {} {}", span, method_words(change.alert.method),
                     number_words(fixed ? measure->score.statistic : measure->score.effect));
}

}  // namespace

const Measure* shown_measure(const LifeChange& change, const Finding& finding) {
  return measure_of(finding, change.alert.policy, change.alert.method);
}

std::uint64_t shown_rows(const LifeChange& change, const Finding& finding) {
  const Measure* measure = shown_measure(change, finding);
  return measure != nullptr && measure->score.m > 0 ? measure->score.m : finding.verdict->rows;
}

std::vector<const CellShare*> top_cells(const Verdict& verdict, std::size_t count) {
  std::vector<const CellShare*> cells;
  for (const auto& cell : verdict.cells) {
    if (cell.contribution > 0) cells.push_back(&cell);
  }
  std::ranges::stable_sort(cells, std::greater{}, &CellShare::contribution);
  cells.resize(std::min(cells.size(), count));
  return cells;
}

Shares shares_of(const Verdict& verdict, const CellShare& cell) {
  std::uint64_t reference = 0, current = 0;
  for (const auto& other : verdict.cells) {
    reference += other.reference;
    current += other.current;
  }
  const auto share = [](std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
  };
  return {share(cell.reference, reference), share(cell.current, current)};
}

std::string alert_summary(const LifeChange& change, const WindowFinding& seen) {
  const Measure* measure = shown_measure(change, seen.finding);
  const bool over = change.transition == Transition::kResolved;
  assert(over || measure != nullptr);
  std::string clause = over ? resolved_clause(change, measure, seen) : open_clause(change, *measure, seen);
  if (change.transition == Transition::kPending) {
    clause += fmt::format("; fires after {} windows in a row", track_rules(change.alert.policy, seen.plan.config).fire_after);
  }
  return fmt::format("{}: {} (n = {})", subject_words(change, seen), clause, shown_rows(change, seen.finding));
}

}  // namespace driftd
