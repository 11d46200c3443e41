#include "daemon/state/file_store.h"

#include <doctest/doctest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <set>
#include <utility>

#include "tests/skip.h"
#include "tests/temp_folder.h"

namespace driftd {

namespace {

Snapshot snapshot_of(std::uint64_t generation) {
  return {.generation = generation, .sections = {{"state", 1, true, "state of " + std::to_string(generation)}}};
}

std::string name_of(std::uint64_t generation) {
  const std::string digits = std::to_string(generation);
  return "snapshot-" + std::string(20 - digits.size(), '0') + digits;
}

FileStore opened(const std::string& dir, std::uint32_t generations = 3) {
  auto store = FileStore::open(dir, generations);
  REQUIRE(store.has_value());
  return std::move(*store);
}

void save_generations(const std::string& dir, std::uint64_t last) {
  FileStore store = opened(dir);
  for (std::uint64_t g = 1; g <= last; ++g) REQUIRE(store.save(snapshot_of(g)).has_value());
}

std::set<std::string> files_in(const std::string& dir) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(dir)) names.insert(entry.path().filename().string());
  return names;
}

unsigned mode_of(const std::string& path) {
  struct stat status{};
  REQUIRE(stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

void damage(const TempFolder& folder, const std::string& name) {
  std::string bytes = folder.read(name);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  folder.write(name, bytes);
}

}  // namespace

TEST_CASE("an empty directory has no snapshot; what is saved is loaded, by another process too") {
  const TempFolder temp;
  const std::string dir = temp.path("a/b");
  {
    FileStore store = opened(dir);
    const auto none = store.load();
    REQUIRE(none.has_value());
    CHECK_FALSE(none->has_value());
    REQUIRE(store.save(snapshot_of(1)).has_value());
  }
  FileStore store = opened(dir);
  const auto loaded = store.load();
  REQUIRE((loaded.has_value() && loaded->has_value()));
  CHECK(**loaded == snapshot_of(1));
  CHECK(store.skipped().empty());
  CHECK(store.last_size_bytes() == std::filesystem::file_size(dir + "/" + name_of(1)));
}

TEST_CASE("only the owner may read a state directory and its files") {
  const TempFolder temp;
  const mode_t mask = umask(0);
  save_generations(temp.path("state"), 1);
  umask(mask);
  CHECK(mode_of(temp.path("state")) == 0700);
  CHECK(mode_of(temp.path("state/lock")) == 0600);
  CHECK(mode_of(temp.path("state/" + name_of(1))) == 0600);
}

TEST_CASE("the newest generations are kept, older ones go") {
  const TempFolder temp;
  save_generations(temp.path(), 5);
  CHECK(files_in(temp.path()) == std::set<std::string>{"lock", name_of(3), name_of(4), name_of(5)});
}

TEST_CASE("generations are ordered by number, not by text, and foreign files are left alone") {
  const TempFolder temp;
  for (const char* name : {"snapshot-", "snapshot-9", "snapshot-00000000000000000009x", "notes"}) temp.write(name, "mine");
  FileStore store = opened(temp.path());
  for (const std::uint64_t g : {9ULL, 10ULL, 1ULL << 40}) REQUIRE(store.save(snapshot_of(g)).has_value());
  CHECK((*store.load())->generation == 1ULL << 40);
  CHECK(temp.read("snapshot-9") == "mine");
  CHECK(temp.read("notes") == "mine");
}

TEST_CASE("a second opening is refused while the first lives, and names its process") {
  const TempFolder temp;
  {
    const FileStore first = opened(temp.path());
    const auto second = FileStore::open(temp.path(), 3);
    REQUIRE_FALSE(second.has_value());
    CHECK(second.error().fault == StoreFault::kLocked);
    CHECK(second.error().message ==
          temp.path() + ": in use by process " + std::to_string(getpid()) + "; a state directory serves one driftd at a time");
  }
  CHECK(FileStore::open(temp.path(), 3).has_value());
}

TEST_CASE("a moved store keeps its lock, and lets go of it once") {
  const TempFolder temp;
  auto first = std::make_unique<FileStore>(opened(temp.path()));
  FileStore moved = std::move(*first);
  first.reset();
  CHECK_FALSE(FileStore::open(temp.path(), 3).has_value());
  CHECK(moved.save(snapshot_of(1)).has_value());
}

TEST_CASE("the lock of a killed process is free") {
  const TempFolder temp;
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const auto store = FileStore::open(temp.path(), 3);
    kill(getpid(), SIGKILL);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(WIFSIGNALED(status));
  CHECK(files_in(temp.path()).contains("lock"));
  CHECK(FileStore::open(temp.path(), 3).has_value());
}

TEST_CASE("what an unfinished write left behind is removed at opening") {
  const TempFolder temp;
  save_generations(temp.path(), 1);
  temp.write(name_of(2) + ".tmp", "half a snap");
  FileStore store = opened(temp.path());
  CHECK(files_in(temp.path()) == std::set<std::string>{"lock", name_of(1)});
  CHECK((*store.load())->generation == 1);
}

TEST_CASE("a damaged newest generation is named and the one before it is used") {
  const TempFolder temp;
  save_generations(temp.path(), 3);
  const std::string good = temp.read(name_of(3));
  for (std::size_t bit = 0; bit < good.size() * 8; bit += 13) {
    CAPTURE(bit);
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ 1 << bit % 8);
    temp.write(name_of(3), bad);
    FileStore store = opened(temp.path());
    const auto loaded = store.load();
    REQUIRE((loaded.has_value() && loaded->has_value()));
    CHECK(**loaded == snapshot_of(2));
    REQUIRE(store.skipped().size() == 1);
    CHECK(store.skipped()[0].starts_with(temp.path(name_of(3))));
  }
}

TEST_CASE("a snapshot under another generation's name is damage") {
  const TempFolder temp;
  save_generations(temp.path(), 1);
  std::filesystem::copy_file(temp.path(name_of(1)), temp.path(name_of(2)));
  FileStore store = opened(temp.path());
  CHECK((*store.load())->generation == 1);
  CHECK(store.skipped() == std::vector<std::string>{temp.path(name_of(2)) + " holds generation 1"});
}

TEST_CASE("when every generation is damaged nothing is loaded, and all are named") {
  const TempFolder temp;
  save_generations(temp.path(), 2);
  damage(temp, name_of(1));
  temp.write(name_of(2), "");
  FileStore store = opened(temp.path());
  const auto loaded = store.load();
  REQUIRE_FALSE(loaded.has_value());
  CHECK(loaded.error().fault == StoreFault::kCorrupt);
  CHECK(loaded.error().message.starts_with("no snapshot can be used: " + temp.path(name_of(2)) + " has 0 bytes only; " +
                                           temp.path(name_of(1))));
}

TEST_CASE("the save after a fall-back takes the damaged one's place and puts still newer ones aside") {
  const TempFolder temp;
  save_generations(temp.path(), 3);
  damage(temp, name_of(2));
  damage(temp, name_of(3));
  FileStore store = opened(temp.path());
  CHECK((*store.load())->generation == 1);
  REQUIRE(store.save(snapshot_of(2)).has_value());
  CHECK(files_in(temp.path()) == std::set<std::string>{"lock", name_of(1), name_of(2), name_of(3) + ".damaged"});
  CHECK(**store.load() == snapshot_of(2));
  CHECK(store.skipped().empty());
}

TEST_CASE("reset removes every generation, and damaged ones put aside") {
  const TempFolder temp;
  save_generations(temp.path(), 3);
  temp.write(name_of(4) + ".damaged", "x");
  temp.write("notes", "mine");
  FileStore store = opened(temp.path());
  REQUIRE(store.reset().has_value());
  CHECK(files_in(temp.path()) == std::set<std::string>{"lock", "notes"});
  CHECK_FALSE(store.load()->has_value());
}

TEST_CASE("a path that cannot be a directory is an error of the system, named") {
  const TempFolder temp;
  temp.write("file", "");
  const auto store = FileStore::open(temp.path("file"), 3);
  REQUIRE_FALSE(store.has_value());
  CHECK(store.error().fault == StoreFault::kIo);
  CHECK(store.error().message == temp.path("file/lock: cannot open: Not a directory"));
  const auto below = FileStore::open(temp.path("file/state"), 3);
  REQUIRE_FALSE(below.has_value());
  CHECK(below.error().message == temp.path("file/state: cannot make the directory: Not a directory"));
}

TEST_CASE("a failed save leaves the older generations and no rest, and the next one works") {
  const TempFolder temp;
  FileStore store = opened(temp.path());
  REQUIRE(store.save(snapshot_of(1)).has_value());
  std::filesystem::create_directories(temp.path(name_of(2) + "/in the way"));
  const auto saved = store.save(snapshot_of(2));
  REQUIRE_FALSE(saved.has_value());
  CHECK(saved.error().fault == StoreFault::kIo);
  CHECK(saved.error().message == temp.path(name_of(2)) + ": cannot rename: Is a directory");
  CHECK_FALSE(std::filesystem::exists(temp.path(name_of(2) + ".tmp")));
  std::filesystem::remove_all(temp.path(name_of(2)));
  CHECK((*store.load())->generation == 1);
  CHECK(store.save(snapshot_of(2)).has_value());
  CHECK((*store.load())->generation == 2);
}

TEST_CASE("a full disk fails the save, loses nothing, and heals when there is room") {
  if (geteuid() != 0) return skip("mounting a small tmpfs needs root");
  const TempFolder temp;
  if (mount("tmpfs", temp.path().c_str(), "tmpfs", 0, "size=64k") != 0) return skip("this system does not let root mount a tmpfs");
  {
    FileStore store = opened(temp.path());
    REQUIRE(store.save(snapshot_of(1)).has_value());
    Snapshot large = snapshot_of(2);
    large.sections.push_back({"ballast", 1, false, std::string(1 << 20, 'x')});
    const auto saved = store.save(large);
    REQUIRE_FALSE(saved.has_value());
    CHECK(saved.error().fault == StoreFault::kIo);
    CHECK(saved.error().message == temp.path(name_of(2)) + ".tmp: cannot write: No space left on device");
    CHECK(files_in(temp.path()) == std::set<std::string>{"lock", name_of(1)});
    CHECK(**store.load() == snapshot_of(1));
    CHECK(store.save(snapshot_of(2)).has_value());
  }
  CHECK(umount(temp.path().c_str()) == 0);
}

TEST_CASE("the newest generation that verifies is read beside its owner, bytes and all") {
  const TempFolder temp;
  const FileStore owner = opened(temp.path());
  CHECK(newest_snapshot(temp.path())->has_value() == false);
  temp.write(name_of(4), encode_snapshot(snapshot_of(4)));
  temp.write(name_of(5), "torn");
  const auto newest = newest_snapshot(temp.path());
  REQUIRE(newest);
  REQUIRE(newest->has_value());
  CHECK((*newest)->name == name_of(4));
  CHECK((*newest)->bytes == temp.read(name_of(4)));
  CHECK((*newest)->snapshot == snapshot_of(4));
  CHECK(newest_snapshot(temp.path("gone")).error().fault == StoreFault::kIo);
}

TEST_CASE("a file is exported whole and private, and never over another") {
  const TempFolder temp;
  const std::string path = temp.path("a");
  temp.write("a.tmp", "left by a crash");
  REQUIRE(export_file(path, "bytes"));
  CHECK(import_file(path) == "bytes");
  CHECK(mode_of(path) == 0600);
  CHECK(files_in(temp.path()) == std::set<std::string>{"a"});
  const auto again = export_file(path, "others");
  REQUIRE_FALSE(again);
  CHECK(again.error().message == path + ": is there already; nothing was written");
  CHECK(temp.read("a") == "bytes");
  CHECK(export_file(temp.path("none/a"), "bytes").error().fault == StoreFault::kIo);
  CHECK(import_file(temp.path("none")).error().fault == StoreFault::kIo);
}

TEST_CASE("verify tells about every generation, newest first, without taking the lock") {
  const TempFolder temp;
  const FileStore running = opened(temp.path());
  CHECK(verify_directory(temp.path())->empty());
  for (const std::uint64_t g : {1, 2}) temp.write(name_of(g), encode_snapshot(snapshot_of(g)));
  temp.write(name_of(2), "DRFT");
  const auto files = verify_directory(temp.path());
  REQUIRE(files.has_value());
  REQUIRE(files->size() == 2);
  CHECK((*files)[0].name == name_of(2));
  CHECK((*files)[0].generation == 2);
  CHECK((*files)[0].size_bytes == 4);
  CHECK((*files)[0].problem == "has 4 bytes only");
  CHECK((*files)[1].generation == 1);
  CHECK((*files)[1].problem.empty());

  const auto missing = verify_directory(temp.path("gone"));
  REQUIRE_FALSE(missing.has_value());
  CHECK(missing.error().message == temp.path("gone: cannot list: No such file or directory"));
}

}  // namespace driftd
