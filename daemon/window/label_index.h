// Labels by event id: open addressing over rows that stay where they are. Values only; thread: merger.
// Several labels may have one id; they are visited in no particular order. Cost: one cache miss a look-up where it is not prefetched.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "daemon/window/pane.h"

namespace driftd {

struct LabelRow {
  JoinRow row;
  const TopicPartition* partition = nullptr;
  bool taken = false;  // by a prediction
};

class LabelIndex {
 public:
  LabelIndex() : slots_(kLeastSlots) {}
  void insert(LabelRow& label);       // stays at its address until it is erased
  void erase(const LabelRow& label);  // one that was inserted
  std::size_t size() const { return size_; }

  // Brings what for_each will touch closer: first the slot, some rows later the label.
  void prefetch_slot(const EventId& id) const { __builtin_prefetch(&slots_[home(id)]); }
  void prefetch_label(const EventId& id) const {
    if (const LabelRow* label = slots_[home(id)].label) __builtin_prefetch(label);
  }
  template <class Visit>
  void for_each(const EventId& id, Visit visit) const {
    for (std::size_t at = home(id); slots_[at].label != nullptr; at = next(at)) {
      if (slots_[at].tag == id.low && slots_[at].label->row.id == id) visit(*slots_[at].label);
    }
  }

 private:
  struct Slot {
    std::uint64_t tag = 0;
    LabelRow* label = nullptr;  // nullptr: free
  };
  static constexpr std::size_t kLeastSlots = 1024;
  std::size_t home(const EventId& id) const { return id.low & (slots_.size() - 1); }
  std::size_t next(std::size_t at) const { return (at + 1) & (slots_.size() - 1); }
  void place(Slot slot);
  void resize(std::size_t slots);

  std::vector<Slot> slots_;  // a power of two, at most half full
  std::size_t size_ = 0;
};

}  // namespace driftd
