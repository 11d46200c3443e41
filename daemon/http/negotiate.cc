#include "daemon/http/negotiate.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>

namespace driftd {
namespace {

constexpr std::string_view kBlank = " \t";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlank);
  return first == std::string_view::npos ? std::string_view{} : text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

// The part before the separator, which goes from the text with it; what is quoted separates nothing.
std::string_view take_part(std::string_view& text, char separator) {
  bool quoted = false;
  std::size_t end = 0;
  for (; end < text.size() && (quoted || text[end] != separator); ++end) {
    if (text[end] == '"') quoted = !quoted;
    if (text[end] == '\\' && quoted) ++end;
  }
  end = std::min(end, text.size());
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(text.size(), end + 1));
  return trimmed(part);
}

bool equal(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
  return std::ranges::equal(a, b, {}, lower, lower);
}

// One element of either header.
struct Wish {
  std::string_view what;  // "text/*", "gzip"
  std::string_view version;
  double q = 1;
};

// 0 to 1. What is no number is no wish.
double quality_of(std::string_view text) {
  double q = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), q);
  return error == std::errc{} && end == text.data() + text.size() && q >= 0 && q <= 1 ? q : 0;
}

// nullopt: the header has no more.
std::optional<Wish> take_wish(std::string_view& header) {
  while (!header.empty()) {
    std::string_view element = take_part(header, ',');
    if (element.empty()) continue;
    Wish wish{take_part(element, ';'), {}, 1};
    while (!element.empty()) {
      std::string_view value = take_part(element, ';');
      const std::string_view name = take_part(value, '=');
      value = trimmed(value);
      if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
      if (equal(name, "q")) wish.q = quality_of(value);
      if (equal(name, "version")) wish.version = value;
    }
    return wish;
  }
  return std::nullopt;
}

// How closely a range is about an offer; 0: not at all.
int closeness(const Wish& wish, const MediaOffer& offer) {
  if (!wish.version.empty() && wish.version != offer.version) return 0;
  if (equal(wish.what, offer.type)) return wish.version.empty() ? 3 : 4;
  const std::string_view family = offer.type.substr(0, offer.type.find('/') + 1);
  if (wish.what.size() == family.size() + 1 && wish.what.back() == '*' && equal(wish.what.substr(0, family.size()), family)) return 2;
  return wish.what == "*/*" ? 1 : 0;
}

// By the range that is closest to it.
double quality_for(std::string_view accept, const MediaOffer& offer) {
  int closest = 0;
  double q = 0;
  while (const auto wish = take_wish(accept)) {
    const int close = closeness(*wish, offer);
    if (close <= closest) continue;
    closest = close;
    q = wish->q;
  }
  return q;
}

}  // namespace

std::size_t choose_media(std::string_view accept, std::span<const MediaOffer> offers) {
  std::size_t best = 0;
  double best_q = 0;
  for (std::size_t i = 0; i < offers.size(); ++i) {
    const double q = quality_for(accept, offers[i]);
    if (q <= best_q) continue;
    best = i;
    best_q = q;
  }
  return best;
}

bool accepts_gzip(std::string_view accept_encoding) {
  std::optional<double> gzip, identity, any;
  while (const auto wish = take_wish(accept_encoding)) {
    if (equal(wish->what, "gzip") || equal(wish->what, "x-gzip")) gzip = wish->q;
    if (equal(wish->what, "identity")) identity = wish->q;
    if (wish->what == "*") any = wish->q;
  }
  const double wanted = gzip.value_or(any.value_or(0));
  return wanted > 0 && wanted >= identity.value_or(0);
}

}  // namespace driftd
