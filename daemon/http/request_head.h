// The head of a request (request line and fields), read byte by byte and as strictly as RFC 9112 allows: what two programs could read in
// two ways is refused before anybody parses it. Only CRLF ends a line, nothing is folded, names are tokens up to their colon, values hold
// no control bytes, and there is no other version than 1.0 and 1.1.
//   Pure; one thread. Cost O(bytes), each looked at once, however they arrive.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace driftd {

enum class HeadFault : std::uint8_t {
  kNone,
  kMalformed,      // 400
  kTargetTooLong,  // 414: the limit was reached within the request line
  kTooLarge,       // 431: in bytes, or in fields
  kVersion,        // 505
};

struct HeadLimits {
  std::size_t bytes = 8 << 10;
  std::size_t fields = 100;
};

class RequestHead {
 public:
  explicit RequestHead(HeadLimits limits) : limits_(limits) {}

  // head: everything since the first byte of the request; what an earlier call has seen must be the same. True: more is needed.
  bool needs_more(std::string_view head);
  HeadFault fault() const { return fault_; }
  std::size_t size() const { return seen_; }  // without a fault: bytes of the whole head; what is behind it was not looked at

 private:
  enum class At : std::uint8_t { kMethod, kTarget, kVersion, kLineFeed, kFieldStart, kName, kValue, kLastLineFeed, kEnd };

  At next(char c, std::string_view head);
  At in_version(char c, std::string_view head);
  At refuse(HeadFault fault);

  HeadLimits limits_;
  At at_ = At::kMethod;
  std::size_t seen_ = 0, begun_ = 0, fields_ = 0;  // begun_: where the present part began
  HeadFault fault_ = HeadFault::kNone;
};

}  // namespace driftd
