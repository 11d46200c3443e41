#include "daemon/table/csv_splitter.h"

#include <doctest/doctest.h>

#include <vector>

#include "tests/temp_folder.h"

namespace driftd {
namespace {

CsvRecordSplitter open(const std::string& path, char delimiter = ',') {
  auto input = GzipInput::open(path);
  REQUIRE(input);
  return CsvRecordSplitter(ChunkBuffer(std::move(*input)), delimiter);
}

// Records as `line:text`, or the error last.
std::vector<std::string> records(const std::string& path, char delimiter = ',') {
  auto splitter = open(path, delimiter);
  std::vector<std::string> found;
  for (;;) {
    const auto record = splitter.next();
    if (!record) found.push_back(record.error().message);
    if (!record || !*record) return found;
    found.push_back(std::to_string((*record)->line) + ":" + std::string((*record)->text));
  }
}

}  // namespace

TEST_CASE("a text becomes its records") {
  const TempFolder folder;
  const struct {
    const char* name;
    std::string_view input;
    std::vector<std::string> want;
  } rows[] = {
      {"empty", "", {}},
      {"only line endings", "\n\r\n\n", {}},
      {"LF", "a,b\n1,2\n", {"1:a,b", "2:1,2"}},
      {"CRLF", "a,b\r\n1,2\r\n", {"1:a,b", "2:1,2"}},
      {"no ending at the end", "a\n1", {"1:a", "2:1"}},
      {"empty lines are skipped and counted", "a\n\n\r\n1\n", {"1:a", "4:1"}},
      {"byte order mark",
       "\xEF\xBB\xBF"
       "a\n1\n",
       {"1:a", "2:1"}},
      {"only a byte order mark", "\xEF\xBB\xBF", {}},
      {"line endings in quotes", "a,b\n\"x\r\ny\n\",2\n3,4\n", {"1:a,b", "2:\"x\r\ny\n\",2", "5:3,4"}},
      {"doubled quotes", "\"a\"\"\n\",b\nc\n", {"1:\"a\"\"\n\",b", "3:c"}},
      {"quote inside a field opens nothing", "5\" pipe,x\ny\n", {"1:5\" pipe,x", "2:y"}},
      {"quote after a quoted field", "\"a\"x\"\nb\n", {"1:\"a\"x\"", "2:b"}},
      {"quote that is never closed", "a\n\"b\nc\n", {"1:a", "2:\"b\nc\n"}},
      {"quote at the very end", "a\n\"b\"", {"1:a", "2:\"b\""}},
      {"carriage return alone stays", "a\rb\n", {"1:a\rb"}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    CHECK(records(folder.write("x.csv", row.input)) == row.want);
  }
}

TEST_CASE("what opens a quoted field depends on the delimiter") {
  const TempFolder folder;
  CHECK(records(folder.write("x.csv", "a;\"b\nc\"\nd\n"), ';') == std::vector<std::string>{"1:a;\"b\nc\"", "3:d"});
}

TEST_CASE("records larger than the buffer, and pairs of quotes on its border") {
  const TempFolder folder;
  std::string text;
  std::vector<std::string> want;
  for (std::size_t i = 0; i < 40; ++i) {  // sizes around 1 MiB, where the buffer is refilled
    const std::string field((1 << 18) + i * 7, 'x');
    const std::string record = "\"" + field + "\"\"\n\"\"" + field + "\"," + std::to_string(i);
    want.push_back(std::to_string(1 + 2 * i) + ":" + record);
    text += record + "\n";
  }
  CHECK(records(folder.write("x.csv", text)) == want);
}

TEST_CASE("a quote left open does not fill the memory") {
  const TempFolder folder;
  const std::string text = "a\n\"" + std::string(kMaxRecordBytes + (4 << 20), 'x');
  const auto path = folder.write("x.csv", text);
  CHECK(records(path).back() == path + ":2:1: a record of more than 64 MiB: is a quote left open?");
}

TEST_CASE("the delimiter shows in the header") {
  CHECK(detect_delimiter("a,b;c,d") == ',');
  CHECK(detect_delimiter("a;b;c,d") == ';');
  CHECK(detect_delimiter("a\tb") == '\t');
  CHECK(detect_delimiter("a") == ',');
}

}  // namespace driftd
