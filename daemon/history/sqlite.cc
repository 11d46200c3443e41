#include "daemon/history/sqlite.h"

#include <sqlite3.h>

#include <chrono>
#include <cmath>
#include <utility>

namespace driftd {

namespace {

constexpr int kStepsBetweenLooks = 2000;  // of SQLite's machine, between two looks at the clock

}  // namespace

struct Database::Deadline {
  std::chrono::milliseconds limit{0};
  std::chrono::steady_clock::time_point end;
};

bool SqliteError::damaged() const {
  const int primary = code & 0xff;
  return code == kOtherSchema || primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB;
}

void Statement::Close::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Statement& Statement::start() {
  bound_ = 0;
  if (!statement_) return *this;
  sqlite3_reset(statement_.get());
  sqlite3_clear_bindings(statement_.get());
  if (database_->deadline_) database_->deadline_->end = std::chrono::steady_clock::now() + database_->deadline_->limit;
  return *this;
}

Statement& Statement::add(std::int64_t value) {
  if (statement_) sqlite3_bind_int64(statement_.get(), ++bound_, value);
  return *this;
}

Statement& Statement::add(double value) {
  if (statement_) sqlite3_bind_double(statement_.get(), ++bound_, value);
  return *this;
}

Statement& Statement::add(std::string_view value) {
  const char* const text = value.empty() ? "" : value.data();  // a null pointer would be NULL
  if (statement_) sqlite3_bind_text(statement_.get(), ++bound_, text, static_cast<int>(value.size()), SQLITE_STATIC);
  return *this;
}

Statement& Statement::add_blob(std::string_view value) {
  const char* const bytes = value.empty() ? "" : value.data();
  if (statement_) sqlite3_bind_blob(statement_.get(), ++bound_, bytes, static_cast<int>(value.size()), SQLITE_STATIC);
  return *this;
}

bool Statement::row() {
  if (!statement_ || !database_->ok()) return false;
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) database_->fail(code);
  sqlite3_reset(statement_.get());
  return false;
}

void Statement::run() {
  while (row()) {
  }
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }

double Statement::real(int column) const {
  const bool none = sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
  return none ? std::nan("") : sqlite3_column_double(statement_.get(), column);
}

std::string_view Statement::text(int column) const {
  const auto* const text = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  return text == nullptr ? std::string_view{}
                         : std::string_view(text, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column)));
}

std::string_view Statement::blob(int column) const {
  const auto* const bytes = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
  return bytes == nullptr ? std::string_view{}
                          : std::string_view(bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column)));
}

std::unique_ptr<Database> Database::open(const std::string& path, Access access) {
  std::unique_ptr<Database> database(new Database());
  const int flags = access == Access::kWrite ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
  const int code = sqlite3_open_v2(path.c_str(), &database->handle_, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  if (code != SQLITE_OK) database->fail(code);
  return database;
}

Database::~Database() { sqlite3_close_v2(handle_); }

SqliteError Database::take_error() { return std::exchange(error_, {}); }

void Database::fail(int code) {
  if (!ok()) return;
  error_.code = code;
  error_.message = handle_ == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(handle_);
}

void Database::run(const char* sql) {
  if (!ok()) return;
  if (const int code = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr); code != SQLITE_OK) fail(code);
}

Statement Database::prepare(std::string_view sql) {
  Statement statement;
  statement.database_ = this;
  if (!ok()) return statement;
  sqlite3_stmt* made = nullptr;
  const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &made, nullptr);
  if (code != SQLITE_OK) fail(code);
  statement.statement_.reset(made);
  return statement;
}

std::int64_t Database::integer(const char* sql) {
  Statement statement = prepare(sql);
  const std::int64_t value = statement.start().row() ? statement.integer(0) : 0;
  statement.start();
  return value;
}

std::int64_t Database::last_id() const { return sqlite3_last_insert_rowid(handle_); }

std::int64_t Database::changes() const { return sqlite3_changes64(handle_); }

void Database::limit_statement_ms(int milliseconds) {
  deadline_ = std::make_unique<Deadline>();
  deadline_->limit = std::chrono::milliseconds(milliseconds);
  const auto passed = [](void* deadline) { return std::chrono::steady_clock::now() > static_cast<Deadline*>(deadline)->end ? 1 : 0; };
  deadline_->end = std::chrono::steady_clock::now() + deadline_->limit;
  sqlite3_progress_handler(handle_, milliseconds > 0 ? kStepsBetweenLooks : 0, passed, deadline_.get());
}

}  // namespace driftd
