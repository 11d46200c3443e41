#include "daemon/source/offset_guard.h"

namespace driftd {

OffsetGuard::Verdict OffsetGuard::record(std::int64_t offset) {
  if (offset < next_) return Verdict::kDuplicate;
  const Verdict verdict = offset == next_ ? Verdict::kPass : jump();
  if (verdict != Verdict::kSeekAgain) next_ = offset + 1;
  return verdict;
}

OffsetGuard::Verdict OffsetGuard::end(std::int64_t offset) {
  if (offset <= next_) return Verdict::kPass;
  const Verdict verdict = jump();
  if (verdict != Verdict::kSeekAgain) next_ = offset;
  return verdict;
}

void OffsetGuard::move_to(std::int64_t offset) { next_ = offset; }

OffsetGuard::Verdict OffsetGuard::jump() {
  if (confirmed_ >= kConfirmedJumps) return Verdict::kHole;
  if (sought_ != next_) {
    sought_ = next_;
    return Verdict::kSeekAgain;
  }
  ++confirmed_;
  return Verdict::kHole;
}

}  // namespace driftd
