#include "daemon/window/label_join.h"

#include <algorithm>
#include <cassert>
#include <tuple>

#include "daemon/window/partition_panes.h"
#include "daemon/window/saved_time.h"

namespace driftd {
namespace {

constexpr std::int64_t kFinished = PartitionPanes::kFinished;
constexpr std::size_t kSlotsAhead = 16, kLabelsAhead = 8;  // rows: memory answers in time

// a - b and a + b of times, where "no time yet" and "never again a record" stay what they are.
std::int64_t shifted(std::int64_t time_us, std::int64_t by_us) {
  return time_us == kNoTime || time_us == kFinished ? time_us : time_us + by_us;
}

std::int64_t pane_edge(std::int64_t time_us, std::int64_t pane_us) {
  return time_us == kNoTime || time_us == kFinished ? time_us : pane_start(time_us, pane_us);
}

}  // namespace

// What the predictions have passed, and the labels by join_within; in whole panes.
std::int64_t LabelJoin::frontier(std::int64_t predictions_us, std::int64_t labels_us) const {
  const std::int64_t labels_passed = shifted(pane_edge(labels_us, plan_.labels.pane_us), -plan_.join_within_us);
  return pane_edge(std::min(predictions_us, labels_passed), plan_.predictions.pane_us);
}

// Cuts a pane to the room that is left; the rows that stay.
std::uint64_t LabelJoin::fit(Pane& pane, std::uint64_t pending) {
  counters_.unusable += pane.unusable_rows;
  const std::uint64_t room = plan_.max_pending - std::min(plan_.max_pending, pending);
  if (pane.rows.size() > room) {
    counters_.left_out += pane.rows.size() - room;
    pane.rows.resize(room);
    pane.complete = false;
  }
  return pane.rows.size();
}

void LabelJoin::add_predictions(const TopicPartition& id, Pane pane) {
  const std::int64_t start = pane.start_us;
  if (start < until_us_) {
    counters_.left_out += pane.rows.size();
    return;
  }
  pending_predictions_ += fit(pane, pending_predictions_);
  predictions_[start].insert_or_assign(id, std::move(pane));
}

void LabelJoin::add_labels(const TopicPartition& id, Pane pane) {
  const std::int64_t start = pane.start_us;
  if (shifted(start, plan_.labels.pane_us + plan_.join_within_us) <= until_us_) {
    counters_.expired += pane.rows.size();
    return;
  }
  pending_labels_ += fit(pane, pending_labels_);
  keep_labels(start, id, pane);
}

void LabelJoin::keep_labels(std::int64_t start_us, const TopicPartition& id, const Pane& pane) {
  const auto [place, fresh] = labels_[start_us].try_emplace(id);
  assert(fresh);
  LabelPane& labels = place->second;
  labels.complete = pane.complete;
  labels.rows.reserve(pane.rows.size());
  for (const JoinRow& row : pane.rows) labels.rows.push_back({row, &place->first, false});
  for (std::size_t i = 0; i < labels.rows.size(); ++i) {
    if (i + kSlotsAhead < labels.rows.size()) by_id_.prefetch_slot(labels.rows[i + kSlotsAhead].row.id);
    by_id_.insert(labels.rows[i]);
  }
}

void LabelJoin::advance(std::int64_t predictions_us, std::int64_t labels_us, std::vector<JoinedPane>& out) {
  const std::int64_t until = frontier(predictions_us, labels_us);
  if (until <= until_us_) return;
  while (!predictions_.empty() && predictions_.begin()->first < until) {
    auto panes = std::move(predictions_.begin()->second);
    predictions_.erase(predictions_.begin());
    join_pane(std::move(panes), out);
  }
  until_us_ = until;
  forget_labels();
}

// Partitions are visited in order and their rows by offset, so a stable sort by time is the order of the rules.
void LabelJoin::join_pane(PartPanes panes, std::vector<JoinedPane>& out) {
  const std::int64_t start = panes.begin()->second.start_us;
  const bool complete = labels_complete(start - plan_.join_within_us, start + plan_.predictions.pane_us + plan_.join_within_us);
  const std::size_t first = out.size();
  for (const auto& [id, pane] : panes) {
    Pane& into = out.emplace_back(id, make_pane(joined_, start)).second;
    into.first_offset = pane.first_offset;
    into.last_offset = pane.last_offset;
    into.complete = pane.complete && complete;
  }
  std::vector<PredictionRef> rows;
  std::size_t at = first;
  for (const auto& [id, pane] : panes) {
    pending_predictions_ -= pane.rows.size();
    for (const JoinRow& row : pane.rows) rows.push_back({&row, &out[at].second});
    ++at;
  }
  std::ranges::stable_sort(rows, {}, [](const PredictionRef& ref) { return ref.row->event_time_us; });
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i + kSlotsAhead < rows.size()) by_id_.prefetch_slot(rows[i + kSlotsAhead].row->id);
    if (i + kLabelsAhead < rows.size()) by_id_.prefetch_label(rows[i + kLabelsAhead].row->id);
    join_row(rows[i]);
  }
}

void LabelJoin::join_row(const PredictionRef& prediction) {
  const JoinRow& row = *prediction.row;
  ++counters_.predictions;
  ++prediction.into->joined[row.segment].predicted;
  const LabelRow* label = take_label(row);
  if (label == nullptr) return;
  const auto pair = plan_.answers.pair(row.answer, label->row.answer);
  if (!pair) {
    ++counters_.unusable;
    return;
  }
  ++counters_.joined;
  count_delay(label->row.event_time_us - row.event_time_us);
  count_joined(row, *pair, *prediction.into);
}

// The last of its labels, all of which are its own from now on; nullptr: there is none.
const LabelRow* LabelJoin::take_label(const JoinRow& prediction) {
  found_.clear();
  bool taken_before = false;
  by_id_.for_each(prediction.id, [&](LabelRow& label) {
    const std::int64_t apart = label.row.event_time_us - prediction.event_time_us;
    if (apart > plan_.join_within_us || -apart > plan_.join_within_us) return;
    taken_before = taken_before || label.taken;
    if (!label.taken) found_.push_back(&label);
  });
  if (found_.empty()) {
    counters_.repeated_predictions += taken_before ? 1 : 0;
    return nullptr;
  }
  std::ranges::sort(found_, {},
                    [](const LabelRow* label) { return std::tuple(label->row.event_time_us, *label->partition, label->row.offset); });
  for (std::size_t i = 0; i < found_.size(); ++i) {
    found_[i]->taken = true;
    if (i > 0) ++(found_[i]->row.answer == found_[i - 1]->row.answer ? counters_.duplicates : counters_.corrections);
  }
  return found_.back();
}

void LabelJoin::count_joined(const JoinRow& prediction, const AnswerScale::Pair& pair, Pane& into) {
  add_row(plan_.answers.rule(), pair.prediction, pair.label, into.joined[prediction.segment].performance);
  PaneCounts& counts = into.segments[prediction.segment];
  if (!is_started(counts)) counts = make_counts(joined_);
  ++counts.rows;
  if (joined_.fields.empty()) return;  // measures only: the reference has no losses to compare with
  const FieldPlan& field = joined_.fields.front();
  const double loss = loss_of(plan_.answers.rule(), pair.prediction, pair.label);
  count_value(field, 0, loss, counts);
  if (field.keep_values) into.values.front().push_back({prediction.event_time_us, prediction.offset, prediction.segment, loss});
}

void LabelJoin::count_delay(std::int64_t delay_us) {
  const auto late = std::ranges::find_if(kLabelDelaySeconds, [&](std::int64_t s) { return delay_us <= s * 1'000'000; });
  ++counters_.delays[static_cast<std::size_t>(late - kLabelDelaySeconds.begin())];
  counters_.delay_ms += static_cast<std::uint64_t>(std::max<std::int64_t>(0, delay_us) / 1000);
}

bool LabelJoin::labels_complete(std::int64_t from_us, std::int64_t to_us) const {
  for (auto at = labels_.lower_bound(pane_start(from_us, plan_.labels.pane_us)); at != labels_.end() && at->first < to_us; ++at) {
    for (const auto& [id, labels] : at->second) {
      if (!labels.complete) return false;
    }
  }
  return true;
}

void LabelJoin::forget_labels() {
  while (!labels_.empty() && shifted(labels_.begin()->first, plan_.labels.pane_us + plan_.join_within_us) <= until_us_) {
    for (const auto& [id, labels] : labels_.begin()->second) forget(labels);
    labels_.erase(labels_.begin());
  }
}

void LabelJoin::forget(const LabelPane& labels) {
  pending_labels_ -= labels.rows.size();
  for (std::size_t i = 0; i < labels.rows.size(); ++i) {
    if (i + kSlotsAhead < labels.rows.size()) by_id_.prefetch_slot(labels.rows[i + kSlotsAhead].row.id);
    counters_.expired += labels.rows[i].taken ? 0 : 1;
    by_id_.erase(labels.rows[i]);
  }
}

namespace {

void save_counters(const LabelCounters& counters, ByteWriter& out) {
  for (const std::uint64_t count : {counters.predictions, counters.joined, counters.repeated_predictions, counters.duplicates,
                                    counters.corrections, counters.expired, counters.unusable, counters.left_out, counters.delay_ms}) {
    out.u64(count);
  }
  for (const std::uint64_t count : counters.delays) out.u64(count);
}

void load_counters(ByteReader& in, LabelCounters& counters) {
  for (auto* count : {&counters.predictions, &counters.joined, &counters.repeated_predictions, &counters.duplicates, &counters.corrections,
                      &counters.expired, &counters.unusable, &counters.left_out, &counters.delay_ms}) {
    *count = in.u64();
  }
  for (std::uint64_t& count : counters.delays) count = in.u64();
}

}  // namespace

void LabelJoin::save(ByteWriter& out) const {
  out.i64(until_us_);
  save_counters(counters_, out);
  out.varint(predictions_.size());
  for (const auto& [start, panes] : predictions_) save_panes(panes, out);
  out.varint(labels_.size());
  for (const auto& [start, panes] : labels_) {
    out.varint(panes.size());
    for (const auto& [id, labels] : panes) {
      save_id(id, out);
      out.i64(start);
      out.boolean(labels.complete);
      out.varint(labels.rows.size());
      for (const LabelRow& label : labels.rows) {
        save_join_row(label.row, out);
        out.boolean(label.taken);
      }
    }
  }
}

bool LabelJoin::load(ByteReader& in) {
  until_us_ = load_time(in);
  load_counters(in, counters_);
  const std::size_t prediction_starts = in.count(1);
  for (std::size_t i = 0; i < prediction_starts; ++i) {
    PartPanes panes;
    if (!load_panes(plan_.predictions, in, panes)) return false;
    for (const auto& [id, pane] : panes) pending_predictions_ += pane.rows.size();
    const std::int64_t start = panes.begin()->second.start_us;
    predictions_.emplace(start, std::move(panes));
  }
  const std::size_t label_starts = in.count(1);
  for (std::size_t i = 0; i < label_starts; ++i) {
    const std::size_t panes = in.count(1);
    for (std::size_t p = 0; p < panes; ++p) {
      if (!load_labels(in)) return false;
    }
  }
  return in.ok();
}

bool LabelJoin::load_labels(ByteReader& in) {
  const TopicPartition id = load_id(in);
  Pane pane;
  pane.start_us = load_moment(in);
  pane.complete = in.boolean();
  pane.rows.resize(in.count(kJoinRowBytes + 1));
  std::vector<bool> taken(pane.rows.size());
  for (std::size_t i = 0; i < taken.size(); ++i) {
    pane.rows[i] = load_join_row(in);
    taken[i] = in.boolean();
    if (!is_in_pane(pane.rows[i].event_time_us, pane.start_us, plan_.labels.pane_us)) in.fail();
  }
  auto& panes = labels_[pane.start_us];
  if (!in.ok() || panes.contains(id)) return false;
  keep_labels(pane.start_us, id, pane);
  pending_labels_ += taken.size();
  for (std::size_t i = 0; i < taken.size(); ++i) panes.at(id).rows[i].taken = taken[i];
  return true;
}

}  // namespace driftd
