#include "daemon/cli/test_rows.h"

#include <doctest/doctest.h>

#include <set>

#include "tests/daemon/engine_fixture.h"
#include "tests/temp_folder.h"

using namespace driftd;

namespace {

RowPart part() {
  RowPart part;
  part.place = "t.yaml:5:9";
  return part;
}

std::vector<std::string> made(const RowPart& one, const std::string& reference_path = "") {
  const auto reference = engine_fixture::make_reference();
  const auto rows = make_rows({one}, {reference_path, *reference});
  REQUIRE_MESSAGE(rows.has_value(), (rows ? "" : rows.error().message));
  return *rows;
}

std::string refused(const RowPart& one, const std::string& reference_path = "") {
  const auto reference = engine_fixture::make_reference();
  const auto rows = make_rows({one}, {reference_path, *reference});
  REQUIRE_FALSE(rows.has_value());
  return rows.error().message;
}

}  // namespace

TEST_CASE("lines are taken as they stand, whatever they are") {
  RowPart lines = part();
  lines.lines = "{\"a\": 1}\n\n{not json\n";
  CHECK(made(lines) == std::vector<std::string>{"{\"a\": 1}", "{not json"});
}

TEST_CASE("a row of CSV becomes the object that reads the same") {
  const TempFolder folder;
  RowPart file = part();
  // amount is a number of the reference, country a category; the others are neither.
  file.file = folder.write("rows.csv",
                           "amount,country,at,code,a.b\n"
                           "1.50,05,1700000000000000001,7,x\n"
                           ",,,,\n"
                           "nan,nan,1e3,0.5,\"q \"\"r\"\"\"\n"
                           "much,inf,-0,1.0,\n");
  CHECK(made(file) == std::vector<std::string>{
                          R"({"amount":1.5,"country":"05","at":1700000000000000001,"code":7,"a.b":"x"})",
                          "{}",
                          R"({"country":"nan","at":"1e3","code":0.5,"a.b":"q \"r\""})",
                          R"({"amount":"much","country":"inf","at":"-0","code":"1.0"})",
                      });
}

TEST_CASE("rows are drawn from all of a file, the same with the same seed") {
  const TempFolder folder;
  std::string text;
  for (int i = 0; i < 50; ++i) text += "{\"amount\":" + std::to_string(i) + "}\n";
  const std::string path = folder.write("rows.jsonl", text);
  RowPart draw = part();
  draw.draw = 1000;
  const auto first = made(draw, path);
  CHECK(first.size() == 1000);
  CHECK(std::set<std::string>(first.begin(), first.end()).size() == 50);
  CHECK(made(draw, path) == first);
  draw.seed = 2;
  CHECK(made(draw, path) != first);
  draw.of = path;
  CHECK(made(draw, "nowhere").size() == 1000);
}

TEST_CASE("shift adds to numbers, replace puts a JSON value or a text; nested fields by their path") {
  RowPart change = part();
  change.lines = "{\"amount\":1,\"o\":{\"p\":2.5},\"country\":\"DE\"}\n{\"amount\":null,\"o\":{\"p\":3}}\n";
  change.shift = {{"amount", 10.5}, {"o.p", -1}};
  change.replace = {{"country", "FR"}, {"label", "null"}};
  change.lines += "{\"label\":1}\n";
  CHECK(made(change) == std::vector<std::string>{
                            R"({"amount":11.5,"o":{"p":1.5},"country":"FR","label":null})",
                            R"({"amount":null,"o":{"p":2},"country":"FR","label":null})",
                            R"({"label":null,"country":"FR"})",
                        });
}

TEST_CASE("what cannot be made names its place") {
  const TempFolder folder;
  RowPart one = part();
  one.draw = 1;
  CHECK(refused(one, "train.ref") ==
        "t.yaml:5:9: draw: train.ref is a frozen reference, which holds no rows; name a file of rows: `of: FILE`");
  const std::string empty = folder.write("empty.jsonl", "\n");
  CHECK(refused(one, empty) == "t.yaml:5:9: draw: " + empty + " has no rows");
  one = part();
  one.file = folder.write("torn.csv", "amount,country\n1,DE\n2\n");
  CHECK(refused(one) == one.file + ": row 2: it has 1 fields, the header 2");
  one = part();
  one.lines = "{\"amount\":\"x\"}\n";
  one.shift = {{"amount", 1}};
  CHECK(refused(one) == "t.yaml:5:9: row 1: shift.amount: not a number in {\"amount\":\"x\"}");
  one.shift = {{"amuont", 1}};
  CHECK(refused(one) == "t.yaml:5:9: shift.amuont: no row has a number there; did you mean 'amount'?");
  one.shift.clear();
  one.replace = {{"cuontry", "DE"}};
  CHECK(refused(one) == "t.yaml:5:9: replace.cuontry: no row has this field; did you mean 'country'?");
  one.lines = "[1]\n";
  CHECK(refused(one) == "t.yaml:5:9: row 1: a record that is no JSON object cannot be changed");
}
