// Writes a whole file at once or not at all: a reader never sees a half-written one.
#pragma once

#include <string>
#include <string_view>

namespace driftd {

// "" or what went wrong, with the path. `-` = stdout.
std::string write_file(const std::string& path, std::string_view bytes);

}  // namespace driftd
