#include "daemon/reference/segment_keys.h"

#include <doctest/doctest.h>

namespace driftd {
namespace {

// Rows of two CSV columns; "" = null.
class Rows {
 public:
  std::vector<const Cell*> row(const std::string& a, const std::string& b) {
    texts_ = {a, b};
    for (std::size_t i = 0; i < 2; ++i) {
      cells_[i] = {.column = static_cast<std::uint32_t>(i),
                   .kind = texts_[i].empty() ? ValueKind::kNull : ValueKind::kCsvText,
                   .number = 0,
                   .integer = 0,
                   .text = texts_[i]};
    }
    return {&cells_[0], &cells_[1]};
  }

 private:
  std::vector<std::string> texts_;
  Cell cells_[2];
};

}  // namespace

TEST_CASE("segments are counted, sorted and found again") {
  Rows rows;
  SegmentKeys keys({"land", "art"}, {0, 1});
  for (int i = 0; i < 3; ++i) keys.count(rows.row("de", "x"));
  keys.count(rows.row("at", "a,b=c\\d"));
  keys.count(rows.row("", "x"));
  keys.count({nullptr, nullptr});
  CHECK(!keys.keep_most_frequent());
  CHECK(keys.keys() == std::vector<std::string>{R"(land=at,art=a\,b\=c\\d)", "land=de,art=x"});
  CHECK(keys.rows() == std::vector<std::uint64_t>{1, 3});
  CHECK(keys.find(rows.row("de", "x")) == 1U);
  CHECK(!keys.find(rows.row("de", "y")));
  CHECK(!keys.find(rows.row("", "x")));
}

TEST_CASE("only the most frequent are kept") {
  Rows rows;
  SegmentKeys keys({"k"}, {0});
  for (int i = 0; i < 1500; ++i) {
    for (int repeat = 0; repeat < (i < 900 ? 1 : 2); ++repeat) keys.count(rows.row(std::to_string(10'000 + i), ""));
  }
  CHECK(keys.keep_most_frequent());
  CHECK(keys.size() == kKeptSegments);
  CHECK(keys.find(rows.row("11499", "")).has_value());
  CHECK(keys.find(rows.row("10399", "")).has_value());  // ties by bytes: 10000 to 10399 stay
  CHECK(!keys.find(rows.row("10400", "")).has_value());
}

}  // namespace driftd
