#include "daemon/http/logins.h"

#include <crypt.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "daemon/runtime/split.h"

namespace driftd {
namespace {

constexpr std::size_t kMostUsers = 100, kLongestPassword = 512;
constexpr const char* kWayOut = "make it with htpasswd -nB USER, or mkpasswd -m yescrypt";

// "": the hash is none that crypt(3) can make again.
std::string crypt_of(const std::string& password, const std::string& hash) {
  const auto work = std::make_unique<crypt_data>();  // 32 KiB
  const char* made = crypt_r(password.c_str(), hash.c_str(), work.get());
  return made == nullptr || *made == '*' ? std::string() : std::string(made);
}

// What is wrong with a line; nullopt: nothing is.
std::optional<std::string> wrong_hash(const std::string& hash) {
  const int kind = crypt_checksalt(hash.c_str());
  if (kind == CRYPT_SALT_METHOD_LEGACY) return fmt::format("its hash is of an old kind that is guessed quickly; {}", kWayOut);
  if (kind != CRYPT_SALT_OK) return fmt::format("its hash is none of crypt(3); {}", kWayOut);
  if (crypt_of("", hash).size() != hash.size()) return fmt::format("its hash is cut short or too long; {}", kWayOut);
  return std::nullopt;
}

}  // namespace

std::expected<Logins, std::string> Logins::parse(std::string_view text) {
  Logins logins;
  std::size_t number = 0;
  for (const std::string_view text_line : split(text, '\n')) {
    std::string line(text_line);
    ++number;
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty() || line.starts_with('#')) continue;
    const auto refuse = [&](std::string_view why) { return std::unexpected(fmt::format("line {}: {}", number, why)); };
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos || colon == 0) return refuse("expected user:hash");
    std::string hash = line.substr(colon + 1);
    if (const auto wrong = wrong_hash(hash)) return refuse(*wrong);
    if (!logins.hashes_.emplace(line.substr(0, colon), std::move(hash)).second) return refuse("this user has a line already");
    if (logins.hashes_.size() > kMostUsers) return refuse(fmt::format("more than {} users", kMostUsers));
  }
  if (logins.hashes_.empty()) return std::unexpected("holds no user:hash line");
  return logins;
}

bool Logins::check(const BasicLogin& login) const {
  const auto found = hashes_.find(login.user);
  const bool there = found != hashes_.end();
  const std::string& hash = there ? found->second : hashes_.begin()->second;
  if (login.password.size() > kLongestPassword) return false;
  const std::string made = crypt_of(login.password, hash);
  return equal_digests(digest_of({made}), digest_of({hash})) && there;
}

std::optional<bool> LoginMemory::known(const SecretDigest& login) const {
  if (std::ranges::any_of(right_, [&](const auto& each) { return equal_digests(each.second, login); })) return true;
  if (wrong_.contains(login)) return false;
  return std::nullopt;
}

void LoginMemory::learn(const std::string& user, const SecretDigest& login, bool right) {
  if (right) {
    right_.insert_or_assign(user, login);
    return;
  }
  if (!wrong_.insert(login).second) return;
  wrong_order_.push_back(login);
  if (wrong_order_.size() <= most_wrong_) return;
  wrong_.erase(wrong_order_.front());
  wrong_order_.pop_front();
}

SecretDigest login_digest(const BasicLogin& login) { return digest_of({login.user, login.password}); }

}  // namespace driftd
