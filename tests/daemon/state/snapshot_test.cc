#include "daemon/state/snapshot.h"

#include <doctest/doctest.h>

#include <array>
#include <fstream>
#include <iterator>
#include <vector>

namespace driftd {

namespace {

Snapshot small_snapshot() {
  return {.generation = 7,
          .sections = {{"offsets", 1, true, std::string("\x01\x00\xff", 3)}, {"alerts", 3, true, "open"}, {"hints", 1, false, ""}}};
}

std::string problem_of(std::string_view bytes) {
  const auto decoded = decode_snapshot(bytes);
  return decoded ? "none" : decoded.error();
}

}  // namespace

TEST_CASE("a snapshot comes back whole, with its sections in their order") {
  for (const auto& snapshot :
       std::vector<Snapshot>{{}, small_snapshot(), {.generation = ~0ULL, .sections = {{"big", 1, true, std::string(1 << 20, 'x')}}}}) {
    CAPTURE(snapshot.generation);
    const auto decoded = decode_snapshot(encode_snapshot(snapshot));
    REQUIRE(decoded.has_value());
    CHECK(*decoded == snapshot);
    CHECK(encode_snapshot(*decoded) == encode_snapshot(snapshot));
  }
}

TEST_CASE("a snapshot that an earlier driftd wrote is read: format 1") {
  std::ifstream file(DRIFTD_TESTS_DIR "/daemon/state/snapshot_format_1.hex");
  std::string hex, bytes;
  std::getline(file, hex);  // the line that says what the file is
  while (file >> hex) bytes.push_back(static_cast<char>(std::stoi(hex, nullptr, 16)));
  const auto decoded = decode_snapshot(bytes);
  REQUIRE(decoded.has_value());
  CHECK(*decoded == small_snapshot());
}

TEST_CASE("find looks a section up by its id") {
  const Snapshot snapshot = small_snapshot();
  REQUIRE(snapshot.find("alerts") != nullptr);
  CHECK(snapshot.find("alerts")->bytes == "open");
  CHECK(snapshot.find("alert") == nullptr);
}

TEST_CASE("every flipped bit is noticed") {
  const std::string good = encode_snapshot(small_snapshot());
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    CAPTURE(bit);
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ 1 << bit % 8);
    CHECK_FALSE(decode_snapshot(bad).has_value());
  }
}

TEST_CASE("a file cut at any byte, or with a byte more, is noticed") {
  const std::string good = encode_snapshot(small_snapshot());
  for (std::size_t size = 0; size < good.size(); ++size) {
    CAPTURE(size);
    CHECK_FALSE(decode_snapshot(good.substr(0, size)).has_value());
  }
  CHECK_FALSE(decode_snapshot(good + '\0').has_value());
}

TEST_CASE("exchanged sections are noticed by the checksum over everything") {
  const Snapshot first{.generation = 1, .sections = {{"a", 1, true, "11"}, {"b", 1, true, "22"}}};
  const Snapshot second{.generation = 1, .sections = {{"b", 1, true, "22"}, {"a", 1, true, "11"}}};
  const std::string one = encode_snapshot(first), other = encode_snapshot(second);
  REQUIRE(one.size() == other.size());
  CHECK(problem_of(other.substr(0, other.size() - 16) + one.substr(one.size() - 16)) == "its checksum over everything differs");
}

TEST_CASE("the problem says what is wrong and where") {
  const std::string good = encode_snapshot(small_snapshot());
  const auto changed = [&](std::size_t at, char byte) {
    std::string bad = good;
    bad[at] = byte;
    return problem_of(bad);
  };
  const std::size_t offsets = good.find("offsets") - 1, open = good.find("open");
  CHECK(problem_of("") == "has 0 bytes only");
  CHECK(changed(0, 'd') == "is not a snapshot: it does not begin with DRFT");
  CHECK(changed(4, '\x02') == "has format 2; this driftd reads format 1");
  CHECK(changed(open, 'O') == "section 2 at byte " + std::to_string(good.find("alerts") - 1) + ": its checksum differs");
  CHECK(changed(offsets, '\x7f') == "section 1 at byte " + std::to_string(offsets) + " does not fit the file");
  CHECK(changed(offsets - 4, '\x7f') == "is too short for its sections");
  CHECK(changed(offsets - 4, '\x02').starts_with("has "));
  CHECK(changed(offsets - 16, '\x01') == "has unknown flags 0x1");
  CHECK(changed(good.size() - 1, good.back() == 'x' ? 'y' : 'x') == "its checksum over everything differs");
}

TEST_CASE("a reader refuses a mandatory section that it does not know, and only such a one") {
  const Snapshot snapshot = small_snapshot();
  CHECK(unknown_mandatory_section(snapshot, std::array<std::string_view, 2>{"alerts", "offsets"}).empty());
  CHECK(unknown_mandatory_section(snapshot, std::array<std::string_view, 1>{"offsets"}) ==
        "the snapshot has a section 'alerts' that this driftd does not know: it was written by a newer one");
}

}  // namespace driftd
