#include "daemon/monitor/methods.h"

#include <doctest/doctest.h>

#include <string>

namespace driftd {

TEST_CASE("every method's name has one storage, an unknown one has none") {
  for (const std::string name : {"psi", "ks", "chi_square", "wasserstein", "adwin", "ddm", "page_hinkley", "missing", "type_mismatch",
                                 "out_of_range", "unseen_category"}) {
    CAPTURE(name);
    const std::string other = name;
    CHECK(interned_method(name) == name);
    CHECK(interned_method(name).data() == interned_method(other).data());
    CHECK(interned_method(name).data() != name.data());
  }
  for (const std::string name : {"", "PSI", "psi ", "mis", "missing_"}) {
    CAPTURE(name);
    CHECK(interned_method(name).empty());
  }
}

}  // namespace driftd
