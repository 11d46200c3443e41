#include "daemon/http/authorization.h"

#include <algorithm>

#include "daemon/runtime/base64.h"

namespace driftd {
namespace {

// What follows the scheme, whose letters may be large or small.
std::optional<std::string_view> after_scheme(std::string_view header, std::string_view scheme) {
  const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; };
  if (header.size() <= scheme.size() || !std::ranges::equal(header.substr(0, scheme.size()), scheme, same)) return std::nullopt;
  header.remove_prefix(scheme.size());
  if (header.front() != ' ') return std::nullopt;
  header.remove_prefix(std::min(header.size(), header.find_first_not_of(' ')));
  return header.empty() ? std::nullopt : std::optional(header);
}

}  // namespace

std::optional<BasicLogin> parse_basic(std::string_view header) {
  const auto coded = after_scheme(header, "basic");
  const auto text = coded ? from_base64(*coded) : std::nullopt;
  const std::size_t colon = text ? text->find(':') : std::string::npos;
  if (colon == std::string::npos || text->find('\0') != std::string::npos) return std::nullopt;
  return BasicLogin{text->substr(0, colon), text->substr(colon + 1)};
}

std::optional<std::string_view> parse_bearer(std::string_view header) { return after_scheme(header, "bearer"); }

}  // namespace driftd
