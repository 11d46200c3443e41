#include "daemon/table/table_reader.h"

#include <doctest/doctest.h>

#include "tests/daemon/table/table_rows.h"
#include "tests/temp_folder.h"

namespace driftd {

TEST_CASE("the format follows the name, else the first byte") {
  const TempFolder folder;
  const std::vector<std::string> json{"a=1"}, csv{"{\"a\":1}=2"};
  CHECK(table_rows(folder.write("x.jsonl", "{\"a\":1}\n")) == json);
  CHECK(table_rows(folder.write("x.ndjson.gz", "{\"a\":1}\n")) == json);
  CHECK(table_rows(folder.write("x", "\n {\"a\":1}\n")) == json);
  CHECK(table_rows(folder.write("x.csv", "{\"a\":1}\n2\n")) == csv);
  CHECK(table_rows(folder.write("rows", "a\n1\n")) == json);
}

}  // namespace driftd
