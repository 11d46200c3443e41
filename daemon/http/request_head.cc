#include "daemon/http/request_head.h"

namespace driftd {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// A character of a method or of a field's name (RFC 9110, 5.6.2).
bool is_token(char c) {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || kOthers.find(c) != std::string_view::npos;
}

bool is_visible(char c) { return c > 0x20 && c < 0x7f; }

// Bytes from 0x80 on are opaque, and allowed.
bool is_in_value(char c) { return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f); }

bool is_version(std::string_view text) {
  return text.size() == 8 && text.starts_with("HTTP/") && is_digit(text[5]) && text[6] == '.' && is_digit(text[7]);
}

}  // namespace

RequestHead::At RequestHead::refuse(HeadFault fault) {
  fault_ = fault;
  return At::kEnd;
}

RequestHead::At RequestHead::in_version(char c, std::string_view head) {
  constexpr std::size_t kLength = 8;
  if (seen_ - begun_ < kLength) return is_visible(c) ? At::kVersion : refuse(HeadFault::kMalformed);
  const std::string_view version = head.substr(begun_, kLength);
  if (c != '\r' || !is_version(version)) return refuse(HeadFault::kMalformed);
  return version == "HTTP/1.1" || version == "HTTP/1.0" ? At::kLineFeed : refuse(HeadFault::kVersion);
}

RequestHead::At RequestHead::next(char c, std::string_view head) {
  const At bad = At::kEnd;
  switch (at_) {
    case At::kMethod:
      if (is_token(c)) return at_;
      if (c == ' ' && seen_ > 0) return At::kTarget;
      break;
    case At::kTarget:
      if (is_visible(c)) return at_;
      if (c == ' ' && seen_ > begun_) return At::kVersion;
      break;
    case At::kVersion: return in_version(c, head);
    case At::kLineFeed:
      if (c == '\n') return At::kFieldStart;
      break;
    case At::kFieldStart:
      if (c == '\r') return At::kLastLineFeed;
      if (is_token(c)) return ++fields_ > limits_.fields ? refuse(HeadFault::kTooLarge) : At::kName;
      break;
    case At::kName:
      if (is_token(c)) return at_;
      if (c == ':') return At::kValue;
      break;
    case At::kValue:
      if (is_in_value(c)) return at_;
      if (c == '\r') return At::kLineFeed;
      break;
    case At::kLastLineFeed:
      if (c == '\n') return At::kEnd;
      break;
    case At::kEnd: break;
  }
  refuse(HeadFault::kMalformed);
  return bad;
}

bool RequestHead::needs_more(std::string_view head) {
  while (at_ != At::kEnd && seen_ < head.size()) {
    if (seen_ == limits_.bytes) {
      at_ = refuse(at_ <= At::kTarget ? HeadFault::kTargetTooLong : HeadFault::kTooLarge);
      break;
    }
    const At after = next(head[seen_], head);
    ++seen_;
    if (after != at_) begun_ = seen_;
    at_ = after;
  }
  return at_ != At::kEnd;
}

}  // namespace driftd
