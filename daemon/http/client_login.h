// Who a client says it is: the value of an Authorization header, from a file with a secret. Each error is a line that names key and file
// and shows nothing of what the file holds. Any thread.
#pragma once

#include <expected>
#include <string>

namespace driftd {

// file: a bearer token, one line.
std::expected<std::string, std::string> bearer_login(const std::string& key, const std::string& file);

// file: user:password, one line.
std::expected<std::string, std::string> basic_login(const std::string& key, const std::string& file);

}  // namespace driftd
