#include "config/substitute.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

namespace driftd {
namespace {

bool is_variable_name(std::string_view name) {
  const auto word = [](char c) { return c == '_' || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
  if (name.empty() || !word(name[0])) return false;
  return std::ranges::all_of(name, [&](char c) { return word(c) || (c >= '0' && c <= '9'); });
}

std::expected<std::string, std::string> from_environment(std::string_view inside, const SubstituteContext& context) {
  const std::size_t split = inside.find(":-");
  const std::string name(inside.substr(0, split));
  if (!is_variable_name(name)) return std::unexpected(fmt::format("'{}' is not a name of a variable", name));
  const auto found = context.environment.find(name);
  if (split != std::string_view::npos) {
    const bool given = found != context.environment.end() && !found->second.empty();
    return given ? found->second : std::string(inside.substr(split + 2));
  }
  if (found == context.environment.end()) {
    return std::unexpected(fmt::format("environment variable {0} is not set; set it or write ${{env:{0}:-default}}", name));
  }
  return found->second;
}

std::expected<std::string, std::string> from_file(std::string_view inside, const SubstituteContext& context) {
  if (inside.empty()) return std::unexpected("${file:} needs a path");
  return read_small_file(context.base_dir / inside);
}

// inside: what stands between `${` and `}`.
std::expected<std::string, std::string> expand(std::string_view inside, const SubstituteContext& context) {
  if (inside.starts_with("env:")) return from_environment(inside.substr(4), context);
  if (inside.starts_with("file:")) return from_file(inside.substr(5), context);
  return std::unexpected(
      fmt::format("unknown substitution '${{{}}}'; there are ${{env:NAME}}, ${{env:NAME:-default}} and ${{file:/path}}", inside));
}

}  // namespace

std::expected<std::string, std::string> read_small_file(const std::filesystem::path& path) {
  constexpr std::size_t kMost = 64 << 10;
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return std::unexpected(fmt::format("cannot read {}: it is a folder", path.string()));
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::unexpected(fmt::format("cannot read {}: {}", path.string(), std::strerror(errno)));
  std::string text(kMost + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad()) return std::unexpected(fmt::format("cannot read {}", path.string()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kMost) return std::unexpected(fmt::format("{} is larger than 64KiB", path.string()));
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  return text;
}

std::expected<Substituted, SubstituteError> substitute(std::string_view text, const SubstituteContext& context) {
  Substituted out;
  for (std::size_t i = 0; i < text.size();) {
    const std::string_view rest = text.substr(i);
    if (rest.starts_with("$$")) {
      out.text += '$';
      i += 2;
    } else if (rest.starts_with("${")) {
      const std::size_t end = rest.find('}');
      if (end == std::string_view::npos) return std::unexpected(SubstituteError{i, rest.size(), "'${' without '}'; a plain '$' is '$$'"});
      const auto value = expand(rest.substr(2, end - 2), context);
      if (!value) return std::unexpected(SubstituteError{i, end + 1, value.error()});
      out.text += *value;
      out.from_outside = true;
      i += end + 1;
    } else {
      out.text += text[i++];
    }
  }
  return out;
}

}  // namespace driftd
