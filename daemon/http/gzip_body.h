// Bodies of answers as gzip (RFC 1952). Pure; any thread. Cost: about 10 ms a megabyte of text, which becomes some 50 KiB.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace driftd {

inline constexpr std::size_t kLeastCompressed = 1024;  // bytes: under them the header is no gain

// Text of any kind; pictures are compressed already.
bool is_compressible(std::string_view content_type);

std::string gzip_body(std::string_view body);

}  // namespace driftd
