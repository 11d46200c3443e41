#include "daemon/cli/write_file.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace driftd {
namespace {

std::string error_of(const std::string& path) { return path + ": " + std::strerror(errno); }

bool write_and_sync(std::FILE* file, std::string_view bytes) {
  return std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size() && std::fflush(file) == 0 && ::fdatasync(::fileno(file)) == 0;
}

}  // namespace

std::string write_file(const std::string& path, std::string_view bytes) {
  if (path == "-") {
    const bool good = std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size() && std::fflush(stdout) == 0;
    return good ? "" : error_of("stdout");
  }
  const std::string part = path + ".part";
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(part.c_str(), "wb"), std::fclose);
  if (!file) return error_of(path);
  if (write_and_sync(file.get(), bytes) && std::rename(part.c_str(), path.c_str()) == 0) return "";
  const std::string problem = error_of(path);
  std::remove(part.c_str());
  return problem;
}

}  // namespace driftd
