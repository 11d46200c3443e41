#include "daemon/sink/webhook_signature.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "daemon/runtime/base64.h"

namespace driftd {
namespace {

constexpr std::size_t kShortestKey = 24, kLongestKey = 64, kLongestSecret = 200;  // the secret in characters

}  // namespace

std::expected<std::string, std::string> webhook_key(std::string_view secret) {
  const std::string wrong =
      fmt::format("is no secret of Standard Webhooks: expected whsec_ and base64 of {} to {} bytes", kShortestKey, kLongestKey);
  if (secret.starts_with("whsec_")) secret.remove_prefix(6);
  if (secret.empty() || secret.size() % 4 != 0 || secret.size() > kLongestSecret) return std::unexpected(wrong);
  std::array<unsigned char, kLongestSecret> bytes{};
  const int decoded = EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(secret.data()), static_cast<int>(secret.size()));
  if (decoded < 0) return std::unexpected(wrong);
  // The decoder counts the padding as bytes.
  const std::size_t padding = secret.ends_with("==") ? 2 : secret.ends_with('=') ? 1 : 0;
  const std::size_t size = static_cast<std::size_t>(decoded) - padding;
  if (size < kShortestKey || size > kLongestKey) return std::unexpected(wrong);
  return std::string(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
}

std::string webhook_signature(std::string_view key, std::string_view id, std::int64_t timestamp, std::string_view body) {
  const std::string content = fmt::format("{}.{}.{}", id, timestamp, body);
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(content.data()), content.size(),
       mac.data(), &size);
  return "v1," + base64({reinterpret_cast<const char*>(mac.data()), size});
}

}  // namespace driftd
