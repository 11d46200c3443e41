#include "daemon/alert/events.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <tuple>
#include <vector>

#include <fmt/format.h>

#include "daemon/alert/alert_ids.h"
#include "daemon/alert/event_json.h"

namespace driftd {
namespace {

constexpr std::size_t kLargestOffsets = 64 * 1024;

struct Line {
  std::string_view segment, feature;
  const Verdict* verdict;
  const Measure* measure;
  auto sort_key() const { return std::tie(segment, feature, measure->method); }
};

std::vector<Line> sorted_lines(const AlertPlan& plan, const Judgement& judgement) {
  std::vector<Line> lines;
  for (const auto& verdict : judgement.verdicts) {
    for (const auto* measures : {&verdict.drift, &verdict.quality}) {
      for (const auto& measure : *measures) {
        lines.push_back({plan.segments[verdict.segment], plan.features[verdict.feature].name, &verdict, &measure});
      }
    }
  }
  std::ranges::stable_sort(lines, [](const Line& a, const Line& b) { return a.sort_key() < b.sort_key(); });
  return lines;
}

void write_p_value(JsonWriter& json, double log_p) {
  json.field("p_value", p_value_of(log_p));
  if (underflows(log_p)) json.field("log_p", log_p);
}

std::string line_text(const Line& line, const AlertPlan& plan, const Judgement& judgement) {
  const auto& [segment, feature, verdict, measure] = line;
  const Score& score = measure->score;
  JsonWriter json;
  json.begin_object().field("monitor", plan.monitor).field("segment", segment).field("feature", feature).field("method", measure->method);
  json.key("window").begin_object();
  write_time(json, "start", judgement.start_us);
  write_time(json, "end", judgement.end_us);
  json.end_object().field("samples", score.m).field("reference_samples", score.n).field("statistic", score.statistic);
  write_p_value(json, score.log_p);
  json.field("effect", score.effect).field("threshold", measure->threshold).field("threshold_ratio", measure->ratio);
  json.field("status", status_name(score.status)).field("alarm", measure->alarm);
  return json.end_object().take();
}

// A measure of performance is no verdict: it has a value and no threshold.
std::string performance_lines(std::size_t segment, const AlertPlan& plan, const Judgement& judgement) {
  const SegmentPerformance& performance = judgement.performance[segment];
  std::string text;
  for (const auto& [metric, value] : performance.values) {
    JsonWriter json;
    json.begin_object().field("monitor", plan.monitor).field("segment", plan.segments[segment]).field("feature", "performance");
    json.field("method", metric).key("window").begin_object();
    write_time(json, "start", judgement.start_us);
    write_time(json, "end", judgement.end_us);
    json.end_object().field("samples", performance.labelled).field("predictions", performance.predicted).field("statistic", value);
    text += json.end_object().take() + '\n';
  }
  return text;
}

void write_measure(JsonWriter& json, const Measure& measure) {
  const Score& score = measure.score;
  json.begin_object().field("after", measure.after).field("alarm", measure.alarm).field("before", measure.before);
  json.field("calm", measure.calm).field("detections", measure.detections).field("effect", score.effect);
  if (underflows(score.log_p)) json.field("log_p", score.log_p);
  json.field("method", measure.method).field("p_value", p_value_of(score.log_p)).field("reference_samples", score.n);
  json.field("samples", score.m).field("statistic", score.statistic).field("status", status_name(score.status));
  json.field("threshold", measure.threshold).field("threshold_ratio", measure.ratio).end_object();
}

void write_measures(JsonWriter& json, std::string_view key, const std::vector<Measure>& measures) {
  json.key(key).begin_array();
  for (const auto& measure : measures) write_measure(json, measure);
  json.end_array();
}

template <class Counts>
void write_counts(JsonWriter& json, std::string_view key, const Counts& counts) {
  json.key(key).begin_array();
  for (const std::uint64_t count : counts) json.number(count);
  json.end_array();
}

std::string verdict_text(const Verdict& verdict, const AlertPlan& plan) {
  std::vector<std::uint64_t> cells;
  for (const auto& cell : verdict.cells) cells.push_back(cell.current);
  JsonWriter json;
  json.begin_object();
  write_counts(json, "cells", cells);
  write_counts(json, "classes", verdict.classes);
  write_measures(json, "drift", verdict.drift);
  json.field("feature", plan.features[verdict.feature].name);
  if (underflows(verdict.log_p)) json.field("log_p", verdict.log_p);
  json.field("p_value", p_value_of(verdict.log_p));
  write_measures(json, "quality", verdict.quality);
  json.field("segment", plan.segments[verdict.segment]).field("status", status_name(verdict.status));
  return json.end_object().take();
}

// The last key of `data`: all other parts are written before it, so that what is left of the record is known.
void write_verdicts(JsonWriter& json, const AlertPlan& plan, const std::vector<Verdict>& verdicts, std::size_t bytes) {
  json.key("verdicts").begin_array();
  std::size_t written = 0, used = 0;
  for (; written < verdicts.size(); ++written) {
    const auto text = verdict_text(verdicts[written], plan);
    used += text.size() + 1;
    if (used > bytes) break;
    json.raw(text);
  }
  json.end_array();
  if (written < verdicts.size()) json.field("verdicts_omitted", verdicts.size() - written);
}

void write_segments(JsonWriter& json, const AlertPlan& plan, const Judgement& judgement) {
  json.key("segments").begin_array();
  for (std::size_t i = 0; i < judgement.segment_rows.size(); ++i) {
    json.begin_object().field("name", plan.segments[i]).field("samples", judgement.segment_rows[i]).end_object();
  }
  json.end_array();
}

void write_performance(JsonWriter& json, const AlertPlan& plan, const Judgement& judgement) {
  json.key("performance").begin_array();
  for (std::size_t i = 0; i < judgement.performance.size(); ++i) {
    const SegmentPerformance& performance = judgement.performance[i];
    json.begin_object().field("labelled", performance.labelled).field("predicted", performance.predicted);
    json.field("segment", plan.segments[i]).key("values").begin_object();
    for (const auto& [metric, value] : performance.values) json.field(metric, value);
    json.end_object().end_object();
  }
  json.end_array();
}

void write_data(JsonWriter& json, const AlertPlan& plan, const Judgement& judgement) {
  json.begin_object().field("complete", judgement.complete);
  write_time(json, "end", judgement.end_us);
  json.field("monitor", plan.monitor);
  write_offsets(json, judgement.offsets, kLargestOffsets);
  if (!judgement.performance.empty()) write_performance(json, plan, judgement);
  json.field("reference", plan.reference_id);
  write_segments(json, plan, judgement);
  write_time(json, "start", judgement.start_us);
  constexpr std::size_t kEnvelope = 4096;  // more than what follows `verdicts`
  write_verdicts(json, plan, judgement.verdicts, kLargestWindowEvent - std::min(json.text().size() + kEnvelope, kLargestWindowEvent));
  json.end_object();
}

}  // namespace

std::string window_event(const AlertPlan& plan, const Judgement& judgement) {
  JsonWriter json;
  json.begin_object().key("data");
  write_data(json, plan, judgement);
  json.field("datacontenttype", "application/json").field("id", window_event_id(plan, judgement)).field("partitionkey", plan.monitor);
  json.field("source", plan.source).field("specversion", "1.0").field("subject", fmt::format("monitors/{}", plan.window_subject));
  write_time(json, "time", judgement.end_us);
  return json.field("type", "dev.driftd.window.closed.v1").end_object().take();
}

std::string window_event_id(const AlertPlan& plan, const Judgement& judgement) {
  return window_id(plan.window_subject, judgement.start_us, judgement.end_us);
}

std::string window_lines(const AlertPlan& plan, const Judgement& judgement) {
  std::string text;
  for (std::size_t i = 0; i < judgement.performance.size(); ++i) text += performance_lines(i, plan, judgement);
  for (const auto& line : sorted_lines(plan, judgement)) {
    text += line_text(line, plan, judgement);
    text += '\n';
  }
  return text;
}

}  // namespace driftd
