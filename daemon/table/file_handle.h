// A file descriptor with one owner, and files without a name for what memory cannot hold.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/table/table_error.h"

namespace driftd {

class FileHandle {
 public:
  FileHandle() = default;
  explicit FileHandle(int descriptor) : descriptor_(descriptor) {}
  FileHandle(FileHandle&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FileHandle& operator=(FileHandle&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~FileHandle();

  int get() const { return descriptor_; }

 private:
  int descriptor_ = -1;
};

std::expected<FileHandle, TableError> open_to_read(const std::string& path);

// A file in $TMPDIR (else /tmp) that is gone when it is closed.
std::expected<FileHandle, TableError> open_temporary();

std::expected<void, TableError> write_all(const FileHandle& file, std::string_view bytes);

// Reads up to `size` bytes at the file's position (or at `offset`); fewer only at its end. 0 = end.
std::expected<std::size_t, TableError> read_some(const FileHandle& file, char* to, std::size_t size, const std::string& name);
std::expected<std::size_t, TableError> read_at(const FileHandle& file, char* to, std::size_t size, std::uint64_t offset);

}  // namespace driftd
