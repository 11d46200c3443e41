#include "config/body_template.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "config/suggest.h"

namespace driftd {
namespace {

constexpr std::array kPlaceholders{
    Placeholder{"alert_id", "data.alert_id"},
    Placeholder{"config_hash", "data.provenance.config_hash"},
    Placeholder{"event", ""},
    Placeholder{"event_id", "id"},
    Placeholder{"feature", "data.feature.name"},
    Placeholder{"fingerprint", "data.fingerprint"},
    Placeholder{"kind", "data.kind"},
    Placeholder{"monitor", "data.monitor"},
    Placeholder{"offsets", "data.window.offsets"},
    Placeholder{"p_value", "data.p_value"},
    Placeholder{"page", "data.links.page"},
    Placeholder{"previous_state", "data.previous_state"},
    Placeholder{"reference_id", "data.reference.id"},
    Placeholder{"rows", "data.n"},
    Placeholder{"segment", "data.segment"},
    Placeholder{"severity", "data.severity"},
    Placeholder{"state", "data.state"},
    Placeholder{"statistic", "data.statistic"},
    Placeholder{"summary", "data.summary"},
    Placeholder{"threshold", "data.threshold"},
    Placeholder{"time", "time"},
    Placeholder{"type", "type"},
    Placeholder{"window_end", "data.window.end"},
    Placeholder{"window_start", "data.window.start"},
};

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' '), last = text.find_last_not_of(' ');
  return first == std::string_view::npos ? std::string_view{} : text.substr(first, last - first + 1);
}

std::size_t line_of(std::string_view text, std::size_t at) {
  return 1 + static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
}

std::string unknown(std::string_view name) {
  std::vector<std::string> names;
  for (const auto& known : kPlaceholders) names.emplace_back(known.name);
  const std::string close = did_you_mean(name, names);
  return fmt::format("unknown placeholder '{{{{{}}}}}'{}", name,
                     close.empty() ? fmt::format("; there are {}", fmt::join(names, ", ")) : close);
}

// A JSON value inside a JSON string: a text without its quotes, null as nothing, anything else as its own text, escaped.
std::string inside_string(const std::string& value) {
  if (value == "null") return {};
  if (value.size() >= 2 && value.front() == '"') return value.substr(1, value.size() - 2);
  std::string out;
  for (const char c : value) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

std::span<const Placeholder> placeholders() { return kPlaceholders; }

std::expected<BodyTemplate, TemplateError> BodyTemplate::parse(std::string_view text) {
  BodyTemplate made;
  Part part;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 2) == "{{") {
      const std::size_t end = text.find("}}", i);
      if (end == std::string_view::npos) return std::unexpected(TemplateError{line_of(text, i), "'{{' without '}}'"});
      const std::string_view name = trimmed(text.substr(i + 2, end - i - 2));
      const auto known = std::ranges::find(kPlaceholders, name, &Placeholder::name);
      if (known == kPlaceholders.end()) return std::unexpected(TemplateError{line_of(text, i), unknown(name)});
      part.path = known->path;
      part.has_placeholder = true;
      part.in_string = in_string;
      made.parts_.push_back(std::exchange(part, {}));
      i = end + 1;
      continue;
    }
    part.text += text[i];
    if (in_string && text[i] == '\\' && i + 1 < text.size())
      part.text += text[++i];
    else if (text[i] == '"')
      in_string = !in_string;
  }
  made.parts_.push_back(std::move(part));
  return made;
}

std::string BodyTemplate::render(const std::function<std::string(std::string_view path)>& value) const {
  std::string out;
  for (const Part& part : parts_) {
    out += part.text;
    if (part.has_placeholder) out += part.in_string ? inside_string(value(part.path)) : value(part.path);
  }
  return out;
}

}  // namespace driftd
