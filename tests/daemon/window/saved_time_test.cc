#include "daemon/window/saved_time.h"

#include <doctest/doctest.h>

namespace driftd {

TEST_CASE("a saved time is a mark, or one that lengths can be added to") {
  constexpr std::int64_t kFinished = std::numeric_limits<std::int64_t>::max(), kFar = 4 * kMaxEventTime;
  const struct {
    std::int64_t saved;
    bool is_time, is_moment;
  } rows[] = {{kNoTime, true, false},      {kFinished, true, false},     {0, true, true},          {kMinEventTime, true, true},
              {kMaxEventTime, true, true}, {kFar, true, true},           {kFar + 1, false, false}, {-kFar - 1, false, false},
              {kNoTime + 1, false, false}, {kFinished - 1, false, false}};
  for (const auto& row : rows) {
    CAPTURE(row.saved);
    ByteWriter out;
    out.i64(row.saved);
    ByteReader time(out.bytes()), moment(out.bytes());
    CHECK(load_time(time) == (row.is_time ? row.saved : kNoTime));
    CHECK(time.ok() == row.is_time);
    CHECK(load_moment(moment) == (row.is_moment ? row.saved : 0));
    CHECK(moment.ok() == row.is_moment);
  }
}

}  // namespace driftd
