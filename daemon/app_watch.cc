#include "daemon/app_watch.h"

#include <sys/stat.h>

#include <utility>

namespace driftd {

namespace {

constexpr std::chrono::seconds kEvery{1};

}  // namespace

FileWatch::Look FileWatch::look() const {
  struct stat found{};
  if (stat(path_.c_str(), &found) != 0) return {};
  return {found.st_dev, found.st_ino, static_cast<std::uint64_t>(found.st_size),
          static_cast<std::int64_t>(found.st_ctim.tv_sec) * 1'000'000'000 + found.st_ctim.tv_nsec};
}

bool FileWatch::changed(Time now) {
  if (now < next_) return false;
  next_ = now + kEvery;
  const Look found = look();
  const bool settled = found == std::exchange(seen_, found);
  if (!settled || found == told_ || found == Look{}) return false;
  told_ = found;
  return true;
}

}  // namespace driftd
