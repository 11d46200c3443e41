#include "daemon/cli/reference_diff_report.h"

#include <doctest/doctest.h>

#include "daemon/decode/json_flatten.h"
#include "daemon/reference/reference_builder.h"
#include "tests/temp_folder.h"

namespace driftd {
namespace {

Reference built(const std::string& rows, const ReferenceOptions& options = {}) {
  const TempFolder folder;
  auto reference = build_reference({folder.write("rows.csv", rows)}, options);
  REQUIRE(reference);
  return std::move(*reference);
}

struct Sides {
  Reference a, b;
  DiffedReferences diff() const { return {"a.ref", "b.ref", a, b, diff_references(a, b)}; }
};

Sides sample() {
  std::string before = "at,kind,old,x\n", after = "at,kind,new,x\n";
  for (int i = 0; i < 50; ++i) {
    before += "2026-01-01T00:00:00Z," + std::string(i % 2 == 0 ? "u" : "v") + ",1.5," + std::to_string(i % 5) + "\n";
    after += "2026-02-01T00:00:00Z," + std::string(i % 2 == 0 ? "u" : "w") + ",1.5," + std::to_string(i % 4) + "\n";
  }
  Sides sides{built(before), built(after)};
  sides.a.id = "aaaaaaaaaaaa", sides.b.id = "bbbbbbbbbbbb";
  sides.b.label_column = "y";
  return sides;
}

}  // namespace

TEST_CASE("the page has the sides, what is set otherwise, and a line a feature, most moved first") {
  CHECK(reference_diff_page(sample().diff()) == R"(A  a.ref: reference aaaaaaaaaaaa, 50 rows, 3 features, newest row 2026-01-01T00:00:00Z
B  b.ref: reference bbbbbbbbbbbb, 50 rows, 3 features, newest row 2026-02-01T00:00:00Z
label: '' in A, 'y' in B

feature   moved       psi              ks           missing  min | q25 .. q75 | max, or categories
new      100.0%         -               -                 -  only in B
old      100.0%         -               -                 -  only in A
kind      50.0%     3.737               -      0.0% -> 0.0%  new 'w' 50.0%; gone 'v' 50.0%
x         20.0%    0.4619             0.2      0.0% -> 0.0%  0 | 1 .. 3 | 4  ->  0 | 0 .. 2 | 3
)");
}

TEST_CASE("a number that is not known is a dash, and its reason stands below once") {
  const Sides sides = sample();
  DiffedReferences diff = sides.diff();
  for (std::size_t i : {2U, 3U}) {
    diff.features[i].psi = kNoNumber;
    diff.features[i].psi_unknown = "because";
  }
  diff.features[3].ks_low = 0.125, diff.features[3].ks_high = 0.25;
  const std::string page = reference_diff_page(diff);
  CHECK(page.contains("x         20.0%         -  0.125 to 0.250      0.0% -> 0.0%  "));
  CHECK(page.ends_with("\n\nno psi for 2 features: because\n"));
  CHECK(reference_diff_json(diff).contains("\"psi\": null,\n   \"psi_unknown\": \"because\""));
}

TEST_CASE("one JSON document, with a reason where a number is missing") {
  const std::string json = reference_diff_json(sample().diff());
  JsonFlattener flattener;
  REQUIRE_FALSE(flattener.flatten(json));
  for (const char* part : {R"("name": "new",
   "change": "only_in_b",
   "type": {
    "b": "discrete"
   },
   "moved": 1
  })",
                           R"("total_variation_low": 0.5,
   "appeared": {
    "w": 0.5
   },
   "vanished": {
    "v": 0.5
   })",
                           R"("q75": {
    "a": 3,
    "b": 2
   })",
                           R"("id": "bbbbbbbbbbbb",
  "rows": 50,
  "created": "2026-02-01T00:00:00Z",
  "time": "at",
  "prediction": "",
  "label": "y",)"}) {
    CAPTURE(part);
    CHECK(json.contains(part));
  }
}

}  // namespace driftd
