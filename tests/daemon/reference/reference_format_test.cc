#include "daemon/reference/reference_format.h"

#include <doctest/doctest.h>

#include <cmath>
#include <numeric>

namespace driftd {
namespace {

FeatureReference numeric_feature() {
  FeatureReference feature;
  feature.name = "amount";
  feature.numeric = {.discrete = false, .edges = {-1.5, 0.0, 1e300}, .coarse = {0, 2, 4}};
  feature.segments = {{{1, 2, 3, 4}, {10, 1, 1, 0, 0, 0, 0}}, {{1, 0, 0, 4}, {5, 0, 0, 0, 0, 0, 0}}};
  feature.min = -7;
  feature.max = 1e301;
  feature.mean = 0.1;
  feature.standard_deviation = 2;
  feature.q0001 = feature.q001 = -7;
  feature.q25 = 0.25;
  feature.q75 = 0.75;
  feature.q999 = feature.q9999 = 1e301;
  feature.sum_exponent = -940;
  feature.distinct = 9;
  return feature;
}

FeatureReference category_feature() {
  FeatureReference feature;
  feature.name = "colour";
  feature.type = FeatureType::kCategorical;
  feature.categories = {.dictionary = {"red", "grün"}, .known_hashes = {1, 5, 0xFFFFFFFFFFFFFFFF}, .seen_once = 1, .seen_twice = 0};
  feature.segments = {{{6, 5, 1, 0}, {12, 0, 0, 0, 0, 0, 0}}, {{1, 3, 0, 0}, {4, 0, 1, 0, 0, 0, 0}}};
  return feature;
}

Reference sample() {
  Reference reference;
  reference.source_sha256 = std::string(64, 'a');
  reference.rows = 12;
  reference.created_us = 1'772'359'500'000'000;
  reference.time_column = "event_time";
  reference.prediction_column = "predicted";
  reference.label_column = "label";
  reference.segment_by = {"country"};
  reference.segments = {"country=de"};
  reference.segment_rows = {12, 5};
  reference.features = {numeric_feature(), category_feature()};
  reference.id = reference_id(reference);
  return reference;
}

std::string error_of(std::string_view bytes) {
  const auto decoded = decode_reference(bytes);
  return decoded ? "no error" : decoded.error();
}

}  // namespace

TEST_CASE("a reference comes back as it was written") {
  const auto decoded = decode_reference(encode_reference(sample()));
  REQUIRE(decoded);
  CHECK(*decoded == sample());
  CHECK(decoded->id.size() == 12);
  Reference nothing;
  nothing.segment_rows = {0};
  const auto empty = decode_reference(encode_reference(nothing));
  REQUIRE(empty);
  CHECK(empty->features.empty());
}

TEST_CASE("a column of nothing but atoms comes back") {  // whole numbers of a skewed column: more edges than cells were asked for
  std::vector<ValueCount> values;
  for (int value = 0; value < 256; ++value) values.push_back({static_cast<double>(value), 2});
  Reference reference;
  reference.rows = 512;
  reference.segment_rows = {512};
  reference.features = {numeric_feature()};
  auto& feature = reference.features[0];
  feature.numeric = freeze_numeric_cells(values, false);
  REQUIRE(feature.numeric.edges.size() == kMostEdges);
  feature.segments = {{count_cells(feature.numeric, values), {512, 0, 0, 0, 0, 0, 0}}};
  reference.id = reference_id(reference);
  const auto decoded = decode_reference(encode_reference(reference));
  REQUIRE_MESSAGE(decoded, error_of(encode_reference(reference)));
  CHECK(*decoded == reference);
}

TEST_CASE("the id follows from the content, not from itself") {
  auto other = sample();
  other.id = "something";
  CHECK(encode_reference(other) == encode_reference(sample()));
  other.features[0].mean = 0.2;
  CHECK(reference_id(other) != reference_id(sample()));
}

TEST_CASE("every flipped bit is noticed") {
  const std::string good = encode_reference(sample());
  for (std::size_t i = 0; i < good.size() * 8; ++i) {
    std::string bad = good;
    bad[i / 8] = static_cast<char>(bad[i / 8] ^ (1 << (i % 8)));
    CAPTURE(i);
    CHECK(!decode_reference(bad));
  }
}

TEST_CASE("every cut and every addition is noticed") {
  const std::string good = encode_reference(sample());
  for (std::size_t size = 0; size < good.size(); ++size) {
    CAPTURE(size);
    CHECK(!decode_reference(good.substr(0, size)));
  }
  CHECK(error_of(good + "x") == "byte " + std::to_string(good.size()) + ": something follows the end");
}

TEST_CASE("a message says what is wrong and where") {
  const std::string good = encode_reference(sample());
  const auto changed = [&](std::size_t at, char by) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ by);
    return bad;
  };
  CHECK(error_of("") == "not a driftd reference: it does not begin with `driftref`");
  CHECK(error_of("a,b\n1,2\n") == "not a driftd reference: it does not begin with `driftref`");
  CHECK(error_of("driftref") == "the file is cut off in its version");
  CHECK(error_of(changed(8, 3)) == "version 1 is unknown: this driftd reads version 2");
  CHECK(error_of(good.substr(0, 20)) == "section 1 at byte 12: the file is cut off");
  CHECK(error_of(changed(30, 1)) == "section 1 at byte 12: its checksum does not match");
  CHECK(error_of(changed(20, 64)).starts_with("section 1 at byte 12: it says "));
}

TEST_CASE("well-formed bytes with impossible content are refused") {
  const struct {
    const char* name;
    void (*change)(Reference&);
    const char* want;
  } rows[] = {
      {"edges", [](Reference& r) { r.features[0].numeric.edges[1] = -1.5; }, "feature 'amount': its edges are not increasing"},
      {"NaN edge", [](Reference& r) { r.features[0].numeric.edges[1] = std::nan(""); }, "feature 'amount': an edge is not finite"},
      {"coarse", [](Reference& r) { r.features[0].numeric.coarse.back() = 9; }, "feature 'amount': its coarse cells do not cover"},
      {"hashes", [](Reference& r) { r.features[1].categories.known_hashes[0] = 5; }, "feature 'colour': its hashes are not sorted"},
      {"cells", [](Reference& r) { r.features[0].segments[0].cells.pop_back(); }, "feature 'amount': its counts do not fit its cells"},
      {"counts", [](Reference& r) { ++r.features[0].segments[0].cells[0]; }, "feature 'amount': its cells do not sum"},
      {"classes", [](Reference& r) { ++r.features[0].segments[1].classes[2]; }, "feature 'amount': its value classes do not sum"},
      {"segments", [](Reference& r) { r.features[0].segments.pop_back(); }, "feature 'amount': it lacks counts of a segment"},
      {"order", [](Reference& r) { std::swap(r.features[0], r.features[1]); }, "feature 'amount': features are not sorted"},
      {"rows", [](Reference& r) { r.rows = 1; }, "section 1 at byte 12: its rows differ"},
      {"rows without end", [](Reference& r) { r.rows = r.segment_rows[0] = (1ULL << 53) + 1; }, "section 1 at byte 12: its rows are more"},
      {"time", [](Reference& r) { r.created_us = INT64_MAX; }, "section 1 at byte 12: its newest event time is out of range"},
      {"edges without end",
       [](Reference& r) {
         r.features[0].numeric.edges.resize(70'000);
         std::iota(r.features[0].numeric.edges.begin(), r.features[0].numeric.edges.end(), 0);
       },
       "feature 'amount': its edges are too many"},
      {"a sum that wraps",
       [](Reference& r) {
         r.features[0].segments[0].cells[0] += 1ULL << 63;
         r.features[0].segments[0].cells[1] += 1ULL << 63;
       },
       "feature 'amount': it counts more than its rows"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    auto reference = sample();
    row.change(reference);
    const auto error = error_of(encode_reference(reference));
    CAPTURE(error);
    CHECK(error.find(row.want) != std::string::npos);
  }
}

}  // namespace driftd
