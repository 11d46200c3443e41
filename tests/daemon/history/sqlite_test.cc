#include "daemon/history/sqlite.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "tests/temp_folder.h"

using namespace driftd;

TEST_CASE("values come back as they were") {
  const TempFolder folder;
  const auto db = Database::open(folder.path("a.db"), Database::Access::kWrite);
  db->run("CREATE TABLE t(i INTEGER, r REAL, s TEXT, b BLOB)");
  Statement add = db->prepare("INSERT INTO t VALUES(?, ?, ?, ?)");
  add.start().add(std::numeric_limits<std::int64_t>::min()).add(0.1).add("").add_blob(std::string_view("a\0b", 3)).run();
  add.start().add(true).add(std::nan("")).add(std::string_view("\xc3\xa4")).add_blob({}).run();
  Statement get = db->prepare("SELECT i, r, s, b, r IS NULL, s IS NULL, b IS NULL FROM t ORDER BY i");
  REQUIRE(get.start().row());
  CHECK(get.integer(0) == std::numeric_limits<std::int64_t>::min());
  CHECK(get.real(1) == 0.1);
  CHECK(get.text(2).empty());
  CHECK(get.blob(3) == std::string_view("a\0b", 3));
  CHECK(get.integer(5) == 0);
  REQUIRE(get.row());
  CHECK(get.integer(0) == 1);
  CHECK(std::isnan(get.real(1)));
  CHECK(get.integer(4) == 1);
  CHECK(get.text(2) == "\xc3\xa4");
  CHECK(get.integer(6) == 0);
  CHECK_FALSE(get.row());
  CHECK(db->ok());
}

TEST_CASE("the first error stays and nothing happens after it, until it is taken") {
  const TempFolder folder;
  const auto db = Database::open(folder.path("a.db"), Database::Access::kWrite);
  db->run("CREATE TABLE t(i INTEGER PRIMARY KEY)");
  Statement add = db->prepare("INSERT INTO t VALUES(?)");
  add.start().add(std::int64_t{1}).run();
  add.start().add(std::int64_t{1}).run();
  CHECK_FALSE(db->ok());
  add.start().add(std::int64_t{2}).run();
  db->run("DROP TABLE nothing");
  const SqliteError error = db->take_error();
  CHECK(error.message == "UNIQUE constraint failed: t.i");
  CHECK_FALSE(error.damaged());
  CHECK(db->ok());
  CHECK(db->integer("SELECT count(*) FROM t") == 1);
  Statement broken = db->prepare("SELEC 1");
  CHECK_FALSE(broken.start().add(1.0).row());
  CHECK_FALSE(db->ok());
}

TEST_CASE("a file that is no database is damaged, one that is not there is not") {
  const TempFolder folder;
  folder.write("noise.db", std::string(8192, 'x'));
  const auto noise = Database::open(folder.path("noise.db"), Database::Access::kWrite);
  noise->run("CREATE TABLE t(i)");
  CHECK(noise->take_error().damaged());
  const auto none = Database::open(folder.path("none.db"), Database::Access::kRead);
  CHECK_FALSE(none->ok());
  CHECK_FALSE(none->take_error().damaged());
  const auto nowhere = Database::open(folder.path("no/where.db"), Database::Access::kWrite);
  nowhere->run("CREATE TABLE t(i)");
  CHECK(nowhere->take_error().message == "unable to open database file");
}

TEST_CASE("a statement that runs too long is ended") {
  const TempFolder folder;
  const auto db = Database::open(folder.path("a.db"), Database::Access::kWrite);
  db->limit_statement_ms(20);
  Statement endless = db->prepare("WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c");
  CHECK_FALSE(endless.start().row());
  CHECK(db->take_error().message == "interrupted");
  Statement quick = db->prepare("SELECT 1");
  CHECK(quick.start().row());
}
