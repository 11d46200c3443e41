#include "config/formats.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <regex>
#include <set>
#include <string_view>

namespace driftd {
namespace {

bool is_port(std::string_view text, unsigned least) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return !text.empty() && error == std::errc{} && end == text.data() + text.size() && port >= least && port <= 65535;
}

std::optional<std::string> unless(bool good, const char* expected) { return good ? std::nullopt : std::optional<std::string>(expected); }

}  // namespace

std::optional<std::string> expect_broker(const std::string& text) {
  static const std::regex form(R"((\[[0-9A-Fa-f:.%]+\]|[A-Za-z0-9._-]{1,255})(:([0-9]{1,5}))?)");
  std::smatch match;
  const bool good = text.size() <= 300 && std::regex_match(text, match, form) && (!match[3].matched || is_port(match[3].str(), 1));
  return unless(good, "one broker as host:port");
}

std::optional<std::string> expect_listen(const std::string& text) {
  static const std::regex form(R"((\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]{1,255}):([0-9]{1,5}))");
  std::smatch match;
  const bool good = text.size() <= 300 && std::regex_match(text, match, form) && is_port(match[2].str(), 0);
  return unless(good, "address:port, such as 127.0.0.1:3738 or [::1]:3738");
}

std::optional<std::string> expect_http_url(const std::string& text) {
  const bool scheme = text.starts_with("http://") || text.starts_with("https://");
  const bool good = text.empty() || (scheme && text.find("://") + 3 < text.size() && text.find_first_of(" \"<>\n") == std::string::npos);
  return unless(good, "a URL that starts with http:// or https://");
}

std::optional<std::string> expect_topic(const std::string& text) {
  const bool good = !text.empty() && text.size() <= 249 && text != "." && text != ".." &&
                    text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") == std::string::npos;
  return unless(good, "a topic name of 1 to 249 letters, digits, '.', '_' and '-'");
}

std::optional<std::string> expect_monitor_name(const std::string& text) {
  const bool good = !text.empty() && text.size() <= 63 && text[0] != '_' && text[0] != '-' &&
                    text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-") == std::string::npos;
  return unless(good, "a name of 1 to 63 lowercase letters, digits, '_' and '-' that starts with a letter or digit");
}

std::optional<std::string> expect_text(const std::string& text) {
  return unless(text.find_first_not_of(" ") != std::string::npos, "text that is not empty");
}

std::optional<std::string> expect_receiver_url(const std::string& text) {
  static const std::regex form(R"(https?://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]{1,253})(:([0-9]{1,5}))?(/[!$-;=?-Z_a-z~%]*)?)");
  std::smatch match;
  const bool good = text.size() <= 2000 && std::regex_match(text, match, form) && (!match[3].matched || is_port(match[3].str(), 1));
  return unless(text.empty() || good, "a URL that starts with http:// or https://, without a login and a '#'");
}

std::optional<std::string> expect_label_name(const std::string& text) {
  static const std::regex form("[A-Za-z_][A-Za-z0-9_]*");
  static const std::set<std::string> own{"alertname", "monitor", "kind", "feature", "segment", "severity"};
  if (own.contains(text)) return "a label that driftd does not set itself";
  return unless(text.size() <= 100 && !text.starts_with("__") && std::regex_match(text, form),
                "a label's name: letters, digits and '_', no digit first");
}

std::optional<std::string> expect_header_name(const std::string& text) {
  static const std::regex form("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}");
  static const std::set<std::string> own{
      "connection",        "content-length", "content-type",      "expect",           "host", "idempotency-key",
      "transfer-encoding", "webhook-id",     "webhook-signature", "webhook-timestamp"};
  std::string lower = text;
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (own.contains(lower)) return "a header that driftd does not set itself";
  return unless(std::regex_match(text, form), "a header's name");
}

std::optional<std::string> expect_transition(const std::string& text) {
  return unless(text == "pending" || text == "firing" || text == "updated" || text == "resolved", "pending, firing, updated or resolved");
}

std::optional<std::string> expect_alert_kind(const std::string& text) {
  return unless(text == "drift" || text == "prediction" || text == "performance" || text == "quality",
                "drift, prediction, performance or quality");
}

}  // namespace driftd
