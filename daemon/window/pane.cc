#include "daemon/window/pane.h"

#include <algorithm>
#include <functional>

namespace driftd {

Pane make_pane(const PanePlan& plan, std::int64_t start_us) {
  Pane pane;
  pane.start_us = start_us;
  pane.segments.resize(plan.segments.size());
  pane.unseen.resize(plan.fields.size());
  pane.values.resize(plan.fields.size());
  return pane;
}

CellCounts<std::uint32_t> make_counts(const PanePlan& plan) {
  const std::size_t fields = plan.fields.size();
  CellCounts<std::uint32_t> counts;
  counts.cells.assign(plan.cells, 0);
  counts.classes.assign(fields * kValueClasses, 0);
  counts.below.assign(fields, 0);
  counts.above.assign(fields, 0);
  counts.min.assign(fields, std::numeric_limits<double>::infinity());
  counts.max.assign(fields, -std::numeric_limits<double>::infinity());
  return counts;
}

bool is_started(const CellCounts<std::uint32_t>& counts) { return !counts.classes.empty(); }

namespace {

void append_counts(CellCounts<std::uint32_t> later, CellCounts<std::uint32_t>& counts) {
  if (!is_started(later)) return;
  if (!is_started(counts)) {
    counts = std::move(later);
    return;
  }
  combine_sums(later, counts, std::plus{});
  widen(later, counts);
}

}  // namespace

void append_pane(Pane later, Pane& pane) {
  pane.first_offset = std::min(pane.first_offset, later.first_offset);
  pane.last_offset = std::max(pane.last_offset, later.last_offset);
  pane.complete = pane.complete && later.complete;
  for (std::size_t s = 0; s < pane.segments.size(); ++s) append_counts(std::move(later.segments[s]), pane.segments[s]);
  for (std::size_t field = 0; field < pane.unseen.size(); ++field) {
    for (const auto& [name, count] : later.unseen[field]) add_unseen(name, count, pane.unseen[field]);
    pane.values[field].insert(pane.values[field].end(), later.values[field].begin(), later.values[field].end());
  }
}

void add_unseen(std::string_view name, std::uint64_t count, std::map<std::string, std::uint64_t>& names) {
  const auto found = names.find(std::string(name));
  if (found != names.end()) {
    found->second += count;
  } else if (names.size() < kUnseenNames) {
    names.emplace(name, count);
  }
}

namespace {

void save_counts(const CellCounts<std::uint32_t>& counts, ByteWriter& out) {
  out.boolean(is_started(counts));
  if (!is_started(counts)) return;
  out.varint(counts.rows);
  for (const auto* column : {&counts.cells, &counts.classes, &counts.below, &counts.above}) {
    for (const std::uint32_t count : *column) out.varint(count);
  }
  for (const auto* column : {&counts.min, &counts.max}) {
    for (const double value : *column) out.f64(value);
  }
}

bool load_counts(const PanePlan& plan, ByteReader& in, CellCounts<std::uint32_t>& counts) {
  if (!in.boolean()) return in.ok();
  counts = make_counts(plan);
  counts.rows = in.varint();
  for (auto* column : {&counts.cells, &counts.classes, &counts.below, &counts.above}) {
    for (std::uint32_t& count : *column) {
      const std::uint64_t value = in.varint();
      if (value > std::numeric_limits<std::uint32_t>::max()) in.fail();
      count = static_cast<std::uint32_t>(value);
    }
  }
  for (auto* column : {&counts.min, &counts.max}) {
    for (double& value : *column) value = in.f64();
  }
  return in.ok();
}

void save_values(const std::vector<SequentialValue>& values, ByteWriter& out) {
  out.varint(values.size());
  for (const SequentialValue& value : values) {
    out.i64(value.event_time_us);
    out.i64(value.offset);
    out.u32(value.segment);
    out.f64(value.value);
  }
}

void load_values(ByteReader& in, std::vector<SequentialValue>& values) {
  values.resize(in.count(28));
  for (SequentialValue& value : values) {
    value.event_time_us = in.i64();
    value.offset = in.i64();
    value.segment = in.u32();
    value.value = in.f64();
  }
}

}  // namespace

void save_pane(const Pane& pane, ByteWriter& out) {
  out.i64(pane.start_us);
  out.i64(pane.first_offset);
  out.i64(pane.last_offset);
  out.boolean(pane.complete);
  for (const auto& counts : pane.segments) save_counts(counts, out);
  for (const auto& names : pane.unseen) {
    out.varint(names.size());
    for (const auto& [name, count] : names) {
      out.string(name);
      out.varint(count);
    }
  }
  for (const auto& values : pane.values) save_values(values, out);
}

bool load_pane(const PanePlan& plan, ByteReader& in, Pane& pane) {
  pane = make_pane(plan, in.i64());
  pane.first_offset = in.i64();
  pane.last_offset = in.i64();
  pane.complete = in.boolean();
  for (auto& counts : pane.segments) {
    if (!load_counts(plan, in, counts)) return false;
  }
  for (auto& names : pane.unseen) {
    const std::size_t size = in.count(2);
    for (std::size_t i = 0; i < size && in.ok(); ++i) {
      std::string name(in.string());
      names[std::move(name)] = in.varint();
    }
  }
  for (auto& values : pane.values) load_values(in, values);
  return in.ok();
}

}  // namespace driftd
