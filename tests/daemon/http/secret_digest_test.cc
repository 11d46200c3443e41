#include "daemon/http/secret_digest.h"

#include <doctest/doctest.h>

using namespace driftd;

TEST_CASE("digests are equal where all parts are") {
  CHECK(digest_of({"a", "b"}) == digest_of({"a", "b"}));
  CHECK(equal_digests(digest_of({"a", "b"}), digest_of({"a", "b"})));
  CHECK_FALSE(equal_digests(digest_of({"a", "b"}), digest_of({"ab"})));
  CHECK_FALSE(equal_digests(digest_of({"a", "b"}), digest_of({"b", "a"})));
  CHECK_FALSE(equal_digests(digest_of({"a", ""}), digest_of({"a"})));
  SecretDigest last = digest_of({"a"});
  last.back() ^= 1;
  CHECK_FALSE(equal_digests(last, digest_of({"a"})));
}
