#include "daemon/table/file_handle.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace driftd {
namespace {

std::unexpected<TableError> io_error(const std::string& name) {
  return std::unexpected(TableError{TableError::Kind::kIo, name + ": " + std::strerror(errno)});
}

}  // namespace

FileHandle::~FileHandle() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::expected<FileHandle, TableError> open_to_read(const std::string& path) {
  FileHandle file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return io_error(path);
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    errno = EISDIR;
    return io_error(path);
  }
  return file;
}

std::expected<FileHandle, TableError> open_temporary() {
  const char* folder = std::getenv("TMPDIR");
  std::string path = std::string(folder != nullptr && *folder != '\0' ? folder : "/tmp") + "/driftd-XXXXXX";
  FileHandle file(::mkostemp(path.data(), O_CLOEXEC));
  if (file.get() < 0) return io_error(path);
  ::unlink(path.c_str());
  return file;
}

std::expected<void, TableError> write_all(const FileHandle& file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return io_error("temporary file");
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

std::expected<std::size_t, TableError> read_some(const FileHandle& file, char* to, std::size_t size, const std::string& name) {
  std::size_t got = 0;
  while (got < size) {
    const ssize_t count = ::read(file.get(), to + got, size - got);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return io_error(name);
    if (count == 0) break;
    got += static_cast<std::size_t>(count);
  }
  return got;
}

std::expected<std::size_t, TableError> read_at(const FileHandle& file, char* to, std::size_t size, std::uint64_t offset) {
  std::size_t got = 0;
  while (got < size) {
    const ssize_t count = ::pread(file.get(), to + got, size - got, static_cast<off_t>(offset + got));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return io_error("temporary file");
    if (count == 0) break;
    got += static_cast<std::size_t>(count);
  }
  return got;
}

}  // namespace driftd
