// The signature of Standard Webhooks: HMAC-SHA256 over "id.timestamp.body". Pure; OpenSSL computes.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace driftd {

// "whsec_" and base64, or base64 alone, of 24 to 64 bytes: the bytes. The error does not show the secret.
std::expected<std::string, std::string> webhook_key(std::string_view secret);

// What the header webhook-signature holds: "v1," and base64. timestamp: seconds since 1970, as in the header webhook-timestamp.
std::string webhook_signature(std::string_view key, std::string_view id, std::int64_t timestamp, std::string_view body);

}  // namespace driftd
