#include "daemon/decode/dead_letter.h"

#include <doctest/doctest.h>

namespace driftd {

TEST_CASE("a dead letter says where, why and, when asked, what") {
  const Message message{41, 1'700'000'000'000'000, "{\"a\": \xff", "key-1", false};
  const DeadLetter bare = make_dead_letter({"t", 3}, message, Reject::kMalformed, false);
  CHECK(bare.key == "t/3/41");
  CHECK(bare.original_key == "key-1");
  CHECK(bare.time_us == 1'700'000'000'000'000);
  CHECK(bare.value == R"({"offset":41,"partition":3,"reason":"bad_json","record_time":"2023-11-14T22:13:20Z","size_bytes":7,"topic":"t"})");
  CHECK(make_dead_letter({"t", 3}, message, Reject::kMalformed, true).value.find("\"payload_base64\":\"eyJhIjog/w==\"") !=
        std::string::npos);
}

TEST_CASE("a tombstone has no payload; a record without a time has none in its letter; long payloads are cut") {
  const Message tombstone{0, kNoTime, {}, {}, true};
  CHECK(make_dead_letter({"t", 0}, tombstone, Reject::kTombstone, true).value ==
        R"({"offset":0,"partition":0,"reason":"tombstone","size_bytes":0,"topic":"t"})");
  const std::string large(10'000'000, 'x');
  const DeadLetter letter = make_dead_letter({"t", 0}, {1, kNoTime, large, {}, false}, Reject::kTooLarge, true);
  CHECK(letter.value.find("\"size_bytes\":10000000") != std::string::npos);
  CHECK(letter.value.size() < 6000);
}

}  // namespace driftd
