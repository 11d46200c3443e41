// SQLite as values that own what they opened. The first error of a database stays until it is taken; from then on every call is
// without effect, so a caller does a whole piece of work and asks ok() once at its end. One thread a Database.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace driftd {

inline constexpr int kOtherSchema = -1;  // ours: a whole database, but not with the tables that are expected

struct SqliteError {
  int code = 0;  // of SQLite, extended; 0: none
  std::string message;
  bool damaged() const;  // the file is not a database, no longer a whole one, or of another schema
};

class Database;

// A prepared statement. start() before each use; values are bound in order. Must not outlive its database.
class Statement {
 public:
  Statement() = default;

  Statement& start();
  Statement& add(std::int64_t value);
  Statement& add(std::uint64_t value) { return add(static_cast<std::int64_t>(value)); }
  Statement& add(bool value) { return add(static_cast<std::int64_t>(value)); }
  Statement& add(double value);            // NaN is NULL
  Statement& add(std::string_view value);  // must live until the statement has run
  Statement& add(const char* value) { return add(std::string_view(value)); }
  Statement& add_blob(std::string_view value);

  bool row();  // the next row; false: no more, or an error
  void run();  // for statements without rows

  // Of the row, by column; the views live until the next row() or start().
  std::int64_t integer(int column) const;
  double real(int column) const;  // NULL is NaN
  std::string_view text(int column) const;
  std::string_view blob(int column) const;

 private:
  friend class Database;
  struct Close {
    void operator()(sqlite3_stmt* statement) const;
  };
  Database* database_ = nullptr;
  std::unique_ptr<sqlite3_stmt, Close> statement_;
  int bound_ = 0;
};

class Database {
 public:
  enum class Access : std::uint8_t { kRead, kWrite };  // kWrite makes the file where there is none

  // Never null; a file that cannot be opened gives a database that is not ok().
  static std::unique_ptr<Database> open(const std::string& path, Access access);
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  bool ok() const { return error_.code == 0; }
  SqliteError take_error();  // ok() again

  void run(const char* sql);  // one or more statements without rows
  Statement prepare(std::string_view sql);
  std::int64_t integer(const char* sql);  // of the first row; 0 where there is none
  std::int64_t last_id() const;
  std::int64_t changes() const;
  // Ends a statement that runs longer than this, as an error; 0: none.
  void limit_statement_ms(int milliseconds);

 private:
  friend class Statement;
  struct Deadline;
  Database() = default;
  void fail(int code);

  sqlite3* handle_ = nullptr;
  SqliteError error_;
  std::unique_ptr<Deadline> deadline_;
};

}  // namespace driftd
