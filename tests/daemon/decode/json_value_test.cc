#include "daemon/decode/json_value.h"

#include <doctest/doctest.h>

#include <cmath>

#include "detectors/reference/cells.h"
#include "tests/daemon/decode/decode_fixture.h"

namespace driftd {

TEST_CASE("what each way of reading a field takes of each kind of value") {
  using enum ValueClass;
  struct Row {
    std::string name;
    JsonValue value;
    ValueClass number_class;
    ValueClass category_class;
    std::string category;
    bool has_time;
  };
  const Row rows[] = {
      {"null", {}, kNull, kNull, "", false},
      {"boolean", {.kind = JsonKind::kBoolean, .boolean = true}, kWrongType, kValid, "true", false},
      {"integer", {.kind = JsonKind::kInteger, .integer = -3, .number = -3}, kValid, kValid, "-3", true},
      {"unsigned", {.kind = JsonKind::kUnsigned, .whole = ~0ULL, .number = 0x1p64}, kValid, kValid, "18446744073709551615", false},
      {"double", {.kind = JsonKind::kDouble, .number = 2.5}, kValid, kValid, "2.5", false},
      {"string", {.kind = JsonKind::kString, .text = "1970-01-01T00:00:00Z"}, kWrongType, kValid, "1970-01-01T00:00:00Z", true},
      {"container", {.kind = JsonKind::kContainer}, kWrongType, kWrongType, "", false},
  };
  const DecodePlan plan = test_plan();
  for (const Row& row : rows) {
    CAPTURE(row.name);
    FieldTree fields(plan);
    JsonRow writer(plan);
    RecordBatch batch;
    reserve(plan, batch);
    for (const char* key : {"x", "ts", "p", "y"}) {
      const std::string text = std::string(key) + std::string(64, ' ');
      Field& field = fields.find(fields.root(), fields.root().first, std::string_view(text).substr(0, std::string_view(key).size()));
      if (key == std::string("x")) writer.start(batch);
      writer.take(field, row.value);
    }
    CHECK(batch.numeric_class[0] == row.number_class);
    if (row.number_class == kValid) CHECK(batch.numeric[0] == row.value.number);
    CHECK(batch.category_class[0] == row.category_class);
    if (row.category_class == kValid) CHECK(batch.category[0] == hash_category(row.category));
    CHECK(!writer.finish(message("")).has_value() == row.has_time);
    if (row.has_time) CHECK(batch.error[0] == 0);
  }
}

}  // namespace driftd
