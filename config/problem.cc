#include "config/problem.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <tuple>
#include <utility>

#include "config/scalar.h"

namespace driftd {
namespace {

constexpr std::size_t kMostFindings = 200;  // a file of nothing but mistakes needs no longer list
constexpr std::size_t kLineShown = 160;     // characters of a long line that are shown around the place
constexpr std::string_view kMask = "<secret>";

std::vector<std::string> split_lines(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t end = std::min(text.find('\n', from), text.size());
    std::size_t length = end - from;
    if (length > 0 && text[end - 1] == '\r') --length;
    lines.push_back(text.substr(from, length));
    from = end + 1;
  }
  return lines;
}

std::size_t indentation(std::string_view line) { return std::min(line.find_first_not_of(" -"), line.size()); }

// Where the value of the first key that looks secret starts in this line; npos = none.
std::size_t secret_value(std::string_view line) {
  for (std::size_t colon = line.find(':'); colon != std::string_view::npos; colon = line.find(':', colon + 1)) {
    const std::size_t start = line.find_last_of(" {,[-", colon);
    const std::size_t from = start == std::string_view::npos ? 0 : start + 1;
    if (looks_secret(line.substr(from, colon - from))) return std::min(line.find_first_not_of(' ', colon + 1), line.size());
  }
  return std::string_view::npos;
}

bool inside_secret_block(const std::vector<std::string>& lines, std::size_t index) {
  const std::size_t depth = indentation(lines[index]);
  for (std::size_t above = index; above-- > 0;) {
    if (lines[above].find_first_not_of(' ') == std::string::npos || indentation(lines[above]) >= depth) continue;
    return secret_value(lines[above]) != std::string_view::npos;
  }
  return false;
}

std::string masked_line(const std::vector<std::string>& lines, std::size_t index) {
  const std::string& line = lines[index];
  if (inside_secret_block(lines, index)) return std::string(std::min(indentation(line), line.size()), ' ') + std::string(kMask);
  const std::size_t value = secret_value(line);
  if (value == std::string_view::npos || value >= line.size()) return line;
  return line.substr(0, value) + std::string(kMask);
}

// For a terminal: no control bytes and nothing that is not UTF-8; a tab can be seen.
std::string printable(std::string_view line) {
  std::string out;
  for (std::size_t i = 0; i < line.size();) {
    const std::size_t length = utf8_sequence(line.substr(i));
    const auto byte = static_cast<unsigned char>(line[i]);
    if (line[i] == '\t') {
      out += "→";
    } else {
      out += length == 0 || byte < 0x20 || byte == 0x7F ? "?" : line.substr(i, length);
    }
    i += std::max<std::size_t>(1, length);
  }
  return out;
}

std::uint32_t characters(std::string_view bytes) {
  return static_cast<std::uint32_t>(std::ranges::count_if(bytes, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

// Bytes of the first n characters.
std::size_t byte_of(std::string_view text, std::size_t n) {
  std::size_t at = 0;
  while (at < text.size() && n > 0) {
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
    --n;
  }
  return at;
}

}  // namespace

bool looks_secret(std::string_view name) {
  std::string lower(name);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  while (!lower.empty() && (lower.back() == '"' || lower.back() == '\'')) lower.pop_back();
  for (const std::string_view path : {"file", "location", "url", "path"}) {
    if (lower.ends_with(path)) return false;
  }
  constexpr std::array<std::string_view, 12> kWords{"jaas",    "password", "passwd",  "passphrase", "secret",     "token",
                                                    "api_key", "api.key",  "api-key", "pem",        "credential", "authorization"};
  return std::ranges::any_of(kWords, [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

std::string one_line(const Problem& problem) {
  if (problem.line == 0) return fmt::format("{}: {}", problem.source, problem.message);
  return fmt::format("{}:{}:{}: {}", problem.source, problem.line, problem.column, problem.message);
}

std::string render(const Problem& problem) {
  std::string text = one_line(problem) + '\n';
  if (problem.line == 0 || problem.line_text.empty()) return text;
  return text + fmt::format("{:>5} | {}\n      | {}\n", problem.line, problem.line_text, problem.carets);
}

std::string render(std::span<const Problem> problems) {
  std::string text;
  for (const auto& problem : problems) text += render(problem);
  return text;
}

std::string render_warnings(std::span<const Problem> warnings) {
  std::string text;
  for (Problem warning : warnings) {
    warning.message.insert(0, "warning: ");
    text += render(warning);
  }
  return text;
}

namespace {

std::string json_list(std::span<const Problem> problems) {
  std::string text;
  for (const auto& problem : problems) {
    text += fmt::format("{}{{\"source\":{},\"line\":{},\"column\":{},\"message\":{}}}", text.empty() ? "" : ",", json_quote(problem.source),
                        problem.line, problem.column, json_quote(problem.message));
  }
  return text;
}

}  // namespace

std::string render_json(std::span<const Problem> problems, std::span<const Problem> warnings) {
  return fmt::format("{{\"problems\":[{}],\"warnings\":[{}]}}\n", json_list(problems), json_list(warnings));
}

std::uint32_t Report::add_source(std::string name, const std::string& text) {
  sources_.push_back({std::move(name), text.empty() ? std::vector<std::string>{} : split_lines(text)});
  return static_cast<std::uint32_t>(sources_.size() - 1);
}

void Report::add(std::vector<Finding>& to, const Mark& at, std::string message) {
  message = printable(message);  // keys are in it as they were written
  if (to.size() < kMostFindings) to.push_back({at, std::move(message)});
}

std::string Report::place(const Mark& at) const {
  const Source& source = sources_[at.source];
  if (at.line == 0 || at.line > source.lines.size()) return source.name;
  const std::string_view before = std::string_view(source.lines[at.line - 1]).substr(0, at.column - 1);
  return fmt::format("{}:{}:{}", source.name, at.line, characters(before) + 1);
}

Problems Report::placed(std::vector<Finding> findings) const {
  std::ranges::stable_sort(findings, {},
                           [](const Finding& finding) { return std::tuple(finding.at.source, finding.at.line, finding.at.column); });
  Problems problems;
  for (const auto& finding : findings) problems.push_back(describe(finding));
  return problems;
}

Problem Report::describe(const Finding& finding) const {
  const Source& source = sources_[finding.at.source];
  Problem problem{source.name, finding.at.line, finding.at.column, finding.message, "", ""};
  if (problem.line == 0 || problem.line > source.lines.size()) return problem;
  const std::string_view raw = source.lines[problem.line - 1];
  const std::size_t byte = std::min<std::size_t>(finding.at.column - 1, raw.size());
  problem.column = characters(raw.substr(0, byte)) + 1;
  const std::size_t width = characters(raw.substr(byte, finding.at.width));

  const std::string line = printable(masked_line(source.lines, problem.line - 1));
  const std::size_t total = characters(line);
  const std::size_t column = std::min<std::size_t>(problem.column - 1, total);
  const std::size_t from = column > kLineShown / 2 && total > kLineShown ? column - kLineShown / 2 : 0;
  const std::size_t first = byte_of(line, from);
  const std::string shown = line.substr(first, byte_of(std::string_view(line).substr(first), kLineShown));
  const std::size_t carets = std::clamp<std::size_t>(width, 1, std::max<std::size_t>(1, characters(shown) - (column - from)));
  problem.line_text = shown;
  problem.carets = std::string(column - from, ' ') + std::string(carets, '^');
  return problem;
}

}  // namespace driftd
