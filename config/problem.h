// A problem of a configuration: where, what, and the line it is on. Collected all at once, printed like a compiler's.
// Text of lines never shows a secret: what follows a key that looks like one is masked before it leaves here.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace driftd {

// A place in one of the sources of a load. line and column count from 1, columns in bytes; line 0 = the source as a whole.
struct Mark {
  std::uint32_t source = 0;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::uint32_t width = 1;  // bytes to underline

  friend auto operator<=>(const Mark&, const Mark&) = default;
};

struct Problem {
  std::string source;        // file name as given, "--set a.b" or "DRIFTD__A__B"
  std::uint32_t line = 0;    // 0 = none
  std::uint32_t column = 0;  // in characters, from 1
  std::string message;
  std::string line_text;  // masked, shortened around the column
  std::string carets;     // spaces and carets that go under line_text

  friend bool operator==(const Problem&, const Problem&) = default;
};
using Problems = std::vector<Problem>;

// "name:line:column: message", then the line and a caret under the place.
std::string render(const Problem& problem);
std::string render(std::span<const Problem> problems);
std::string one_line(const Problem& problem);                    // "name:line:column: message", without a line end
std::string render_warnings(std::span<const Problem> warnings);  // "warning: " before each message

// One JSON document: {"problems":[{"source","line","column","message"}],"warnings":[...]}.
std::string render_json(std::span<const Problem> problems, std::span<const Problem> warnings);

// True for names of options and keys whose value must not be printed: passwords, secrets, tokens, private keys; not paths to them.
bool looks_secret(std::string_view name);

// Sources of one load and what was found in them.
class Report {
 public:
  // Returns the number that marks of this source carry.
  std::uint32_t add_source(std::string name, const std::string& text);
  std::string_view source_name(std::uint32_t source) const { return sources_[source].name; }

  void problem(const Mark& at, std::string message) { add(problems_, at, std::move(message)); }
  void warning(const Mark& at, std::string message) { add(warnings_, at, std::move(message)); }
  bool clean() const { return problems_.empty(); }

  // Sorted by place.
  Problems problems() const { return placed(problems_); }
  Problems warnings() const { return placed(warnings_); }

  // "name:line:column" or "name".
  std::string place(const Mark& at) const;

 private:
  struct Source {
    std::string name;
    std::vector<std::string> lines;
  };
  struct Finding {
    Mark at;
    std::string message;
  };
  static void add(std::vector<Finding>& to, const Mark& at, std::string message);
  Problems placed(std::vector<Finding> findings) const;
  Problem describe(const Finding& finding) const;

  std::vector<Source> sources_;
  std::vector<Finding> problems_, warnings_;
};

}  // namespace driftd
