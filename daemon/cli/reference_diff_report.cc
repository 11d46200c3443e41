#include "daemon/cli/reference_diff_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "daemon/runtime/event_time.h"
#include "daemon/runtime/json_writer.h"

namespace driftd {
namespace {

constexpr std::size_t kNamedCategories = 3;

using Change = FeatureDiff::Change;

std::string number(double value) { return std::isnan(value) ? "-" : fmt::format("{:.4g}", value); }

std::string percent(double share) { return std::isnan(share) ? "-" : fmt::format("{:.1f}%", 100 * share); }

std::string type_name(const FeatureReference& feature) {
  if (feature.type == FeatureType::kCategorical) return "categorical";
  return feature.numeric.discrete ? "discrete" : "numeric";
}

// Share of a category of the dictionary among the valid rows.
double share_of(const FeatureReference& feature, const std::string& name) {
  const auto at = std::ranges::find(feature.categories.dictionary, name) - feature.categories.dictionary.begin();
  const FeatureCounts& counts = feature.segments[0];
  return static_cast<double>(counts.cells[static_cast<std::size_t>(at)]) /
         static_cast<double>(counts.classes[static_cast<std::size_t>(ValueClass::kValid)]);
}

std::string head_line(const char* side, const std::string& path, const Reference& reference) {
  const std::string newest = reference.created_us ? ", newest row " + format_event_time(*reference.created_us) : "";
  return fmt::format("{}  {}: reference {}, {} rows, {} features{}\n", side, path, reference.id, reference.rows, reference.features.size(),
                     newest);
}

// A line for each thing that is not about one feature and is not the same.
std::string setting_lines(const Reference& a, const Reference& b) {
  std::string text;
  const auto add = [&](const char* what, const std::string& before, const std::string& after) {
    if (before != after) text += fmt::format("{}: '{}' in A, '{}' in B\n", what, before, after);
  };
  add("time column", a.time_column, b.time_column);
  add("prediction", a.prediction_column, b.prediction_column);
  add("label", a.label_column, b.label_column);
  add("segments by", fmt::format("{}", fmt::join(a.segment_by, ",")), fmt::format("{}", fmt::join(b.segment_by, ",")));
  return text;
}

std::string category_words(const char* what, const std::vector<std::string>& names, const FeatureReference& side) {
  if (names.empty()) return "";
  std::string text;
  for (std::size_t i = 0; i < std::min(kNamedCategories, names.size()); ++i) {
    text += fmt::format("{}'{}' {}", i == 0 ? "" : ", ", names[i], percent(share_of(side, names[i])));
  }
  const std::string more = names.size() > kNamedCategories ? fmt::format(", {} more", names.size() - kNamedCategories) : "";
  return fmt::format("{} {}{}", what, text, more);
}

std::string what_changed(const FeatureDiff& diff) {
  if (diff.change == Change::kOnlyInA) return "only in A";
  if (diff.change == Change::kOnlyInB) return "only in B";
  if (diff.change == Change::kType) return fmt::format("{} in A, {} in B", type_name(*diff.a), type_name(*diff.b));
  if (diff.a->type == FeatureType::kNumeric) {
    const auto range = [](const FeatureReference& side) {
      return fmt::format("{} | {} .. {} | {}", number(side.min), number(side.q25), number(side.q75), number(side.max));
    };
    return fmt::format("{}  ->  {}", range(*diff.a), range(*diff.b));
  }
  const std::string appeared = category_words("new", diff.appeared, *diff.b), vanished = category_words("gone", diff.vanished, *diff.a);
  return appeared + (appeared.empty() || vanished.empty() ? "" : "; ") + vanished;
}

std::string ks_text(const FeatureDiff& diff) {
  if (std::isnan(diff.ks_low)) return "-";
  return diff.ks_low == diff.ks_high ? number(diff.ks_low) : fmt::format("{:.3f} to {:.3f}", diff.ks_low, diff.ks_high);
}

std::string table(const std::vector<FeatureDiff>& features) {
  std::size_t width = 7;
  for (const auto& diff : features) width = std::max(width, diff.name.size());
  std::string text = fmt::format("\n{:<{}}  {:>6}  {:>8}  {:>14}  {:>16}  {}\n", "feature", width, "moved", "psi", "ks", "missing",
                                 "min | q25 .. q75 | max, or categories");
  for (const auto& diff : features) {
    const std::string missing =
        std::isnan(diff.missing_a) ? "-" : fmt::format("{} -> {}", percent(diff.missing_a), percent(diff.missing_b));
    text += fmt::format("{:<{}}  {:>6}  {:>8}  {:>14}  {:>16}  {}\n", diff.name, width, percent(diff.moved), number(diff.psi),
                        ks_text(diff), missing, what_changed(diff));
  }
  return text;
}

// Why numbers are missing, each reason once.
std::string reasons(const std::vector<FeatureDiff>& features) {
  std::map<std::string_view, std::size_t> counts;
  for (const auto& diff : features) {
    if (!diff.psi_unknown.empty()) ++counts[diff.psi_unknown];
  }
  std::string text;
  for (const auto& [why, count] : counts) text += fmt::format("no psi for {} feature{}: {}\n", count, count == 1 ? "" : "s", why);
  return text.empty() ? "" : '\n' + text;
}

void write_reference(JsonWriter& json, const char* side, const std::string& path, const Reference& reference) {
  json.key(side).begin_object().field("path", path).field("id", reference.id).field("rows", reference.rows).key("created");
  reference.created_us ? json.string(format_event_time(*reference.created_us)) : json.null();
  json.field("time", reference.time_column).field("prediction", reference.prediction_column).field("label", reference.label_column);
  json.key("segment_by").begin_array();
  for (const auto& column : reference.segment_by) json.string(column);
  json.end_array().field("segments", std::uint64_t{reference.segments.size()}).end_object();
}

void write_sides(JsonWriter& json, const char* name, const FeatureDiff& diff, double FeatureReference::* value) {
  json.key(name).begin_object();
  if (diff.a != nullptr) json.field("a", diff.a->*value);
  if (diff.b != nullptr) json.field("b", diff.b->*value);
  json.end_object();
}

void write_names(JsonWriter& json, const char* name, const std::vector<std::string>& names, const FeatureReference& side) {
  json.key(name).begin_object();
  for (const auto& category : names) json.field(category, share_of(side, category));
  json.end_object();
}

void write_values(JsonWriter& json, const FeatureDiff& diff) {
  json.field("psi", diff.psi);
  if (!diff.psi_unknown.empty()) json.field("psi_unknown", diff.psi_unknown);
  json.key("missing").begin_object().field("a", diff.missing_a).field("b", diff.missing_b).end_object();
  if (diff.a->type == FeatureType::kCategorical) {
    json.field("total_variation_low", diff.total_variation_low);
    write_names(json, "appeared", diff.appeared, *diff.b);
    write_names(json, "vanished", diff.vanished, *diff.a);
    return;
  }
  json.key("ks").begin_object().field("low", diff.ks_low).field("high", diff.ks_high).end_object();
  using F = FeatureReference;
  const std::pair<const char*, double F::*> summaries[] = {
      {"min", &F::min},   {"q001", &F::q001}, {"q25", &F::q25},   {"q75", &F::q75},
      {"q999", &F::q999}, {"max", &F::max},   {"mean", &F::mean}, {"standard_deviation", &F::standard_deviation}};
  for (const auto& [name, value] : summaries) write_sides(json, name, diff, value);
}

void write_feature(JsonWriter& json, const FeatureDiff& diff) {
  static constexpr const char* kChanges[] = {"none", "only_in_a", "only_in_b", "type"};
  json.begin_object().field("name", diff.name).field("change", kChanges[static_cast<std::size_t>(diff.change)]).key("type").begin_object();
  if (diff.a != nullptr) json.field("a", type_name(*diff.a));
  if (diff.b != nullptr) json.field("b", type_name(*diff.b));
  json.end_object().field("moved", diff.moved);
  if (diff.change == Change::kNone) write_values(json, diff);
  json.end_object();
}

}  // namespace

std::string reference_diff_page(const DiffedReferences& diff) {
  return head_line("A", diff.path_a, diff.a) + head_line("B", diff.path_b, diff.b) + setting_lines(diff.a, diff.b) + table(diff.features) +
         reasons(diff.features);
}

std::string reference_diff_json(const DiffedReferences& diff) {
  JsonWriter json(1);
  json.begin_object();
  write_reference(json, "a", diff.path_a, diff.a);
  write_reference(json, "b", diff.path_b, diff.b);
  json.key("features").begin_array();
  for (const auto& feature : diff.features) write_feature(json, feature);
  return json.end_array().end_object().take() + '\n';
}

}  // namespace driftd
