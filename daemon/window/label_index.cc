#include "daemon/window/label_index.h"

#include <cassert>
#include <utility>

namespace driftd {

void LabelIndex::place(Slot slot) {
  std::size_t at = slot.tag & (slots_.size() - 1);
  while (slots_[at].label != nullptr) at = next(at);
  slots_[at] = slot;
}

void LabelIndex::resize(std::size_t slots) {
  const std::vector<Slot> old = std::exchange(slots_, std::vector<Slot>(slots));
  for (const Slot& slot : old) {
    if (slot.label != nullptr) place(slot);
  }
}

void LabelIndex::insert(LabelRow& label) {
  if (2 * (size_ + 1) > slots_.size()) resize(2 * slots_.size());
  place({label.row.id.low, &label});
  ++size_;
}

// Later slots of the same run move up, so that no look-up ends at a hole.
void LabelIndex::erase(const LabelRow& label) {
  std::size_t hole = home(label.row.id);
  while (slots_[hole].label != &label) {
    assert(slots_[hole].label != nullptr);
    hole = next(hole);
  }
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = next(hole); slots_[at].label != nullptr; at = next(at)) {
    const std::size_t from_home = (at - slots_[at].tag) & mask, from_hole = (at - hole) & mask;
    if (from_home < from_hole) continue;  // the hole is before its home
    slots_[hole] = slots_[at];
    hole = at;
  }
  slots_[hole] = {};
  --size_;
  if (slots_.size() > kLeastSlots && 8 * size_ < slots_.size()) resize(slots_.size() / 2);
}

}  // namespace driftd
