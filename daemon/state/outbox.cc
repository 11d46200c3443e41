#include "daemon/state/outbox.h"

#include <algorithm>
#include <iterator>

namespace driftd {

namespace {

std::uint64_t size_of(const OutRecord& record) { return record.topic.size() + record.key.size() + record.value.size(); }

}  // namespace

void Outbox::add(OutRecord record) {
  record.sequence = next_++;
  insert(std::move(record));
}

void Outbox::insert(OutRecord record) {
  bytes_ += size_of(record);
  waiting_alerts_ += record.is_dead_letter() ? 0 : 1;
  const std::uint64_t sequence = record.sequence;
  records_.emplace_hint(records_.end(), sequence, Entry{std::move(record), false});
}

void Outbox::erase(std::map<std::uint64_t, Entry>::iterator at) {
  bytes_ -= size_of(at->second.record);
  waiting_alerts_ -= at->second.record.is_dead_letter() ? 0 : 1;
  records_.erase(at);
}

std::uint64_t Outbox::give_up_over(std::uint64_t bytes) {
  std::uint64_t given_up = 0;
  for (auto at = records_.lower_bound(first_unsent_); at != records_.end() && bytes_ > bytes;) {
    const auto next = std::next(at);
    if (!at->second.sent) {
      erase(at);
      ++given_up;
    }
    at = next;
  }
  return given_up;
}

void Outbox::send(RecordSink& sink, std::uint64_t releasable, std::int64_t now_us) {
  auto at = records_.lower_bound(first_unsent_);
  for (; at != records_.end() && at->first <= releasable; ++at) {
    if (at->second.sent) continue;
    if (at->second.record.first_try_us == 0) at->second.record.first_try_us = now_us;
    if (!sink.send(at->second.record)) break;
    at->second.sent = true;
  }
  first_unsent_ = at == records_.end() ? next_ : at->first;
}

void Outbox::settle(RecordSink& sink, const std::function<void(const OutRecord&, bool delivered)>& settled) {
  for (const std::uint64_t sequence : sink.take_acked()) {
    const auto found = records_.find(sequence);
    if (found == records_.end()) continue;
    if (settled) settled(found->second.record, true);
    delivered_ += found->second.record.is_dead_letter() ? 0 : 1;
    erase(found);
  }
  for (const std::uint64_t sequence : sink.take_failed()) {
    const auto found = records_.find(sequence);
    if (found == records_.end()) continue;
    if (settled) settled(found->second.record, false);
    found->second.sent = false;
    first_unsent_ = std::min(first_unsent_, sequence);
    retried_ += found->second.record.is_dead_letter() ? 0 : 1;
  }
}

std::map<std::string, std::uint64_t> Outbox::waiting_by_topic() const {
  std::map<std::string, std::uint64_t> waiting;
  for (const auto& [sequence, entry] : records_) ++waiting[entry.record.topic];
  return waiting;
}

void Outbox::save(ByteWriter& out) const {
  out.u64(next_);
  out.u64(delivered_);
  out.varint(records_.size());
  for (const auto& [sequence, entry] : records_) {
    out.u64(sequence);
    out.i64(entry.record.time_us);
    out.i64(entry.record.first_try_us);
    for (const std::string* text : {&entry.record.topic, &entry.record.key, &entry.record.value}) out.string(*text);
    out.varint(entry.record.headers.size());
    for (const auto& [name, value] : entry.record.headers) {
      out.string(name);
      out.string(value);
    }
  }
}

bool Outbox::load(ByteReader& in, std::uint32_t version) {
  next_ = in.u64();
  delivered_ = in.u64();
  const std::size_t count = in.count(20);
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    OutRecord record;
    record.sequence = in.u64();
    record.time_us = in.i64();
    if (version >= 2) record.first_try_us = in.i64();
    for (std::string* text : {&record.topic, &record.key, &record.value}) *text = std::string(in.string());
    const std::size_t headers = in.count(2);
    for (std::size_t h = 0; h < headers && in.ok(); ++h) {
      std::string name(in.string());
      record.headers.emplace_back(std::move(name), std::string(in.string()));
    }
    if (records_.contains(record.sequence)) in.fail();
    insert(std::move(record));
  }
  return in.ok();
}

}  // namespace driftd
