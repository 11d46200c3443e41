// Several files read as one table, as often as wanted: their columns are matched by name, their rows follow one another in the order of
// the files. Stdin (`-`) is copied to a temporary file first, aloud. One thread.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "daemon/table/table_reader.h"

namespace driftd {

class TableFiles {
 public:
  // Returns nothing, or why reading must stop.
  using RowVisitor = std::function<std::expected<void, TableError>(std::span<const Cell>)>;
  using BlockVisitor = std::function<std::expected<void, TableError>(const RowBlock&)>;

  // Opens nothing but stdin yet. say: what a person should know, each thing once.
  static std::expected<TableFiles, TableError> of(std::vector<std::string> paths, std::function<void(const std::string&)> say);

  // Reads all rows once. Columns of cells index columns(). tap, where given, sees every decompressed byte, on a thread that reads ahead.
  std::expected<void, TableError> read(const RowVisitor& visit, const ReadAhead::Tap& tap = {});
  std::expected<void, TableError> read_blocks(const BlockVisitor& visit, const ReadAhead::Tap& tap = {});

  const std::vector<std::string>& columns() const { return columns_; }  // seen so far, in order of appearance
  std::optional<std::uint32_t> find(const std::string& column) const;
  const std::string& first_path() const { return paths_.front(); }

 private:
  TableFiles(std::vector<std::string> paths, std::function<void(const std::string&)> say)
      : paths_(std::move(paths)), say_(std::move(say)) {}
  std::expected<GzipInput, TableError> open(const std::string& path) const;
  std::expected<void, TableError> read_file(const std::string& path, const BlockVisitor& visit, const ReadAhead::Tap& tap);
  std::uint32_t column_of(const std::string& name);

  std::vector<std::string> paths_;
  std::function<void(const std::string&)> say_;
  FileHandle spooled_;  // stdin's bytes
  std::vector<std::string> columns_;
  std::unordered_map<std::string, std::uint32_t> index_;
};

}  // namespace driftd
