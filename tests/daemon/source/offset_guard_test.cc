#include "daemon/source/offset_guard.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using driftd::OffsetGuard;
using Verdict = driftd::OffsetGuard::Verdict;

namespace {

// "7" a record, "e7" the end at 7; answers: p pass, d duplicate, s seek again, h hole.
std::string run(std::int64_t start, const std::vector<std::string>& input) {
  OffsetGuard guard(start);
  std::string answers;
  for (const auto& step : input) {
    const bool end = step[0] == 'e';
    const Verdict verdict = end ? guard.end(std::stoll(step.substr(1))) : guard.record(std::stoll(step));
    answers += "pdsh"[static_cast<int>(verdict)];
  }
  return answers + " " + std::to_string(guard.next());
}

}  // namespace

TEST_CASE("offset guard: what passes, what is dropped, what is a hole") {
  struct Row {
    const char* name;
    std::int64_t start;
    std::vector<std::string> input;
    std::string want;
  };
  const Row rows[] = {
      {"in order", 5, {"5", "6", "7"}, "ppp 8"},
      {"below the start is a duplicate", 5, {"4", "5"}, "dp 6"},
      {"seen before is a duplicate", 0, {"0", "1", "0", "1", "2"}, "ppddp 3"},
      {"a jump that heals after reading again", 0, {"0", "5", "1", "2"}, "pspp 3"},
      {"a jump that comes again is a hole", 0, {"0", "5", "5", "6"}, "pshp 7"},
      {"another offset beyond the same hole", 0, {"0", "5", "7"}, "psh 8"},
      {"each hole is read again once", 0, {"0", "5", "5", "9", "9"}, "pshsh 10"},
      {"after three holes jumps are normal", 0, {"1", "1", "3", "3", "5", "5", "7", "9"}, "shshshhh 10"},
      {"the end in place", 3, {"3", "e4"}, "pp 4"},
      {"the end beyond a marker", 0, {"0", "e2", "e2"}, "psh 2"},
      {"an older end says nothing", 9, {"e4"}, "p 9"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    CHECK(run(row.start, row.input) == row.want);
  }
}

TEST_CASE("offset guard: a deliberate seek is no jump") {
  OffsetGuard guard(0);
  guard.move_to(100);
  CHECK(guard.record(100) == Verdict::kPass);
  CHECK(guard.record(99) == Verdict::kDuplicate);
}
