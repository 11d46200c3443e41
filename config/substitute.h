// ${env:NAME}, ${env:NAME:-default} and ${file:/path} inside a scalar; `$$` is `$`. Expanded once: what comes in is never read again,
// neither as YAML nor for another `${`. A variable that is empty counts as unset for `:-`.
#pragma once

#include <cstddef>
#include <expected>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace driftd {

using Environment = std::map<std::string, std::string>;

// A small text file, such as a secret: at most 64 KiB, one trailing newline cut. The error is a phrase for a message.
std::expected<std::string, std::string> read_small_file(const std::filesystem::path& path);

struct SubstituteContext {
  Environment environment;
  std::filesystem::path base_dir;  // of relative paths
};

struct Substituted {
  std::string text;
  bool from_outside = false;  // any part came from the environment or a file
};

struct SubstituteError {
  std::size_t offset;  // bytes into the scalar
  std::size_t width;
  std::string message;
};

std::expected<Substituted, SubstituteError> substitute(std::string_view text, const SubstituteContext& context);

}  // namespace driftd
