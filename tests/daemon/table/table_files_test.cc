#include "daemon/table/table_files.h"

#include <doctest/doctest.h>

#include "tests/daemon/table/table_rows.h"
#include "tests/temp_folder.h"

namespace driftd {
namespace {

std::vector<std::string> rows_of(TableFiles& files) {
  std::vector<std::string> rows;
  const auto read = files.read([&](std::span<const Cell> cells) -> std::expected<void, TableError> {
    std::string row;
    for (const auto& cell : cells) row += (row.empty() ? "" : " ") + files.columns()[cell.column] + "=" + shown(cell);
    rows.push_back(row);
    return {};
  });
  if (!read) rows.push_back(read.error().message);
  return rows;
}

}  // namespace

TEST_CASE("files are one table: columns by name, rows in order, as often as wanted") {
  const TempFolder folder;
  auto files = TableFiles::of(
      {folder.write("a.csv", "x,y\n1,2\n"), folder.write("b.csv", "y,z\n3,4\n"), folder.write("c.jsonl", "{\"z\":5,\"x\":6}\n")}, {});
  REQUIRE(files);
  const std::vector<std::string> want{"x=1 y=2", "y=3 z=4", "z=5 x=6"};
  CHECK(rows_of(*files) == want);
  CHECK(rows_of(*files) == want);
  CHECK(files->columns() == std::vector<std::string>{"x", "y", "z"});
  CHECK(files->find("z") == 2U);
  CHECK(!files->find("w"));
}

TEST_CASE("an error of any file ends the reading; a visitor's too") {
  const TempFolder folder;
  const auto good = folder.write("a.csv", "x\n1\n"), bad = folder.write("b.csv", "x\n1,2\n");
  auto files = TableFiles::of({good, bad}, {});
  REQUIRE(files);
  CHECK(rows_of(*files) == std::vector<std::string>{"x=1", bad + ":2:2: this record has 2 fields, the header 1"});
  const TableError stop{TableError::Kind::kIo, "stop"};
  const auto read = files->read([&](std::span<const Cell>) -> std::expected<void, TableError> { return std::unexpected(stop); });
  REQUIRE(!read);
  CHECK(read.error() == stop);
  CHECK(!TableFiles::of({"-", "-"}, {}));
}

TEST_CASE("what is to be said is said once") {
  const TempFolder folder;
  int said = 0;
  auto files = TableFiles::of({folder.write("a.csv", "x;y\n1;2\n")}, [&](const std::string&) { ++said; });
  REQUIRE(files);
  rows_of(*files);
  rows_of(*files);
  CHECK(said == 1);
}

}  // namespace driftd
