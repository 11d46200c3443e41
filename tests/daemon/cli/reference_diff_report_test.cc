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
)");
}

TEST_CASE("one JSON document, with a reason where a number is missing") {
  const std::string json = reference_diff_json(sample().diff());
  JsonFlattener flattener;
  REQUIRE_FALSE(flattener.flatten(json));
  CHECK(json == "");
}

}  // namespace driftd
