// Who may read: the lines of a basic_auth_file, and what is known of logins that were tried. Checking a password is slow by intent, so it
// happens once for each login that is right, and at most once for one of the last that were wrong.
#pragma once

#include <cstddef>
#include <deque>
#include <expected>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "daemon/http/authorization.h"
#include "daemon/http/secret_digest.h"

namespace driftd {

// user:hash lines, hashes of crypt(3): bcrypt ($2b$, $2y$), yescrypt ($y$), SHA-crypt ($5$, $6$), ... Empty lines and those that begin with
// # are stepped over. Immutable; any thread.
class Logins {
 public:
  // Each hash is tried once, which takes as long as a check. The error names the line and the way out.
  static std::expected<Logins, std::string> parse(std::string_view text);

  // Takes what the hash was made to take, tens of milliseconds; about the same for a user that is not there.
  bool check(const BasicLogin& login) const;

 private:
  std::map<std::string, std::string, std::less<>> hashes_;
};

// Digests of logins that were checked: all right ones (at most one a user), and the last wrong ones. One thread.
class LoginMemory {
 public:
  explicit LoginMemory(std::size_t most_wrong = 1024) : most_wrong_(most_wrong) {}

  std::optional<bool> known(const SecretDigest& login) const;
  void learn(const std::string& user, const SecretDigest& login, bool right);

 private:
  std::size_t most_wrong_;
  std::map<std::string, SecretDigest> right_;
  std::set<SecretDigest> wrong_;
  std::deque<SecretDigest> wrong_order_;  // the oldest first
};

SecretDigest login_digest(const BasicLogin& login);

}  // namespace driftd
