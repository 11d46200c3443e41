#include "daemon/decode/csv_record.h"

#include <doctest/doctest.h>

namespace driftd {

TEST_CASE("a record becomes its fields") {
  const struct {
    const char* name;
    std::string_view input;
    std::vector<std::string_view> want;
  } rows[] = {
      {"plain", "a,b,c", {"a", "b", "c"}},
      {"empty record is one empty field", "", {""}},
      {"empty fields", ",,", {"", "", ""}},
      {"blanks belong to the field", " a , b ", {" a ", " b "}},
      {"quoted", R"("a","b")", {"a", "b"}},
      {"quoted delimiter", R"("a,b",c)", {"a,b", "c"}},
      {"quoted line ending", "\"a\r\nb\",c", {"a\r\nb", "c"}},
      {"doubled quotes", R"("a""b",c)", {R"(a"b)", "c"}},
      {"only doubled quotes", R"("""")", {R"(")"}},
      {"several fields with doubled quotes", R"("""a","b""","c""d""e")", {R"("a)", R"(b")", R"(c"d"e)"}},
      {"quoted and empty", R"("",a,"")", {"", "a", ""}},
      {"quote inside a plain field", R"(5" pipe,"x")", {R"(5" pipe)", "x"}},
      {"trailing delimiter after a quote", R"("a",)", {"a", ""}},
      {"UTF-8", "grün,€", {"grün", "€"}},
  };
  CsvFields fields;
  for (const auto& row : rows) {
    CAPTURE(row.name);
    CHECK(!fields.split(row.input, ','));
    CHECK(std::vector(fields.fields().begin(), fields.fields().end()) == row.want);
  }
}

TEST_CASE("records of any length, with every kind of byte at every place") {
  for (std::size_t size = 0; size < 70; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      CAPTURE(size);
      CAPTURE(at);
      std::string record(size, 'x');
      CsvFields fields;
      record[at] = ',';
      CHECK(!fields.split(record, ','));
      CHECK(std::vector(fields.fields().begin(), fields.fields().end()) ==
            std::vector<std::string_view>{std::string_view(record).substr(0, at), std::string_view(record).substr(at + 1)});
      for (const char byte : {'\0', '\r'}) {
        record[at] = byte;
        const auto error = fields.split(record, ',');
        REQUIRE(error);
        CHECK(error->offset == at);
      }
      record[at] = '"';
      CHECK(fields.split(record, ',').has_value() == (at == 0));
      CHECK((at == 0 || fields[0] == record));
    }
  }
}

TEST_CASE("fields have the record's room around them, those with doubled quotes too") {
  const std::string_view text = R"(1,"2","3""")";
  const std::string record = std::string(kFieldRoom, '\0') + std::string(text) + std::string(kFieldRoom, '\0');
  CsvFields fields;
  REQUIRE(!fields.split(std::string_view(record).substr(kFieldRoom, text.size()), ','));
  REQUIRE(fields.size() == 3);
  int zeros = 0;
  for (std::size_t i = 1; i <= kFieldRoom; ++i) zeros += fields[2].data()[-static_cast<std::ptrdiff_t>(i)] == '\0';
  for (std::size_t i = 0; i < kFieldRoom; ++i) zeros += fields[2].data()[fields[2].size() + i] == '\0';
  CHECK(zeros == 2 * kFieldRoom);
}

TEST_CASE("other delimiters") {
  CsvFields fields;
  CHECK(!fields.split("a,b;\"c;d\"", ';'));
  CHECK(std::vector(fields.fields().begin(), fields.fields().end()) == std::vector<std::string_view>{"a,b", "c;d"});
}

TEST_CASE("a record that is refused says which byte and why") {
  const struct {
    const char* name;
    std::string_view input;
    std::size_t offset;
    std::string_view what;
  } rows[] = {
      {"text after a quote", R"(a,"b"c)", 5, "text after a closing quote"},
      {"blank after a quote", R"("a" ,b)", 3, "text after a closing quote"},
      {"never closed", R"(a,"b,c)", 2, "quote that is never closed"},
      {"never closed after a doubled quote", R"("a"")", 0, "quote that is never closed"},
      {"NUL", std::string_view("a,\0b", 4), 2, "NUL byte"},
      {"NUL in quotes", std::string_view("\"a\0b\"", 5), 2, "NUL byte"},
      {"bare carriage return", "a\rb", 1, "carriage return outside quotes"},
      {"bare carriage return beside quotes", "\"a\",b\rc", 5, "carriage return outside quotes"},
  };
  CsvFields fields;
  for (const auto& row : rows) {
    CAPTURE(row.name);
    const auto error = fields.split(row.input, ',');
    REQUIRE(error);
    CHECK(error->offset == row.offset);
    CHECK(error->what == row.what);
  }
}

TEST_CASE("fields with doubled quotes stay readable in a record of 10 MB") {
  const std::string big(10'000'000, 'x');
  const std::string record = "\"a\"\"" + big + "\",b,\"c\"\"d\"";
  CsvFields fields;
  CHECK(!fields.split(record, ','));
  REQUIRE(fields.size() == 3);
  CHECK(fields[0] == "a\"" + big);
  CHECK(fields[2] == "c\"d");
}

TEST_CASE("a byte of a record has a line and a column") {
  CHECK(position_in("abc", 0, 7) == TextPosition{7, 1});
  CHECK(position_in("abc", 2, 7) == TextPosition{7, 3});
  CHECK(position_in("\"a\nbc\"d", 6, 7) == TextPosition{8, 4});
}

}  // namespace driftd
