#include "config/overrides.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

#include "config/fields.h"

namespace driftd {
namespace {

constexpr std::string_view kPrefix = "DRIFTD__";

std::vector<std::string> split(std::string_view text, std::string_view separator) {
  std::vector<std::string> parts;
  for (std::size_t from = 0;;) {
    const std::size_t end = text.find(separator, from);
    parts.emplace_back(text.substr(from, end == std::string_view::npos ? end : end - from));
    if (end == std::string_view::npos) return parts;
    from = end + separator.size();
  }
}

// "monitors[0]" -> "monitors", "0"; anything else stays whole.
std::vector<std::string> split_index(const std::string& part) {
  const std::size_t open = part.find('[');
  if (open == std::string::npos || !part.ends_with(']')) return {part};
  return {part.substr(0, open), part.substr(open + 1, part.size() - open - 2)};
}

std::optional<std::size_t> as_index(const std::string& text) {
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return index;
}

YamlNode scalar(const Mark& at, std::string text) { return {YamlNode::Kind::kScalar, at, std::move(text), {}, {}}; }

YamlNode value_node(const ConfigKey* field, const Mark& at, const std::string& text) {
  if (field == nullptr || field->type != FieldType::kTextList) return scalar(at, text);
  YamlNode list{YamlNode::Kind::kList, at, {}, {}, {}};
  if (text.empty()) return list;
  for (auto& part : split(text, ",")) list.items.push_back(scalar(at, std::move(part)));
  return list;
}

class Override {
 public:
  Override(Mark at, std::vector<std::string> parts, std::string value, Report& report)
      : at_(at), parts_(std::move(parts)), value_(std::move(value)), report_(report) {}

  void apply(YamlNode& root) { descend(root, &key_table(), 0); }

 private:
  void descend(YamlNode& node, const ConfigKey* group, std::size_t part);
  void descend_list(YamlNode& list, const ConfigKey* entries, std::size_t part);
  YamlNode& child(YamlNode& map, const std::string& name, YamlNode::Kind kind) const;
  void put(YamlNode& map, const std::string& name, YamlNode value) const;
  std::string rest(std::size_t part) const;

  Mark at_;
  std::vector<std::string> parts_;
  std::string value_;
  Report& report_;
};

YamlNode& Override::child(YamlNode& map, const std::string& name, YamlNode::Kind kind) const {
  if (map.find(name) == nullptr) put(map, name, {kind, at_, {}, {}, {}});
  return *map.find(name);
}

void Override::put(YamlNode& map, const std::string& name, YamlNode value) const {
  if (YamlNode* old = map.find(name)) {
    *old = std::move(value);
    return;
  }
  map.keys.push_back({name, at_});
  map.items.push_back(std::move(value));
}

// The parts from here on as one name: librdkafka's options have dots in theirs.
std::string Override::rest(std::size_t part) const {
  std::string name = parts_[part];
  while (++part < parts_.size()) name += "." + parts_[part];
  return name;
}

// An unknown key is put in as well: reading it gives the message that a file would get.
void Override::descend(YamlNode& node, const ConfigKey* group, std::size_t part) {
  if (node.kind != YamlNode::Kind::kMap) return;  // already a problem of the file
  const std::string& name = parts_[part];
  const ConfigKey* key = find_key(*group, name);
  const bool last = part + 1 == parts_.size();
  if (key == nullptr) return put(node, name, scalar(at_, value_));
  if (last) return put(node, name, value_node(key, at_, value_));
  if (key->type == FieldType::kGroup) return descend(child(node, name, YamlNode::Kind::kMap), key, part + 1);
  if (key->type == FieldType::kEntries) return descend_list(child(node, name, YamlNode::Kind::kList), key, part + 1);
  if (key->type == FieldType::kTextMap) {
    YamlNode& map = child(node, name, YamlNode::Kind::kMap);
    if (map.kind == YamlNode::Kind::kMap) put(map, rest(part + 1), scalar(at_, value_));
    return;
  }
  report_.problem(at_, fmt::format("'{}' has no keys below it", name));
}

void Override::descend_list(YamlNode& list, const ConfigKey* entries, std::size_t part) {
  if (list.kind != YamlNode::Kind::kList) return;
  const auto index = as_index(parts_[part]);
  if (!index || *index >= list.items.size()) {
    report_.problem(at_, fmt::format("{} has {} entries; '{}' is none of them", entries->name, list.items.size(), parts_[part]));
  } else if (part + 1 == parts_.size()) {
    report_.problem(at_, fmt::format("an entry of {} cannot be set as a whole; set its keys", entries->name));
  } else {
    descend(list.items[*index], entries, part + 1);
  }
}

void apply_one(YamlNode& root, const std::string& source, std::vector<std::string> parts, const std::string& value, Report& report) {
  const Mark at{report.add_source(source, ""), 0, 0, 0};
  if (std::ranges::any_of(parts, &std::string::empty)) {
    report.problem(at, "an empty part in the path of a key");
    return;
  }
  Override(at, std::move(parts), value, report).apply(root);
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

}  // namespace

void apply_environment(YamlNode& root, const Environment& environment, Report& report) {
  for (const auto& [name, value] : environment) {
    if (!name.starts_with(kPrefix)) continue;
    apply_one(root, name, split(lower(std::string_view(name).substr(kPrefix.size())), "__"), value, report);
  }
}

void apply_set(YamlNode& root, const std::vector<std::string>& set, Report& report) {
  for (const auto& assignment : set) {
    const std::size_t equals = assignment.find('=');
    if (equals == std::string::npos) {
      report.problem({report.add_source("--set", ""), 0, 0, 0}, "expected KEY=VALUE, such as log.level=debug");
      continue;
    }
    std::vector<std::string> parts;
    for (const auto& part : split(std::string_view(assignment).substr(0, equals), "."))
      std::ranges::move(split_index(part), std::back_inserter(parts));
    apply_one(root, "--set " + assignment.substr(0, equals), std::move(parts), assignment.substr(equals + 1), report);
  }
}

}  // namespace driftd
