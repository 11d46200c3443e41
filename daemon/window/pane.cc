#include "daemon/window/pane.h"

#include <algorithm>
#include <array>
#include <functional>

#include "daemon/window/saved_time.h"

namespace driftd {

Pane make_pane(const PanePlan& plan, std::int64_t start_us) {
  Pane pane;
  pane.start_us = start_us;
  pane.segments.resize(plan.segments.size());
  pane.unseen.resize(plan.fields.size());
  pane.values.resize(plan.fields.size());
  if (plan.joined) pane.joined.resize(plan.segments.size());
  return pane;
}

PaneCounts make_counts(const PanePlan& plan) {
  const std::size_t fields = plan.fields.size();
  PaneCounts counts;
  counts.cells = PaneCells(plan.cells);
  counts.classes.assign(fields * kValueClasses, 0);
  counts.below.assign(fields, 0);
  counts.above.assign(fields, 0);
  counts.min.assign(fields, std::numeric_limits<double>::infinity());
  counts.max.assign(fields, -std::numeric_limits<double>::infinity());
  return counts;
}

void count_value(const FieldPlan& plan, std::size_t field, double value, PaneCounts& counts) {
  std::uint16_t cell = 0;
  plan.kernel.cells({&value, 1}, &cell);
  ++counts.of_class(field, ValueClass::kValid);
  counts.cells.counter()(plan.first_cell + cell);
  count_edge(plan, field, value, counts);
}

namespace {

void append_counts(PaneCounts later, PaneCounts& counts) {
  if (!is_started(later)) return;
  if (!is_started(counts)) {
    counts = std::move(later);
    return;
  }
  combine_sums(later, counts, std::plus{});
  widen(later, counts);
}

}  // namespace

void add_joined(const JoinCounts& from, JoinCounts& to) {
  to.predicted += from.predicted;
  merge(from.performance, to.performance);
}

void append_pane(Pane later, Pane& pane) {
  pane.first_offset = std::min(pane.first_offset, later.first_offset);
  pane.last_offset = std::max(pane.last_offset, later.last_offset);
  pane.complete = pane.complete && later.complete;
  for (std::size_t s = 0; s < pane.segments.size(); ++s) append_counts(std::move(later.segments[s]), pane.segments[s]);
  for (std::size_t s = 0; s < pane.joined.size(); ++s) add_joined(later.joined[s], pane.joined[s]);
  for (std::size_t field = 0; field < pane.unseen.size(); ++field) {
    for (const auto& [name, count] : later.unseen[field]) add_unseen(name, count, pane.unseen[field]);
    pane.values[field].insert(pane.values[field].end(), later.values[field].begin(), later.values[field].end());
  }
}

void add_unseen(std::string_view name, std::uint64_t count, UnseenNames& names) {
  const auto found = names.find(name);
  if (found != names.end()) {
    found->second += count;
  } else if (names.size() < kUnseenNames) {
    names.emplace(name, count);
  }
}

namespace {

// In the order of saved state: field by field.
template <class Counts, class Take>
void for_each_class(Counts& counts, Take take) {
  for (std::size_t field = 0; field < counts.below.size(); ++field) {
    for (std::size_t c = 0; c < kValueClasses; ++c) take(counts.of_class(field, static_cast<ValueClass>(c)));
  }
}

void save_counts(const PaneCounts& counts, ByteWriter& out) {
  out.boolean(is_started(counts));
  if (!is_started(counts)) return;
  out.varint(counts.rows);
  for (std::size_t cell = 0; cell < counts.cells.size(); ++cell) out.varint(counts.cells[cell]);
  for_each_class(counts, [&](const std::uint32_t& count) { out.varint(count); });
  for (const auto* column : {&counts.below, &counts.above}) {
    for (const std::uint32_t count : *column) out.varint(count);
  }
  for (const auto* column : {&counts.min, &counts.max}) {
    for (const double value : *column) out.f64(value);
  }
}

bool load_counts(const PanePlan& plan, ByteReader& in, PaneCounts& counts) {
  if (!in.boolean()) return in.ok();
  counts = make_counts(plan);
  counts.rows = in.varint();
  const auto next = [&in] {
    const std::uint64_t value = in.varint();
    if (value > std::numeric_limits<std::uint32_t>::max()) in.fail();
    return static_cast<std::uint32_t>(value);
  };
  for (std::size_t cell = 0; cell < counts.cells.size(); ++cell) counts.cells.set(cell, next());
  for_each_class(counts, [&](std::uint32_t& count) { count = next(); });
  for (auto* column : {&counts.below, &counts.above}) {
    for (std::uint32_t& count : *column) count = next();
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
    value.event_time_us = load_moment(in);
    value.offset = in.i64();
    value.segment = in.u32();
    value.value = in.f64();
  }
}

void save_rows(const std::vector<JoinRow>& rows, ByteWriter& out) {
  out.varint(rows.size());
  for (const JoinRow& row : rows) save_join_row(row, out);
}

void load_rows(ByteReader& in, std::vector<JoinRow>& rows) {
  rows.resize(in.count(kJoinRowBytes));
  for (JoinRow& row : rows) row = load_join_row(in);
}

void save_sum(const ExactSum& sum, ByteWriter& out) {
  for (const std::int64_t limb : sum.canonical()) out.varint(static_cast<std::uint64_t>(limb));
}

ExactSum load_sum(ByteReader& in) {
  std::array<std::int64_t, ExactSum::kLimbs> limbs{};
  for (std::int64_t& limb : limbs) limb = static_cast<std::int64_t>(in.varint());
  if (!ExactSum::is_canonical(limbs)) in.fail();
  return ExactSum::of_canonical(limbs);
}

void save_joined(const JoinCounts& counts, ByteWriter& out) {
  out.varint(counts.predicted);
  out.varint(counts.performance.labelled);
  out.varint(counts.performance.confusion.size());
  for (const auto& [pair, rows] : counts.performance.confusion) {
    out.varint(pair.first);
    out.varint(pair.second);
    out.varint(rows);
  }
  for (const auto* sum : {&counts.performance.log_loss, &counts.performance.squared_error, &counts.performance.absolute_error}) {
    save_sum(*sum, out);
  }
}

void load_joined(ByteReader& in, JoinCounts& counts) {
  counts.predicted = in.varint();
  counts.performance.labelled = in.varint();
  const std::size_t pairs = in.count(3);
  for (std::size_t i = 0; i < pairs && in.ok(); ++i) {
    const auto label = static_cast<std::uint32_t>(in.varint()), decided = static_cast<std::uint32_t>(in.varint());
    counts.performance.confusion[{label, decided}] = in.varint();
  }
  for (auto* sum : {&counts.performance.log_loss, &counts.performance.squared_error, &counts.performance.absolute_error}) {
    *sum = load_sum(in);
  }
}

}  // namespace

void save_join_row(const JoinRow& row, ByteWriter& out) {
  out.u64(row.id.high);
  out.u64(row.id.low);
  out.i64(row.event_time_us);
  out.i64(row.offset);
  out.u32(row.segment);
  out.u8(static_cast<std::uint8_t>(row.answer.kind));
  out.f64(row.answer.number);
  out.u64(row.answer.text_hash);
}

JoinRow load_join_row(ByteReader& in) {
  JoinRow row;
  row.id.high = in.u64();
  row.id.low = in.u64();
  row.event_time_us = in.i64();
  row.offset = in.i64();
  row.segment = in.u32();
  const std::uint8_t kind = in.u8();
  if (kind > static_cast<std::uint8_t>(Answer::Kind::kText)) in.fail();
  row.answer.kind = static_cast<Answer::Kind>(kind);
  row.answer.number = in.f64();
  row.answer.text_hash = in.u64();
  return row;
}

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
  save_rows(pane.rows, out);
  out.varint(pane.unusable_rows);
  for (const JoinCounts& counts : pane.joined) save_joined(counts, out);
}

bool load_pane(const PanePlan& plan, ByteReader& in, Pane& pane) {
  pane = make_pane(plan, load_moment(in));
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
  load_rows(in, pane.rows);
  const std::size_t segments = plan.segments.size();
  for (const JoinRow& row : pane.rows) {
    if (row.segment >= segments || !is_in_pane(row.event_time_us, pane.start_us, plan.pane_us)) in.fail();
  }
  pane.unusable_rows = in.varint();
  for (JoinCounts& counts : pane.joined) load_joined(in, counts);
  return in.ok();
}

void save_id(const TopicPartition& id, ByteWriter& out) {
  out.string(id.topic);
  out.u32(static_cast<std::uint32_t>(id.partition));
}

TopicPartition load_id(ByteReader& in) {
  TopicPartition id;
  id.topic = std::string(in.string());
  id.partition = static_cast<std::int32_t>(in.u32());
  return id;
}

void save_panes(const PartPanes& panes, ByteWriter& out) {
  out.varint(panes.size());
  for (const auto& [id, pane] : panes) {
    save_id(id, out);
    save_pane(pane, out);
  }
}

bool load_panes(const PanePlan& plan, ByteReader& in, PartPanes& panes) {
  const std::size_t count = in.count(1);
  for (std::size_t i = 0; i < count; ++i) {
    const TopicPartition id = load_id(in);
    if (!load_pane(plan, in, panes[id])) return false;
  }
  return in.ok() && !panes.empty();
}

}  // namespace driftd
