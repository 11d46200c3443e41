#include "daemon/sink/push_queue.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <ctime>

namespace driftd {
namespace {

constexpr std::size_t kShownAnswer = 200;  // bytes

}  // namespace

PushResult result_of(const PushAnswer& answer) {
  if (answer.status >= 200 && answer.status < 300) return PushResult::kTaken;
  const bool passes = answer.status < 200 || answer.status == 408 || answer.status == 429 || answer.status >= 500;
  return passes ? PushResult::kTryAgain : PushResult::kRefused;
}

std::string words_of(const PushAnswer& answer) {
  if (answer.status == 0) return answer.error;
  std::string shown = answer.body.substr(0, kShownAnswer);
  std::ranges::replace_if(shown, [](unsigned char c) { return c < 0x20 || c >= 0x7f; }, ' ');
  while (shown.ends_with(' ')) shown.pop_back();
  if (answer.status >= 300 && answer.status < 400) shown = "a redirect, which is not followed";
  return shown.empty() ? fmt::format("answered {}", answer.status) : fmt::format("answered {}: {}", answer.status, shown);
}

std::int64_t retry_after_us(std::string_view header, std::int64_t wall_us) {
  std::uint32_t seconds = 0;
  const auto [end, error] = std::from_chars(header.data(), header.data() + header.size(), seconds);
  if (!header.empty() && error == std::errc{} && end == header.data() + header.size()) return std::int64_t{seconds} * 1'000'000;
  tm date{};
  const std::string text(header);
  const char* read = strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &date);
  if (read == nullptr || *read != '\0') return 0;
  return std::max<std::int64_t>(0, timegm(&date) * std::int64_t{1'000'000} - wall_us);
}

}  // namespace driftd
