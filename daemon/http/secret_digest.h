// Secrets as digests of one length, to be kept and compared in their place. Salted anew in each process: HMAC-SHA256 under a random key.
// Thread: any. Cost about a microsecond.
#pragma once

#include <array>
#include <initializer_list>
#include <string_view>

namespace driftd {

using SecretDigest = std::array<unsigned char, 32>;

// Of the parts in this order; {"a", "b"} and {"ab"} differ.
SecretDigest digest_of(std::initializer_list<std::string_view> parts);

// In a time that does not depend on where they differ.
bool equal_digests(const SecretDigest& a, const SecretDigest& b);

}  // namespace driftd
