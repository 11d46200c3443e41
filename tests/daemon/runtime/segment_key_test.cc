#include "daemon/runtime/segment_key.h"

#include <doctest/doctest.h>

namespace driftd {

TEST_CASE("a key keeps its parts apart") {
  std::string key;
  append_segment(key, "country", "de");
  CHECK(key == "country=de");
  append_segment(key, "note", R"(a,b=c\)");
  CHECK(key == R"(country=de,note=a\,b\=c\\)");
}

}  // namespace driftd
