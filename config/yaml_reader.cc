#include "config/yaml_reader.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <cassert>
#include <map>
#include <optional>
#include <regex>
#include <sstream>
#include <string_view>
#include <utility>

#include "config/scalar.h"

namespace driftd {
namespace {

// What is wrong with the bytes at this place, or nullptr.
const char* byte_problem(std::string_view rest) {
  const char c = rest[0];
  if (c == '\t') return "a tab; indent and separate with spaces";
  if (c == '\r' && !rest.starts_with("\r\n")) return "a carriage return without a line feed";
  const auto byte = static_cast<unsigned char>(c);
  if ((byte < 0x20 && c != '\n' && c != '\r') || byte == 0x7F) return "a control character";
  return utf8_sequence(rest) == 0 ? "not UTF-8" : nullptr;
}

// One problem a line at most.
void check_bytes(std::string_view text, std::uint32_t source, Report& report) {
  std::uint32_t line = 1;
  std::size_t line_start = 0;
  for (std::size_t i = 0; i < text.size();) {
    const char* problem = byte_problem(text.substr(i));
    if (problem != nullptr) {
      report.problem({source, line, static_cast<std::uint32_t>(i - line_start + 1), 1}, problem);
      i = std::min(text.find('\n', i), text.size() - 1);
    }
    if (text[i] == '\n') {
      ++line;
      line_start = i + 1;
    }
    i += std::max<std::size_t>(1, utf8_sequence(text.substr(i)));
  }
}

const char* number_problem(const std::string& text) {
  static const std::regex octal(R"([-+]?0[0-9_]+)"), underscore(R"([-+]?[0-9][0-9_]*_[0-9_.]*)"),
      special(R"([-+]?\.(inf|Inf|INF|nan|NaN|NAN))");
  if (text.empty() || text.size() > 64 || !std::string_view("+-.0123456789").contains(text[0])) return nullptr;
  if (std::regex_match(text, octal)) return "a number with a leading 0 looks octal; write it without the 0, or quote it if it is text";
  if (std::regex_match(text, underscore)) return "numbers are written without '_'; quote it if it is text";
  if (std::regex_match(text, special)) return "not a finite number";
  return nullptr;
}

// Thrown to leave the parser early; never leaves this file.
struct StopReading {};

class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(std::vector<std::string_view> lines, std::uint32_t source, Report& report)
      : lines_(std::move(lines)), source_(source), report_(report) {}

  YamlNode take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ < 2) return;
    report_.problem(at(mark, 1), "a second document; a configuration is one document");
    throw StopReading{};
  }
  void OnDocumentEnd() override {}
  void OnAnchor(const YAML::Mark& mark, const std::string& name) override {
    report_.problem(at(mark, name.size() + 1), "anchors are refused; write the value out");
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
    const Mark place = at(mark, 1);
    if (takes_key()) return bad_key(place, "aliases are refused; write the value out");
    report_.problem(place, "aliases are refused; write the value out");
    add({YamlNode::Kind::kRefused, place, {}, {}, {}});
  }
  void OnNull(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value style) override;
  void OnSequenceEnd() override { open_.pop_back(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value style) override;
  void OnMapEnd() override {
    assert(open_.back().node->keys.size() == open_.back().node->items.size());
    open_.pop_back();
  }

 private:
  struct Open {
    YamlNode* node;
    bool has_key = false;                             // a key waits for its value
    std::map<std::string, std::uint32_t> lines = {};  // of the keys so far
  };

  Mark at(const YAML::Mark& mark, std::size_t width) const {
    return {source_, static_cast<std::uint32_t>(mark.line + 1), static_cast<std::uint32_t>(mark.column + 1),
            static_cast<std::uint32_t>(width)};
  }
  char first_byte(const YAML::Mark& mark) const;
  std::size_t raw_width(const YAML::Mark& mark, const std::string& value) const;
  bool takes_key() const { return !open_.empty() && open_.back().node->kind == YamlNode::Kind::kMap && !open_.back().has_key; }
  void count(const Mark& place);
  void check_tag(const Mark& place, const std::string& tag, bool quoted);
  void add_key(const Mark& place, const std::string& name);
  void bad_key(const Mark& place, const char* message);
  YamlNode* add(YamlNode node);
  void open(const YAML::Mark& mark, const std::string& tag, YamlNode::Kind kind);

  std::vector<std::string_view> lines_;
  std::uint32_t source_;
  Report& report_;
  YamlNode root_{YamlNode::Kind::kMap, {}, {}, {}, {}};
  std::vector<Open> open_;
  std::size_t nodes_ = 0;
  int documents_ = 0;
};

char TreeBuilder::first_byte(const YAML::Mark& mark) const {
  const auto line = static_cast<std::size_t>(mark.line), column = static_cast<std::size_t>(mark.column);
  return line < lines_.size() && column < lines_[line].size() ? lines_[line][column] : '\0';
}

// Bytes that a scalar takes on its first line, quotes included.
std::size_t TreeBuilder::raw_width(const YAML::Mark& mark, const std::string& value) const {
  const char quote = first_byte(mark);
  if (quote == '\0') return 1;
  const std::string_view rest = lines_[static_cast<std::size_t>(mark.line)].substr(static_cast<std::size_t>(mark.column));
  if (rest.starts_with(value) && !value.empty()) return value.size();
  if (quote != '"' && quote != '\'') return 1;
  for (std::size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] == '\\' && quote == '"') {
      ++i;
    } else if (rest[i] == quote) {
      return i + 1;
    }
  }
  return rest.size();
}

void TreeBuilder::count(const Mark& place) {
  if (++nodes_ > YamlLimits::kNodes) {
    report_.problem(place, fmt::format("more than {} values", YamlLimits::kNodes));
    throw StopReading{};
  }
}

void TreeBuilder::check_tag(const Mark& place, const std::string& tag, bool quoted) {
  const bool none = tag.empty() || tag == "?" || (tag == "!" && quoted);
  if (!none) report_.problem(place, "tags are refused; types follow from the keys");
}

void TreeBuilder::bad_key(const Mark& place, const char* message) {
  report_.problem(place, message);
  open_.back().node->keys.push_back({"", place});
  open_.back().has_key = true;
}

void TreeBuilder::add_key(const Mark& place, const std::string& name) {
  YamlNode& map = *open_.back().node;
  if (name == "<<") report_.problem(place, "merge keys are refused; write the keys out");
  const auto [first, fresh] = open_.back().lines.emplace(name, place.line);
  if (!fresh) report_.problem(place, fmt::format("duplicate key '{}'; first in line {}", name, first->second));
  map.keys.push_back({name, place});
  open_.back().has_key = true;
}

YamlNode* TreeBuilder::add(YamlNode node) {
  count(node.at);
  if (open_.empty()) {
    root_ = std::move(node);
    return &root_;
  }
  Open& parent = open_.back();
  // A refused or repeated key keeps its place in the list of keys; its value is not looked at.
  parent.has_key = false;
  parent.node->items.push_back(std::move(node));
  return &parent.node->items.back();
}

void TreeBuilder::open(const YAML::Mark& mark, const std::string& tag, YamlNode::Kind kind) {
  const Mark place = at(mark, 1);
  check_tag(place, tag, false);
  if (takes_key()) {  // its parts would be taken for keys and values
    report_.problem(place, "a key must be plain text");
    throw StopReading{};
  }
  if (open_.size() >= YamlLimits::kDepth) {
    report_.problem(place, fmt::format("nested deeper than {}", YamlLimits::kDepth));
    throw StopReading{};
  }
  YamlNode* node = add({kind, place, {}, {}, {}});
  open_.push_back({node});
}

void TreeBuilder::OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t /*anchor*/,
                                  YAML::EmitterStyle::value /*style*/) {
  open(mark, tag, YamlNode::Kind::kList);
}

void TreeBuilder::OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t /*anchor*/,
                             YAML::EmitterStyle::value /*style*/) {
  open(mark, tag, YamlNode::Kind::kMap);
}

void TreeBuilder::OnNull(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) {
  if (takes_key()) return bad_key(at(mark, 1), "a key must be plain text");
  Mark place = open_.empty() ? at(mark, 1) : open_.back().node->at;
  if (!open_.empty() && open_.back().has_key) {
    place = open_.back().node->keys.back().at;
    report_.problem(place, fmt::format("key '{}' has no value; give one or leave the key out", open_.back().node->keys.back().name));
  } else if (!open_.empty()) {
    report_.problem(place, "a list item has no value");
  }
  if (open_.empty()) return;
  add({YamlNode::Kind::kRefused, place, {}, {}, {}});
}

void TreeBuilder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t /*anchor*/, const std::string& value) {
  const char first = first_byte(mark);
  const bool quoted = tag == "!" && std::string_view("\"'|>").contains(first);
  const Mark place = at(mark, raw_width(mark, value));
  check_tag(place, tag, quoted);
  if (takes_key()) return add_key(place, value);
  const char* problem = quoted ? nullptr : number_problem(value);
  if (problem != nullptr) report_.problem(place, problem);
  add({problem != nullptr ? YamlNode::Kind::kRefused : YamlNode::Kind::kScalar, place, value, {}, {}});
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t end = std::min(text.find('\n', from), text.size());
    lines.push_back(text.substr(from, end - from));
    from = end + 1;
  }
  return lines;
}

// Nothing when the text is not YAML: half a tree would only bring problems that follow from the first.
std::optional<YamlNode> parse(const std::string& text, std::uint32_t source, Report& report) {
  TreeBuilder builder(lines_of(text), source, report);
  try {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const StopReading&) {
    return std::nullopt;
  } catch (const YAML::Exception& error) {
    const auto line = static_cast<std::uint32_t>(error.mark.line + 1), column = static_cast<std::uint32_t>(error.mark.column + 1);
    report.problem({source, line, column, 1}, fmt::format("not valid YAML: {}", error.msg));
    return std::nullopt;
  }
  return builder.take();
}

}  // namespace

const YamlNode* YamlNode::find(const std::string& key) const {
  const auto place = std::ranges::find(keys, key, &Key::name);
  return place == keys.end() ? nullptr : &items[static_cast<std::size_t>(place - keys.begin())];
}

YamlNode* YamlNode::find(const std::string& key) { return const_cast<YamlNode*>(std::as_const(*this).find(key)); }

const char* kind_name(YamlNode::Kind kind) {
  switch (kind) {
    case YamlNode::Kind::kList: return "a list";
    case YamlNode::Kind::kMap: return "a map";
    case YamlNode::Kind::kScalar: return "a single value";
    case YamlNode::Kind::kRefused: break;
  }
  return "nothing";
}

YamlNode read_yaml(const std::string& name, std::string text, Report& report) {
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  const std::uint32_t source = report.add_source(name, text.size() <= YamlLimits::kBytes ? text : "");
  YamlNode nothing{YamlNode::Kind::kRefused, {source, 0, 0, 0}, {}, {}, {}};
  if (text.size() > YamlLimits::kBytes) {
    report.problem({source, 0, 0, 0}, fmt::format("larger than {}", print_size(YamlLimits::kBytes)));
    return nothing;
  }
  check_bytes(text, source, report);
  if (!report.clean()) return nothing;
  auto root = parse(text, source, report);
  if (!root) return nothing;
  if (root->at.line == 0) root->at = {source, 0, 0, 0};
  if (root->kind == YamlNode::Kind::kMap || root->kind == YamlNode::Kind::kRefused) return *root;
  report.problem(root->at, fmt::format("expected a map of keys at the top; got {}", kind_name(root->kind)));
  return nothing;
}

}  // namespace driftd
