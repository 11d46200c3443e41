// The page's files as text, in one folder so that the modules find each other; assets.cc is made from them by CMake.
#pragma once

#include <span>
#include <string_view>

namespace driftd {

struct Asset {
  std::string_view name, content_type, body;
};

extern const std::span<const Asset> kPageAssets;

}  // namespace driftd
