#include "daemon/table/jsonl_reader.h"

#include <doctest/doctest.h>

#include "tests/daemon/table/table_rows.h"
#include "tests/temp_folder.h"

namespace driftd {
namespace {

using Rows = std::vector<std::string>;

}  // namespace

TEST_CASE("JSON lines become rows, or are refused with line and column") {
  const TempFolder folder;
  const std::string x = folder.path("x.jsonl");
  const struct {
    const char* name;
    std::string_view input;
    Rows want;
  } rows[] = {
      {"empty", "", {}},
      {"scalars", "{\"a\":1,\"b\":\"x\",\"c\":true,\"d\":null}\n", {"a=1 b='x' c=true d=null"}},
      {"other fields, other order", "{\"a\":1,\"b\":2}\n{\"b\":3,\"a\":4}\n{\"c\":5}", {"a=1 b=2", "b=3 a=4", "c=5"}},
      {"nested, arrays", "{\"a\":{\"b\":[1],\"c\":2}}\n", {"a.b=container a.c=2"}},
      {"the first of duplicates", "{\"a\":1,\"a\":2}\n{\"a\":3}\n", {"a=1", "a=3"}},
      {"CRLF, blank lines, mark", "\xEF\xBB\xBF{\"a\":1}\r\n\r\n \n{\"a\":2}\r\n", {"a=1", "a=2"}},
      {"large integer", "{\"a\":18446744073709551615}\n", {"a=18446744073709551615"}},
      {"array", "{\"a\":1}\n[1]\n", {"a=1", x + ":2:1: a JSON object is wanted"}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    CHECK(table_rows(folder.write("x.jsonl", row.input)) == row.want);
  }
  CHECK(table_rows(folder.write("x.jsonl", "{\"a\":1}\n\n{\"a\":nul}\n")).back().starts_with(x + ":3:"));
}

TEST_CASE("keys that should be values do not fill the memory") {
  const TempFolder folder;
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += "{\"k" + std::to_string(i) + "\":1}\n";
  const auto path = folder.write("x.jsonl", text);
  CHECK(table_rows(path).back() == path + ":10001:1: more than 10000 different fields");
}

}  // namespace driftd
