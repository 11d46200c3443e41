#include "daemon/state/file_store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

namespace driftd {
namespace {

constexpr std::string_view kPrefix = "snapshot-";
constexpr std::string_view kUnfinished = ".tmp";
constexpr std::string_view kDamaged = ".damaged";
constexpr const char* kLockName = "lock";

struct Generation {
  std::uint64_t number = 0;
  std::string name;
};

std::string file_name(std::uint64_t generation) { return fmt::format("{}{:020}", kPrefix, generation); }

StoreError io_error(const std::string& path, std::string_view what) {
  return {StoreFault::kIo, fmt::format("{}: cannot {}: {}", path, what, std::generic_category().message(errno))};
}

// The generation in the name of a finished snapshot; nullopt for every other file.
std::optional<std::uint64_t> generation_of(std::string_view name) {
  if (!name.starts_with(kPrefix)) return std::nullopt;
  const std::string_view digits = name.substr(kPrefix.size());
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.begin(), digits.end(), number);
  if (error != std::errc() || end != digits.end() || name != file_name(number)) return std::nullopt;
  return number;
}

std::expected<std::vector<std::string>, StoreError> names_in(const std::string& dir) {
  std::error_code error;
  std::vector<std::string> names;
  for (std::filesystem::directory_iterator it(dir, error), end; !error && it != end; it.increment(error)) {
    names.push_back(it->path().filename().string());
  }
  if (error) return std::unexpected(StoreError{StoreFault::kIo, fmt::format("{}: cannot list: {}", dir, error.message())});
  return names;
}

// Finished snapshots, newest first.
std::expected<std::vector<Generation>, StoreError> generations_in(const std::string& dir) {
  const auto names = names_in(dir);
  if (!names) return std::unexpected(names.error());
  std::vector<Generation> found;
  for (const auto& name : *names) {
    if (const auto number = generation_of(name)) found.push_back({*number, name});
  }
  std::ranges::sort(found, std::greater(), &Generation::number);
  return found;
}

// A file descriptor with one owner.
class OwnedFd {
 public:
  explicit OwnedFd(int fd) : fd_(fd) {}
  OwnedFd(const OwnedFd&) = delete;
  OwnedFd& operator=(const OwnedFd&) = delete;
  ~OwnedFd() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

template <class Call>
auto retry_interrupted(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = retry_interrupted([&] { return ::write(fd, bytes.data(), bytes.size()); });
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// The whole file, or nullopt with errno.
std::optional<std::string> read_all(const std::string& path) {
  const OwnedFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status{};
  if (fd.get() < 0 || ::fstat(fd.get(), &status) != 0) return std::nullopt;
  std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t size = 0;
  while (size < bytes.size()) {
    const ssize_t got = retry_interrupted([&] { return ::read(fd.get(), bytes.data() + size, bytes.size() - size); });
    if (got < 0) return std::nullopt;
    if (got == 0) break;  // cut by somebody while we read: the checksum will tell
    size += static_cast<std::size_t>(got);
  }
  bytes.resize(size);
  return bytes;
}

// The snapshot of a file; a damaged one is an error that names no path. EIO is damage too: an older generation may be readable.
struct ReadFile {
  std::expected<Snapshot, std::string> snapshot;
  std::string bytes;
};
std::expected<ReadFile, StoreError> read_generation(const std::string& dir, const Generation& generation) {
  const std::string path = dir + "/" + generation.name;
  auto bytes = read_all(path);
  if (!bytes && errno == EIO) return ReadFile{std::unexpected(std::string("cannot be read: input/output error")), ""};
  if (!bytes) return std::unexpected(io_error(path, "read"));
  ReadFile read{decode_snapshot(*bytes), std::move(*bytes)};
  if (read.snapshot && read.snapshot->generation != generation.number) {
    read.snapshot = std::unexpected(fmt::format("holds generation {}", read.snapshot->generation));
  }
  return read;
}

std::expected<void, StoreError> make_directory(const std::string& dir) {
  std::error_code ignored;  // what is wrong with a parent shows itself at mkdir
  std::filesystem::create_directories(std::filesystem::path(dir).parent_path(), ignored);
  if (::mkdir(dir.c_str(), 0700) != 0 && errno != EEXIST) return std::unexpected(io_error(dir, "make the directory"));
  return {};
}

std::string holder_of(const std::string& lock_path) {
  const std::string pid = read_all(lock_path).value_or("");
  return pid.empty() ? "another process" : "process " + pid.substr(0, pid.find('\n'));
}

// The lock goes with the descriptor: the kernel lets go of it when the process ends, however it ends.
std::expected<int, StoreError> take_lock(const std::string& dir) {
  const std::string path = dir + "/" + kLockName;
  OwnedFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (fd.get() < 0) return std::unexpected(io_error(path, "open"));
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return std::unexpected(io_error(path, "lock"));
    return std::unexpected(StoreError{
        StoreFault::kLocked, fmt::format("{}: in use by {}; a state directory serves one driftd at a time", dir, holder_of(path))});
  }
  // Only for the message above: a failure to write the number changes nothing.
  if (::ftruncate(fd.get(), 0) == 0) write_all(fd.get(), std::to_string(::getpid()) + "\n");
  return fd.release();
}

// Writes and syncs a file that did not exist. After an error the file may hold anything and must go: a second sync of
// pages that failed once reports success without having written them.
std::expected<void, StoreError> write_new_file(const std::string& path, std::string_view bytes) {
  OwnedFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (fd.get() < 0) return std::unexpected(io_error(path, "make the file"));
  if (!write_all(fd.get(), bytes)) return std::unexpected(io_error(path, "write"));
  if (retry_interrupted([&] { return ::fdatasync(fd.get()); }) != 0) return std::unexpected(io_error(path, "sync"));
  if (::close(fd.release()) != 0) return std::unexpected(io_error(path, "close"));
  const auto written = read_all(path);
  if (!written) return std::unexpected(io_error(path, "read back"));
  if (*written != bytes) return std::unexpected(StoreError{StoreFault::kIo, path + ": reads back other bytes than were written"});
  return {};
}

std::string join(const std::vector<std::string>& lines, std::string_view separator) {
  return fmt::format("{}", fmt::join(lines, separator));
}

}  // namespace

FileStore::FileStore(FileStore&& other) noexcept { *this = std::move(other); }

FileStore& FileStore::operator=(FileStore&& other) noexcept {
  std::swap(dir_, other.dir_);
  std::swap(lock_fd_, other.lock_fd_);
  std::swap(dir_fd_, other.dir_fd_);
  std::swap(generations_, other.generations_);
  std::swap(last_size_bytes_, other.last_size_bytes_);
  std::swap(skipped_, other.skipped_);
  return *this;
}

FileStore::~FileStore() {
  if (dir_fd_ >= 0) ::close(dir_fd_);
  if (lock_fd_ >= 0) ::close(lock_fd_);
}

std::expected<FileStore, StoreError> FileStore::open(const std::string& dir, std::uint32_t generations) {
  if (auto made = make_directory(dir); !made) return std::unexpected(made.error());
  const auto lock = take_lock(dir);
  if (!lock) return std::unexpected(lock.error());
  FileStore store;
  store.dir_ = dir;
  store.generations_ = std::max(generations, 1U);
  store.lock_fd_ = *lock;
  store.dir_fd_ = ::open(dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (store.dir_fd_ < 0) return std::unexpected(io_error(dir, "open"));
  const auto names = names_in(dir);
  if (!names) return std::unexpected(names.error());
  for (const auto& name : *names) {
    if (name.starts_with(kPrefix) && name.ends_with(kUnfinished)) ::unlinkat(store.dir_fd_, name.c_str(), 0);
  }
  return store;
}

std::expected<std::optional<Snapshot>, StoreError> FileStore::load() {
  skipped_.clear();
  const auto generations = generations_in(dir_);
  if (!generations) return std::unexpected(generations.error());
  for (const auto& generation : *generations) {
    auto read = read_generation(dir_, generation);
    if (!read) return std::unexpected(read.error());
    if (read->snapshot) {
      last_size_bytes_ = read->bytes.size();
      return std::optional(std::move(*read->snapshot));
    }
    skipped_.push_back(fmt::format("{}/{} {}", dir_, generation.name, read->snapshot.error()));
  }
  if (skipped_.empty()) return std::nullopt;
  return std::unexpected(StoreError{StoreFault::kCorrupt, "no snapshot can be used: " + join(skipped_, "; ")});
}

std::expected<void, StoreError> FileStore::save(const Snapshot& snapshot) {
  const std::string bytes = encode_snapshot(snapshot);
  const std::string name = file_name(snapshot.generation), path = dir_ + "/" + name;
  const std::string unfinished = path + std::string(kUnfinished);
  if (auto written = write_new_file(unfinished, bytes); !written) {
    ::unlink(unfinished.c_str());
    return written;
  }
  if (::rename(unfinished.c_str(), path.c_str()) != 0) {
    const StoreError error = io_error(path, "rename");
    ::unlink(unfinished.c_str());
    return std::unexpected(error);
  }
  if (::fsync(dir_fd_) != 0) {
    const StoreError error = io_error(dir_, "sync");
    ::unlink(path.c_str());
    return std::unexpected(error);
  }
  last_size_bytes_ = bytes.size();
  remove_old(snapshot.generation);
  return {};
}

// Failures are left for the next save: the new snapshot is safe, only room is lost. A number above the newest one is a
// damaged file that load() passed over: it is put aside for whoever wants to know why.
void FileStore::remove_old(std::uint64_t newest) {
  const auto generations = generations_in(dir_);
  if (!generations) return;
  std::uint32_t kept = 0;
  for (const auto& [number, name] : *generations) {
    if (number > newest) {
      ::renameat(dir_fd_, name.c_str(), dir_fd_, (name + std::string(kDamaged)).c_str());
    } else if (++kept > generations_) {
      ::unlinkat(dir_fd_, name.c_str(), 0);
    }
  }
}

std::expected<void, StoreError> FileStore::reset() {
  const auto names = names_in(dir_);
  if (!names) return std::unexpected(names.error());
  for (const auto& name : *names) {
    if (!name.starts_with(kPrefix)) continue;
    if (::unlinkat(dir_fd_, name.c_str(), 0) != 0) return std::unexpected(io_error(dir_ + "/" + name, "remove"));
  }
  if (::fsync(dir_fd_) != 0) return std::unexpected(io_error(dir_, "sync"));
  return {};
}

std::expected<std::vector<VerifiedFile>, StoreError> verify_directory(const std::string& dir) {
  const auto generations = generations_in(dir);
  if (!generations) return std::unexpected(generations.error());
  std::vector<VerifiedFile> files;
  for (const auto& generation : *generations) {
    const auto read = read_generation(dir, generation);
    if (!read && ::access((dir + "/" + generation.name).c_str(), F_OK) != 0) continue;  // a running driftd removed it meanwhile
    if (!read) return std::unexpected(read.error());
    files.push_back({generation.name, generation.number, read->bytes.size(), read->snapshot ? "" : read->snapshot.error()});
  }
  return files;
}

std::expected<std::optional<StoredSnapshot>, StoreError> newest_snapshot(const std::string& dir) {
  const auto generations = generations_in(dir);
  if (!generations) return std::unexpected(generations.error());
  for (const auto& generation : *generations) {
    auto read = read_generation(dir, generation);
    if (!read && ::access((dir + "/" + generation.name).c_str(), F_OK) != 0) continue;  // a running driftd removed it meanwhile
    if (!read) return std::unexpected(read.error());
    if (read->snapshot) return StoredSnapshot{generation.name, std::move(read->bytes), std::move(*read->snapshot)};
  }
  return std::nullopt;
}

std::expected<void, StoreError> export_file(const std::string& path, std::string_view bytes) {
  if (::access(path.c_str(), F_OK) == 0)
    return std::unexpected(StoreError{StoreFault::kIo, path + ": is there already; nothing was written"});
  const std::string unfinished = path + std::string(kUnfinished);
  ::unlink(unfinished.c_str());
  auto written = write_new_file(unfinished, bytes);
  if (written && ::rename(unfinished.c_str(), path.c_str()) != 0) written = std::unexpected(io_error(path, "rename"));
  if (!written) ::unlink(unfinished.c_str());
  return written;
}

std::expected<std::string, StoreError> import_file(const std::string& path) {
  auto bytes = read_all(path);
  if (!bytes) return std::unexpected(io_error(path, "read"));
  return std::move(*bytes);
}

}  // namespace driftd
