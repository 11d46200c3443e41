#include "daemon/reference/column_plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/runtime/glob.h"
#include "detectors/reference/reference.h"

namespace driftd {
namespace {

using Finding = ColumnEvidence::Finding;

// A name written out (2) counts for more than a glob (1): `--categorical '*' --numeric age` says both.
int claim(const std::vector<std::string>& globs, const std::string& name) {
  if (std::ranges::find(globs, name) != globs.end()) return 2;
  return matches_any(globs, name) ? 1 : 0;
}

// What the operator may do about it.
std::string way_out(Finding finding, const std::string& name) {
  if (finding == Finding::kRowNumbers) return fmt::format(" (--numeric '{}' keeps it)", name);
  if (finding == Finding::kAllDistinct) return fmt::format(" (--categorical '{}' keeps it)", name);
  return "";
}

class ColumnPlanner {
 public:
  ColumnPlanner(const std::vector<std::string>& names, std::span<const ColumnEvidence> evidence, const ReferenceOptions& options)
      : names_(names), evidence_(evidence), options_(options) {}

  std::expected<ColumnPlan, std::string> plan() {
    if (auto problem = check_globs(); !problem.empty()) return std::unexpected(problem);
    if (auto problem = find_named(); !problem.empty()) return std::unexpected(problem);
    if (!plan_.time) find_time();
    for (std::uint32_t column = 0; column < names_.size(); ++column) plan_.roles.push_back(role(column));
    if (std::ranges::count(plan_.roles, ColumnRole::kLeftOut) == std::ssize(plan_.roles)) {
      return std::unexpected("no column is left that could be a feature");
    }
    return plan_;
  }

 private:
  std::string check_globs() const;
  std::string find_named();
  std::string find(const std::string& name, const char* flag, std::optional<std::uint32_t>& column) const;
  void find_time();
  bool is_named(std::uint32_t column) const;
  ColumnRole role(std::uint32_t column) const;
  ColumnRole leave_out(std::uint32_t column, std::string_view why) const;
  void say(const std::string& text) const {
    if (options_.say) options_.say(text);
  }

  const std::vector<std::string>& names_;
  std::span<const ColumnEvidence> evidence_;
  const ReferenceOptions& options_;
  ColumnPlan plan_;
};

std::string ColumnPlanner::check_globs() const {
  const std::pair<const char*, const std::vector<std::string>*> flags[] = {
      {"--categorical", &options_.categorical}, {"--numeric", &options_.numeric}, {"--exclude", &options_.exclude}};
  for (const auto& [flag, globs] : flags) {
    for (const auto& glob : *globs) {
      if (std::ranges::none_of(names_, [&](const auto& name) { return matches(glob, name); })) {
        return fmt::format("{} '{}' matches no column; there are: {}", flag, glob, fmt::join(names_, ", "));
      }
    }
  }
  for (const auto& name : names_) {
    const int categorical = claim(options_.categorical, name), numeric = claim(options_.numeric, name);
    if (categorical > 0 && categorical == numeric) {
      return fmt::format("column '{}' is asked for as categorical and as numeric", name);
    }
  }
  return "";
}

std::string ColumnPlanner::find(const std::string& name, const char* flag, std::optional<std::uint32_t>& column) const {
  if (name.empty()) return "";
  const auto found = std::ranges::find(names_, name);
  if (found == names_.end() && options_.missing_is_fine) {
    say(fmt::format("the rows have no column '{}'", name));
    return "";
  }
  if (found == names_.end()) return fmt::format("{}: there is no column '{}'; there are: {}", flag, name, fmt::join(names_, ", "));
  column = static_cast<std::uint32_t>(found - names_.begin());
  return "";
}

std::string ColumnPlanner::find_named() {
  auto problem = find(options_.time_column, "--time", plan_.time);
  if (problem.empty()) problem = find(options_.prediction_column, "--prediction", plan_.prediction);
  if (problem.empty()) problem = find(options_.label_column, "--label", plan_.label);
  for (const auto& name : options_.segment_by) {
    std::optional<std::uint32_t> column;
    if (problem.empty()) problem = find(name, "--segment-by", column);
    if (column) plan_.segment_by.push_back(*column);
  }
  // Segments of some of the columns would be other segments than those asked for.
  if (plan_.segment_by.size() != options_.segment_by.size()) plan_.segment_by.clear();
  return problem;
}

// The first column of times that nobody spoke of.
void ColumnPlanner::find_time() {
  for (std::uint32_t column = 0; column < names_.size(); ++column) {
    if (evidence_[column].finding() != Finding::kTimes || is_named(column) || matches_any(options_.exclude, names_[column])) continue;
    plan_.time = column;
    say(fmt::format("'{}' is taken as the time of the rows (--time names another)", names_[column]));
    return;
  }
}

bool ColumnPlanner::is_named(std::uint32_t column) const {
  const bool by_glob = matches_any(options_.categorical, names_[column]) || matches_any(options_.numeric, names_[column]);
  return by_glob || column == plan_.prediction || column == plan_.label || std::ranges::count(plan_.segment_by, column) > 0;
}

ColumnRole ColumnPlanner::leave_out(std::uint32_t column, std::string_view why) const {
  if (names_[column].empty()) {
    say(fmt::format("column {} is left out: {}", column + 1, why));
  } else {
    say(fmt::format("'{}' is left out: {}", names_[column], why));
  }
  return ColumnRole::kLeftOut;
}

ColumnRole ColumnPlanner::role(std::uint32_t column) const {
  const std::string& name = names_[column];
  if (column == plan_.time || matches_any(options_.exclude, name)) return ColumnRole::kLeftOut;
  if (name.empty()) return leave_out(column, "it has no name");
  if (name == kErrorFeature && plan_.prediction && plan_.label) {
    return leave_out(column, "the name is taken by what prediction and label differ in");
  }
  const int categorical = claim(options_.categorical, name), numeric = claim(options_.numeric, name);
  if (categorical + numeric > 0) return categorical > numeric ? ColumnRole::kCategorical : ColumnRole::kNumeric;
  const ColumnEvidence& evidence = evidence_[column];
  const auto why = reason_to_leave_out(evidence.finding());
  if (!is_named(column) && !why.empty()) return leave_out(column, std::string(why) + way_out(evidence.finding(), name));
  return evidence.looks_numeric() ? ColumnRole::kNumeric : ColumnRole::kCategorical;
}

}  // namespace

std::expected<ColumnPlan, std::string> plan_columns(const std::vector<std::string>& names, std::span<const ColumnEvidence> evidence,
                                                    const ReferenceOptions& options) {
  return ColumnPlanner(names, evidence, options).plan();
}

}  // namespace driftd
