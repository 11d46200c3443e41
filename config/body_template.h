// The body of a webhook as its user writes it: JSON with placeholders, `{"branch": "drift-{{monitor}}", "rows": {{rows}}}`.
// Inside a JSON string a placeholder becomes text, escaped; outside one it becomes a JSON value: so what was JSON stays JSON,
// whatever a feature or a category is called. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace driftd {

struct Placeholder {
  std::string_view name;
  std::string_view path;  // of its value in an alert event, dotted; "" = the whole event
};
std::span<const Placeholder> placeholders();

struct TemplateError {
  std::size_t line = 0;  // of the template, from 1
  std::string message;
};

class BodyTemplate {
 public:
  static std::expected<BodyTemplate, TemplateError> parse(std::string_view text);

  // value: the JSON text of what a path holds, "null" for nothing. Is the result JSON? Its caller asks a parser, once.
  std::string render(const std::function<std::string(std::string_view path)>& value) const;

 private:
  struct Part {
    std::string text;       // as it stands, before the placeholder
    std::string_view path;  // of the placeholder
    bool has_placeholder = false;
    bool in_string = false;
  };
  std::vector<Part> parts_;
};

}  // namespace driftd
