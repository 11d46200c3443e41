// The decompressed bytes of a file, plain or gzip (told by its first two bytes; several gzip members are one text), or of stdin.
// Streams: never holds more than its two buffers, whatever a small file unpacks to. One thread.
#pragma once

#include <cstddef>
#include <expected>
#include <memory>
#include <string>

#include "daemon/table/file_handle.h"

namespace driftd {

class GzipInput {
 public:
  // path "-" = stdin.
  static std::expected<GzipInput, TableError> open(const std::string& path);
  GzipInput(FileHandle file, std::string name);
  GzipInput(GzipInput&&) noexcept;
  GzipInput& operator=(GzipInput&&) noexcept;
  ~GzipInput();

  // The next bytes, at most `size` (> 0) of them; 0 = the end. Damaged or cut gzip is kBadInput.
  std::expected<std::size_t, TableError> read(char* to, std::size_t size);
  const std::string& name() const { return name_; }

 private:
  struct Inflater;
  std::expected<bool, TableError> fill();
  std::expected<std::size_t, TableError> inflate(char* to, std::size_t size);
  std::unexpected<TableError> bad_gzip(const char* what) const;

  FileHandle file_;
  std::string name_;
  std::unique_ptr<char[]> raw_;
  std::size_t raw_at_ = 0, raw_size_ = 0;
  std::unique_ptr<Inflater> inflater_;  // null: plain
  bool started_ = false;
};

}  // namespace driftd
