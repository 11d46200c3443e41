#include "daemon/window/segment_index.h"

#include <doctest/doctest.h>

#include "detectors/reference/cells.h"

namespace driftd {
namespace {

// One row per pair; categorical column 0 holds the first text, column 1 the second.
RecordBatch make_rows(const std::vector<std::pair<std::string, std::string>>& pairs) {
  RecordBatch batch;
  batch.category.assign(2 * kColumnStride, 0);
  for (const auto& [first, second] : pairs) {
    batch.category[batch.rows] = hash_category(first);
    batch.category[kColumnStride + batch.rows] = hash_category(second);
    ++batch.rows;
  }
  return batch;
}

std::vector<std::uint32_t> found(const SegmentPlan& plan, const RecordBatch& batch) {
  std::vector<std::uint32_t> segments(batch.rows, 99);
  SegmentIndex(plan).find(batch, segments.data());
  return segments;
}

}  // namespace

TEST_CASE("without declared segments every row is in all") {
  CHECK(found({}, make_rows({{"a", "x"}, {"b", "y"}})) == std::vector<std::uint32_t>{0, 0});
}

TEST_CASE("a row finds its declared segment, or the last one") {
  SegmentPlan plan;
  plan.columns = {1};
  plan.declared = {{hash_category("x")}, {hash_category("y")}};
  CHECK(found(plan, make_rows({{"x", "y"}, {"y", "x"}, {"x", "z"}})) == std::vector<std::uint32_t>{2, 1, 3});
}

TEST_CASE("the order of the columns counts: (a, b) is not (b, a)") {
  SegmentPlan plan;
  plan.columns = {0, 1};
  plan.declared = {{hash_category("a"), hash_category("b")}, {hash_category("b"), hash_category("a")}};
  CHECK(found(plan, make_rows({{"a", "b"}, {"b", "a"}, {"a", "a"}, {"b", "b"}})) == std::vector<std::uint32_t>{1, 2, 3, 3});
}

TEST_CASE("a value that is missing is in the last segment") {
  SegmentPlan plan;
  plan.columns = {0};
  plan.declared = {{hash_category("a")}};
  RecordBatch batch = make_rows({{"a", ""}});
  batch.category[0] = 0;  // what the decoder leaves for a value that is not valid
  CHECK(found(plan, batch) == std::vector<std::uint32_t>{2});
}

TEST_CASE("a thousand segments are told apart") {
  SegmentPlan plan;
  plan.columns = {0};
  for (int i = 0; i < 1000; ++i) plan.declared.push_back({hash_category("v" + std::to_string(i))});
  const SegmentIndex index(plan);
  for (int i = 0; i < 1000; ++i) {
    std::uint32_t segment = 0;
    index.find(make_rows({{"v" + std::to_string(i), ""}}), &segment);
    CHECK(segment == static_cast<std::uint32_t>(i) + 1);
  }
}

}  // namespace driftd
