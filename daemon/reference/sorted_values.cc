#include "daemon/reference/sorted_values.h"

#include <algorithm>
#include <queue>
#include <utility>

#include "daemon/reference/radix_sort.h"

namespace driftd {
namespace {

constexpr std::size_t kFewestValues = 1024;  // a run is never shorter
constexpr std::size_t kEntriesARead = 4096;  // of one run in memory while runs are merged

std::size_t values_within(std::size_t memory_bytes) { return std::max(kFewestValues, memory_bytes / sizeof(double)); }

// The distinct values of a sorted list with their counts, some at a time.
template <class Visit>
void visit_groups(const std::vector<double>& sorted, const Visit& visit) {
  std::vector<ValueCount> part;
  part.reserve(kEntriesARead);
  for (std::size_t i = 0; i < sorted.size();) {
    std::size_t end = i + 1;
    while (end < sorted.size() && sorted[end] == sorted[i]) ++end;
    part.push_back({sorted[i], end - i});
    i = end;
    if (part.size() < kEntriesARead && i < sorted.size()) continue;
    visit(std::span<const ValueCount>(part));
    part.clear();
  }
}

}  // namespace

std::expected<std::uint64_t, TableError> SpillFile::append(std::string_view bytes) {
  if (!used()) {
    auto file = open_temporary();
    if (!file) return std::unexpected(file.error());
    file_ = std::move(*file);
  }
  if (const auto written = write_all(file_, bytes); !written) return std::unexpected(written.error());
  return std::exchange(end_, end_ + bytes.size());
}

std::expected<void, TableError> SpillFile::read(char* to, std::size_t size, std::uint64_t offset) const {
  const auto got = read_at(file_, to, size, offset);
  if (!got) return std::unexpected(got.error());
  if (*got != size) return std::unexpected(TableError{TableError::Kind::kIo, "temporary file: it is shorter than what was written"});
  return {};
}

// Reads a run in pieces.
class SortedValues::RunReader {
 public:
  RunReader(Run run, const SpillFile& spill) : left_(run), spill_(&spill) {}

  ValueCount current() const { return entries_[at_]; }

  // Goes to the next entry; false at the end of the run.
  std::expected<bool, TableError> advance() {
    if (++at_ < entries_.size()) return true;
    if (left_.entries == 0) return false;
    entries_.resize(std::min<std::uint64_t>(left_.entries, kEntriesARead));
    const std::size_t bytes = entries_.size() * sizeof(ValueCount);
    const auto read = spill_->read(reinterpret_cast<char*>(entries_.data()), bytes, left_.offset);
    if (!read) return std::unexpected(read.error());
    left_ = {left_.offset + bytes, left_.entries - entries_.size()};
    at_ = 0;
    return true;
  }

 private:
  Run left_;
  const SpillFile* spill_;
  std::vector<ValueCount> entries_;
  std::size_t at_ = 0;
};

SortedValues::SortedValues(std::size_t memory_bytes, SpillFile& spill) : limit_(values_within(memory_bytes)), spill_(&spill) {}

std::expected<void, TableError> SortedValues::set_memory(std::size_t memory_bytes) {
  limit_ = values_within(memory_bytes);
  if (values_.size() < limit_) return {};
  auto spilled = spill_values();
  values_.shrink_to_fit();
  return spilled;
}

std::expected<void, TableError> SortedValues::spill_values() {
  if (values_.empty()) return {};
  radix_sort(values_);
  Run run;
  std::expected<std::uint64_t, TableError> written = 0U;
  visit_groups(values_, [&](std::span<const ValueCount> part) {
    if (!written) return;
    written = spill_->append({reinterpret_cast<const char*>(part.data()), part.size_bytes()});
    if (written && run.entries == 0) run.offset = *written;
    run.entries += part.size();
  });
  if (!written) return std::unexpected(written.error());
  runs_.push_back(run);
  values_.clear();
  return {};
}

std::expected<void, TableError> SortedValues::visit_all(const Visitor& visit) {
  if (runs_.empty()) {
    radix_sort(values_);
    visit_groups(values_, visit);
    values_ = {};
    return {};
  }
  if (const auto spilled = spill_values(); !spilled) return spilled;
  values_.shrink_to_fit();
  return merge(visit);
}

std::expected<void, TableError> SortedValues::merge(const Visitor& visit) {
  std::vector<RunReader> readers;
  for (const Run run : runs_) readers.emplace_back(run, *spill_);
  const auto later = [&](std::size_t a, std::size_t b) { return readers[a].current().value > readers[b].current().value; };
  std::priority_queue<std::size_t, std::vector<std::size_t>, decltype(later)> heap(later);
  const auto push_next = [&](std::size_t reader) -> std::expected<void, TableError> {
    const auto more = readers[reader].advance();
    if (!more) return std::unexpected(more.error());
    if (*more) heap.push(reader);
    return {};
  };
  for (std::size_t i = 0; i < readers.size(); ++i) {
    if (const auto pushed = push_next(i); !pushed) return pushed;
  }
  std::vector<ValueCount> part;
  while (!heap.empty()) {
    ValueCount next{readers[heap.top()].current().value, 0};
    while (!heap.empty() && readers[heap.top()].current().value == next.value) {
      const std::size_t reader = heap.top();
      heap.pop();
      next.count += readers[reader].current().count;
      if (const auto pushed = push_next(reader); !pushed) return pushed;
    }
    part.push_back(next);
    if (part.size() < kEntriesARead && !heap.empty()) continue;
    visit(part);
    part.clear();
  }
  return {};
}

}  // namespace driftd
