#include "daemon/monitor/verdict_codec.h"

#include "daemon/monitor/methods.h"

namespace driftd {

namespace {

void save_measure(const Measure& measure, ByteWriter& out) {
  out.string(measure.method);
  out.u8(static_cast<std::uint8_t>(measure.policy));
  out.u8(static_cast<std::uint8_t>(measure.score.status));
  for (const double value : {measure.score.statistic, measure.score.log_p, measure.score.effect, measure.threshold, measure.ratio,
                             measure.before, measure.after}) {
    out.f64(value);
  }
  for (const std::uint64_t value : {measure.score.n, measure.score.m, std::uint64_t{measure.score.cells_used}, measure.detections}) {
    out.varint(value);
  }
  out.boolean(measure.alarm);
  out.boolean(measure.calm);
}

Measure load_measure(ByteReader& in) {
  Measure measure;
  measure.method = interned_method(in.string());
  if (measure.method.empty()) in.fail();
  const std::uint8_t policy = in.u8();
  const std::uint8_t status = in.u8();
  if (policy > static_cast<std::uint8_t>(Policy::kSequential) || status > static_cast<std::uint8_t>(Status::kUndefined)) in.fail();
  measure.policy = static_cast<Policy>(policy);
  measure.score.status = static_cast<Status>(status);
  for (double* value : {&measure.score.statistic, &measure.score.log_p, &measure.score.effect, &measure.threshold, &measure.ratio,
                        &measure.before, &measure.after}) {
    *value = in.f64();
  }
  measure.score.n = in.varint();
  measure.score.m = in.varint();
  measure.score.cells_used = static_cast<std::uint32_t>(in.varint());
  measure.detections = in.varint();
  measure.alarm = in.boolean();
  measure.calm = in.boolean();
  return measure;
}

void save_verdict(const Verdict& verdict, ByteWriter& out) {
  out.varint(verdict.feature);
  out.varint(verdict.segment);
  out.u8(static_cast<std::uint8_t>(verdict.status));
  out.varint(verdict.reference_rows);
  out.varint(verdict.rows);
  for (const auto* classes : {&verdict.reference_classes, &verdict.classes}) {
    for (const std::uint64_t count : *classes) out.varint(count);
  }
  for (const double value : {verdict.log_p, verdict.out_of_range_ratio, verdict.unseen_ratio}) out.f64(value);
  for (const auto* measures : {&verdict.drift, &verdict.quality}) {
    out.varint(measures->size());
    for (const Measure& measure : *measures) save_measure(measure, out);
  }
  out.varint(verdict.cells.size());
  for (const CellShare& cell : verdict.cells) {
    out.string(cell.label);
    out.varint(cell.reference);
    out.varint(cell.current);
    out.f64(cell.contribution);
  }
}

Verdict load_verdict(ByteReader& in) {
  Verdict verdict;
  verdict.feature = static_cast<std::uint32_t>(in.varint());
  verdict.segment = static_cast<std::uint32_t>(in.varint());
  const std::uint8_t status = in.u8();
  if (status > static_cast<std::uint8_t>(Status::kUndefined)) in.fail();
  verdict.status = static_cast<Status>(status);
  verdict.reference_rows = in.varint();
  verdict.rows = in.varint();
  for (auto* classes : {&verdict.reference_classes, &verdict.classes}) {
    for (std::uint64_t& count : *classes) count = in.varint();
  }
  for (double* value : {&verdict.log_p, &verdict.out_of_range_ratio, &verdict.unseen_ratio}) *value = in.f64();
  for (auto* measures : {&verdict.drift, &verdict.quality}) {
    const std::size_t size = in.count(60);
    for (std::size_t i = 0; i < size && in.ok(); ++i) measures->push_back(load_measure(in));
  }
  const std::size_t cells = in.count(11);
  for (std::size_t i = 0; i < cells && in.ok(); ++i) {
    CellShare cell;
    cell.label = std::string(in.string());
    cell.reference = in.varint();
    cell.current = in.varint();
    cell.contribution = in.f64();
    verdict.cells.push_back(std::move(cell));
  }
  return verdict;
}

void save_performance(const SegmentPerformance& performance, ByteWriter& out) {
  out.varint(performance.predicted);
  out.varint(performance.labelled);
  out.varint(performance.values.size());
  for (const auto& [metric, value] : performance.values) {
    out.string(metric);
    out.f64(value);
  }
}

SegmentPerformance load_performance(ByteReader& in) {
  SegmentPerformance performance;
  performance.predicted = in.varint();
  performance.labelled = in.varint();
  const std::size_t values = in.count(9);
  for (std::size_t i = 0; i < values && in.ok(); ++i) {
    const std::string_view metric = interned_metric(in.string());
    if (metric.empty()) in.fail();
    performance.values.push_back({metric, in.f64()});
  }
  return performance;
}

}  // namespace

void save_judgement(const Judgement& judgement, ByteWriter& out) {
  out.varint(judgement.monitor);
  out.i64(judgement.start_us);
  out.i64(judgement.end_us);
  out.boolean(judgement.complete);
  out.varint(judgement.segment_rows.size());
  for (const std::uint64_t rows : judgement.segment_rows) out.varint(rows);
  out.varint(judgement.offsets.size());
  for (const OffsetRange& range : judgement.offsets) {
    out.string(range.id.topic);
    out.u32(static_cast<std::uint32_t>(range.id.partition));
    out.i64(range.from);
    out.i64(range.to);
  }
  out.varint(judgement.verdicts.size());
  for (const Verdict& verdict : judgement.verdicts) save_verdict(verdict, out);
  out.varint(judgement.performance.size());
  for (const SegmentPerformance& performance : judgement.performance) save_performance(performance, out);
}

bool load_judgement(ByteReader& in, Judgement& judgement) {
  judgement = {};
  judgement.monitor = static_cast<std::uint32_t>(in.varint());
  judgement.start_us = in.i64();
  judgement.end_us = in.i64();
  judgement.complete = in.boolean();
  judgement.segment_rows.resize(in.count(1));
  for (std::uint64_t& rows : judgement.segment_rows) rows = in.varint();
  const std::size_t offsets = in.count(21);
  for (std::size_t i = 0; i < offsets && in.ok(); ++i) {
    OffsetRange range;
    range.id.topic = std::string(in.string());
    range.id.partition = static_cast<std::int32_t>(in.u32());
    range.from = in.i64();
    range.to = in.i64();
    judgement.offsets.push_back(std::move(range));
  }
  const std::size_t verdicts = in.count(40);
  for (std::size_t i = 0; i < verdicts && in.ok(); ++i) judgement.verdicts.push_back(load_verdict(in));
  const std::size_t segments = in.count(3);
  for (std::size_t i = 0; i < segments && in.ok(); ++i) judgement.performance.push_back(load_performance(in));
  return in.ok();
}

}  // namespace driftd
