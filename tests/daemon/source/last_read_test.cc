#include "daemon/source/last_read.h"

#include <doctest/doctest.h>

using namespace driftd;

TEST_CASE("last read: a mark is of the offset, the time, the key and the payload") {
  const Message message{7, 1'000'000, "payload", "key", false};
  const RecordMark mark = mark_of(message);
  CHECK((mark == mark_of(message)));
  CHECK(mark.offset == 7);
  CHECK(mark.time_us == 1'000'000);
  struct Row {
    const char* what;
    Message other;
  };
  const Row rows[] = {
      {"offset", {8, 1'000'000, "payload", "key", false}},     {"time", {7, 1'000'001, "payload", "key", false}},
      {"payload", {7, 1'000'000, "Payload", "key", false}},    {"key", {7, 1'000'000, "payload", "", false}},
      {"the border", {7, 1'000'000, "ypayload", "ke", false}}, {"tombstone", {7, 1'000'000, "", "key", true}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.what);
    CHECK_FALSE((mark_of(row.other) == mark));
  }
  CHECK_FALSE((mark_of({7, 0, "", "key", true}) == mark_of({7, 0, "", "key", false})));
  CHECK((RecordMark{}.offset == -1));
}
