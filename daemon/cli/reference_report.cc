#include "daemon/cli/reference_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>
#include <vector>

#include "daemon/runtime/event_time.h"
#include "daemon/runtime/json_writer.h"

namespace driftd {
namespace {

constexpr std::array<const char*, kValueClasses> kClassNames{"valid",     "absent", "null", "nan", "positive_infinity", "negative_infinity",
                                                             "wrong_type"};
constexpr std::size_t kTopCategories = 3;
constexpr std::size_t kNameWidth = 24;

std::string number(double value) { return fmt::format("{:.6g}", value); }

std::string shortened(const std::string& name) {
  if (name.size() <= kNameWidth) return name;
  std::size_t end = kNameWidth - 3;
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0) == 0x80) --end;  // whole characters only
  return name.substr(0, end) + "...";
}

double missing_percent(const FeatureReference& feature, std::uint64_t rows) {
  if (rows == 0) return 0;
  const auto valid = feature.segments[0].classes[static_cast<std::size_t>(ValueClass::kValid)];
  return 100.0 * static_cast<double>(rows - valid) / static_cast<double>(rows);
}

// What a person wants to see of the values: quantiles, or the most frequent categories.
std::string values_line(const FeatureReference& feature) {
  if (feature.type == FeatureType::kNumeric) {
    return fmt::format("{} | {} .. {} | {}   mean {} sd {}", number(feature.min), number(feature.q25), number(feature.q75),
                       number(feature.max), number(feature.mean), number(feature.standard_deviation));
  }
  const auto& counts = feature.segments[0];
  const auto valid = static_cast<double>(counts.classes[static_cast<std::size_t>(ValueClass::kValid)]);
  std::string line;
  for (std::size_t i = 0; i < std::min(kTopCategories, feature.categories.dictionary.size()); ++i) {
    const double percent = 100.0 * static_cast<double>(counts.cells[i]) / valid;
    line += fmt::format("{}{} {:.1f}%", line.empty() ? "" : ", ", shortened(feature.categories.dictionary[i]), percent);
  }
  return line + (feature.categories.dictionary.size() > kTopCategories ? ", ..." : "");
}

std::string type_name(const FeatureReference& feature) {
  if (feature.type == FeatureType::kCategorical) return "categorical";
  return feature.numeric.discrete ? "discrete" : "numeric";
}

std::string head_lines(const Reference& reference) {
  std::string text = fmt::format("reference {}\n  {} rows, {} features\n", reference.id, reference.rows, reference.features.size());
  const auto add = [&](const char* title, const std::string& value) {
    if (!value.empty()) text += fmt::format("  {:<11} {}\n", title, value);
  };
  add("newest row", reference.created_us ? format_event_time(*reference.created_us) : "");
  add("time", reference.time_column);
  add("prediction", reference.prediction_column);
  add("label", reference.label_column);
  if (reference.answers) add("task", std::string(task_name(reference.answers->task)));
  add("sha256", reference.source_sha256);
  if (!reference.segment_by.empty())
    add("segments", fmt::format("{} by {}", reference.segments.size(), fmt::join(reference.segment_by, ", ")));
  return text;
}

void write_numeric(JsonWriter& json, const FeatureReference& feature) {
  json.field("discrete", feature.numeric.discrete);
  json.key("edges").begin_array();
  for (const double edge : feature.numeric.edges) json.number(edge);
  json.end_array();
  json.field("min", feature.min).field("q0001", feature.q0001).field("q001", feature.q001).field("q25", feature.q25);
  json.field("q75", feature.q75).field("q999", feature.q999).field("q9999", feature.q9999).field("max", feature.max);
  json.field("mean", feature.mean).field("standard_deviation", feature.standard_deviation);
}

void write_categories(JsonWriter& json, const FeatureReference& feature) {
  json.key("dictionary").begin_array();
  for (const auto& name : feature.categories.dictionary) json.string(name);
  json.end_array();
  json.field("seen_once", feature.categories.seen_once).field("seen_twice", feature.categories.seen_twice);
}

void write_counts(JsonWriter& json, const FeatureCounts& counts) {
  json.begin_object().key("cells").begin_array();
  for (const std::uint64_t count : counts.cells) json.number(count);
  json.end_array();
  for (std::size_t c = 0; c < kValueClasses; ++c) json.field(kClassNames[c], counts.classes[c]);
  json.end_object();
}

void write_feature(JsonWriter& json, const FeatureReference& feature, const Reference& reference) {
  json.begin_object().field("name", feature.name).field("type", type_name(feature).c_str()).field("distinct", feature.distinct);
  feature.type == FeatureType::kNumeric ? write_numeric(json, feature) : write_categories(json, feature);
  json.key("segments").begin_object();
  for (std::size_t s = 0; s < feature.segments.size(); ++s) {
    json.key(s == 0 ? "all" : reference.segments[s - 1]);
    write_counts(json, feature.segments[s]);
  }
  json.end_object().end_object();
}

}  // namespace

std::string reference_page(const Reference& reference) {
  std::string text = head_lines(reference);
  std::size_t width = 7;
  for (const auto& feature : reference.features) width = std::max(width, shortened(feature.name).size());
  text += fmt::format("\n{:<{}}  {:<11}  {:>5}  {:>8}  {:>8}  {}\n", "feature", width, "type", "cells", "distinct", "missing",
                      "min | q25 .. q75 | max, or the most frequent");
  for (const auto& feature : reference.features) {
    text += fmt::format("{:<{}}  {:<11}  {:>5}  {:>8}  {:>7.2f}%  {}\n", shortened(feature.name), width, type_name(feature),
                        feature.cell_count(), feature.distinct, missing_percent(feature, reference.rows), values_line(feature));
  }
  return text;
}

std::string reference_json(const Reference& reference) {
  JsonWriter json(1);
  json.begin_object().field("id", reference.id).field("source_sha256", reference.source_sha256).field("rows", reference.rows);
  json.key("created");
  reference.created_us ? json.string(format_event_time(*reference.created_us)) : json.null();
  json.field("time_column", reference.time_column).field("prediction_column", reference.prediction_column);
  json.field("label_column", reference.label_column);
  json.field("task", reference.answers ? task_name(reference.answers->task) : "").key("segment_by").begin_array();
  for (const auto& column : reference.segment_by) json.string(column);
  json.end_array().key("segments").begin_object().field("all", reference.rows);
  for (std::size_t s = 0; s < reference.segments.size(); ++s) json.field(reference.segments[s], reference.segment_rows[s + 1]);
  json.end_object().key("features").begin_array();
  for (const auto& feature : reference.features) write_feature(json, feature, reference);
  json.end_array().end_object();
  return json.take() + '\n';
}

}  // namespace driftd
