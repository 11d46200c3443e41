#include "daemon/runtime/version.h"

#include <doctest/doctest.h>

namespace driftd {

TEST_CASE("the version is that of the project") {
  CHECK(version().find('.') != std::string_view::npos);
  CHECK(version().front() >= '0');
}

}  // namespace driftd
