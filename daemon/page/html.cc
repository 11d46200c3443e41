#include "daemon/page/html.h"

#include <algorithm>
#include <cassert>

#include "daemon/runtime/utf8.h"

namespace driftd {
namespace {

std::string_view escape_of(char c) {
  switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return {};
  }
}

bool is_control(std::string_view text, std::size_t at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte == 0xc2) return static_cast<unsigned char>(text[at + 1]) < 0xa0;  // U+0080..U+009F
  return byte == 0x7f || (byte < 0x20 && byte != '\n' && byte != '\t');
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = utf8_length(text, i);
    if (length == 0 || is_control(text, i)) {
      out += "\xEF\xBF\xBD";
    } else if (const auto escape = escape_of(text[i]); !escape.empty()) {
      out += escape;
    } else {
      out.append(text, i, length);
    }
    i += std::max<std::size_t>(length, 1);
  }
  return out;
}

Markup html(std::string_view pattern, std::initializer_list<Piece> pieces) {
  Markup out;
  for (const Piece& piece : pieces) {
    const std::size_t at = pattern.find("{}");
    assert(at != std::string_view::npos);
    out.text.append(pattern.substr(0, at)).append(piece.text);
    pattern.remove_prefix(at + 2);
  }
  assert(pattern.find("{}") == std::string_view::npos);
  out.text.append(pattern);
  return out;
}

}  // namespace driftd
