// Bytes as one line of text, for tables of records that are no text: \xNN is a byte, \\ a backslash, \(N*TEXT\) TEXT N times (without
// escapes in it), everything else itself. A text of \0 alone stands for no payload at all: a tombstone.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace driftd {

// nullopt: the tombstone. Throws on an escape that is none: a table with a mistake is a failed test.
inline std::optional<std::string> unescaped_bytes(std::string_view text) {
  if (text == "\\0") return std::nullopt;
  std::string bytes;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] != '\\') {
      bytes += text[at++];
      continue;
    }
    const std::string_view rest = text.substr(at);
    const std::size_t star = rest.find('*'), end = rest.find("\\)");
    if (rest.starts_with("\\\\")) {
      bytes += '\\';
      at += 2;
    } else if (rest.starts_with("\\x") && rest.size() >= 4) {
      bytes += static_cast<char>(std::stoi(std::string(rest.substr(2, 2)), nullptr, 16));
      at += 4;
    } else if (rest.starts_with("\\(") && star < end && end != std::string_view::npos) {
      for (int left = std::stoi(std::string(rest.substr(2, star - 2))); left > 0; --left) bytes += rest.substr(star + 1, end - star - 1);
      at += end + 2;
    } else {
      throw std::runtime_error("no escape: " + std::string(rest.substr(0, 20)));
    }
  }
  return bytes;
}

}  // namespace driftd
