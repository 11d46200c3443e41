#include "daemon/table/csv_reader.h"

#include <doctest/doctest.h>

#include "tests/daemon/table/table_rows.h"
#include "tests/temp_folder.h"

namespace driftd {
namespace {

using Rows = std::vector<std::string>;

}  // namespace

TEST_CASE("hostile CSV is read as documented, or refused with line and column") {
  const TempFolder folder;
  const std::string x = folder.path("x.csv");
  const struct {
    const char* name;
    std::string_view input;
    Rows want;
  } rows[] = {
      {"plain", "a,b\n1,x\n2,\n", {"a=1 b=x", "a=2 b=null"}},
      {"CRLF, byte order mark, quotes",
       "\xEF\xBB\xBF"
       "a,b\r\n\"1\",\"x,\"\"y\"\"\r\nz\"\r\n",
       {"a=1 b=x,\"y\"\r\nz"}},
      {"a quoted empty cell is null", "a,b\n\"\",1\n", {"a=null b=1"}},
      {"header only", "a,b\n", {}},
      {"unnamed column", ",a\n0,1\n", {"=0 a=1"}},
      {"empty file", "", {x + ":1:1: no header: the file is empty"}},
      {"too many fields", "a,b\n1,2\n1,2,3\n", {"a=1 b=2", x + ":3:4: this record has 3 fields, the header 2"}},
      {"too many fields, quoted", "a,b\n\"1,2\",\"\n\",3\n", {x + ":3:2: this record has 3 fields, the header 2"}},
      {"too few fields", "a,b\n12\n", {x + ":2:3: this record has 1 fields, the header 2"}},
      {"text after a quote", "a,b\n\"1\"x,2\n", {x + ":2:4: text after a closing quote"}},
      {"quote never closed", "a,b\n1,\"2\n3,4\n", {x + ":2:3: quote that is never closed"}},
      {"NUL", std::string_view("a,b\n1,\0\n", 8), {x + ":2:3: NUL byte"}},
      {"NUL in quotes, a line on", std::string_view("a,b\n1,\"\nx\0\"\n", 12), {x + ":3:2: NUL byte"}},
      {"carriage return alone", "a,b\n1\r,2\n", {x + ":2:2: carriage return outside quotes"}},
      {"Latin-1", "a,b\n1,gr\xFCn\n", {x + ":2:5: not UTF-8"}},
      {"UTF-16",
       std::string_view("\xFF\xFE"
                        "a\0,\0b\0\n\0",
                        10),
       {x + ":1:1: not UTF-8"}},
      {"two columns of one name", "a,b,a\n", {x + ":1:1: columns 1 and 3 are both named 'a'"}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    CHECK(table_rows(folder.write("x.csv", row.input)) == row.want);
  }
}

TEST_CASE("records come in blocks, up to a bad one or one with doubled quotes") {
  const TempFolder folder;
  const auto path = folder.write("x.csv", "a,b\n1,2\n3,4\n\"5\"\"\",6\n7,8\n9,10\n11\n12,13\n");
  auto input = GzipInput::open(path);
  REQUIRE(input);
  auto reader = read_table(std::move(*input), {});
  REQUIRE(reader);
  std::vector<std::size_t> rows;
  for (auto more = (*reader)->next();; more = (*reader)->next()) {
    if (!more) {
      CHECK(more.error().message == path + ":7:3: this record has 1 fields, the header 2");
      CHECK(!(*reader)->next());
      break;
    }
    REQUIRE(*more);
    rows.push_back((*reader)->block().rows);
  }
  CHECK(rows == std::vector<std::size_t>{3, 2});
}

TEST_CASE("a field of 10 MB is read") {
  const TempFolder folder;
  const std::string big(10'000'000, 'x');
  CHECK(table_rows(folder.write("x.csv", "a,b\n1," + big + "\n2,\"" + big + "\"\"\"\n")) == Rows{"a=1 b=" + big, "a=2 b=" + big + "\""});
}

TEST_CASE("another delimiter is found and said") {
  const TempFolder folder;
  std::vector<std::string> said;
  const TableOptions options{.say = [&](const std::string& text) { said.push_back(text); }, .tap = {}};
  const auto path = folder.write("x.csv", "a;b\n1;\"2;3\"\n");
  CHECK(table_rows(path, options) == Rows{"a=1 b=2;3"});
  CHECK(said == std::vector{path + ": columns are separated by semicolons, as its header shows"});
  CHECK(table_rows(folder.write("x.tsv", "a\tb\n1\t2\n")) == Rows{"a=1 b=2"});
}

TEST_CASE("the tap sees every byte once") {
  const TempFolder folder;
  std::string seen;
  const std::string text = "a\n" + std::string(3 << 20, '1') + "\n2\n";
  table_rows(folder.write("x.csv", text), {.say = {}, .tap = [&](std::string_view bytes) { seen += bytes; }});
  CHECK(seen == text);
}

}  // namespace driftd
