#include "config/bind.h"

#include <fmt/format.h>

#include <algorithm>

#include "config/suggest.h"

namespace driftd {

std::string join_path(const std::string& path, const std::string& key) { return path.empty() ? key : path + "." + key; }

void Binder::bind(const YamlNode& root) {
  if (root.kind != YamlNode::Kind::kMap) return;
  places_[""] = root.at;
  bind_keys(key_table(), &document_, root, "");
}

// In the table's order, not the file's: defaults are known before the monitors that start from them.
void Binder::bind_keys(const ConfigKey& group, void* owner, const YamlNode& node, const std::string& path) {
  scopes_.push_back({&group, path});
  for (const auto& key : node.keys) {
    if (find_key(group, key.name) == nullptr) unknown_key(group, key, path);
  }
  for (const auto& key : group.keys) {
    const auto place = std::ranges::find(node.keys, key.name, &YamlNode::Key::name);
    if (place == node.keys.end()) continue;
    const std::string key_path = join_path(path, key.name);
    const auto& value = node.items[static_cast<std::size_t>(place - node.keys.begin())];
    places_[key_path] = is_leaf(key) ? value.at : place->at;
    bind_key(key, owner, value, key_path);
  }
  require_keys(group, node, path);
  scopes_.pop_back();
}

void Binder::bind_key(const ConfigKey& key, void* owner, const YamlNode& node, const std::string& path) {
  if (node.kind == YamlNode::Kind::kRefused) return;
  if (is_leaf(key)) return read_leaf(key, key.slot(owner), node, path, context_);
  if (key.type == FieldType::kEntries) return bind_entries(key, node, path);
  if (node.kind == YamlNode::Kind::kMap) return bind_keys(key, owner, node, path);
  context_.report.problem(node.at, fmt::format("{}: expected a map of keys; got {}", path, kind_name(node.kind)));
}

void Binder::bind_entries(const ConfigKey& key, const YamlNode& node, const std::string& path) {
  if (node.kind != YamlNode::Kind::kList) {
    context_.report.problem(node.at, fmt::format("{}: expected a list; got {}", path, kind_name(node.kind)));
    return;
  }
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    const YamlNode& item = node.items[i];
    const std::string item_path = fmt::format("{}[{}]", path, i);
    void* entry = key.append(document_);
    if (item.kind == YamlNode::Kind::kMap) {
      places_[item_path] = item.at;
      bind_keys(key, entry, item, item_path);
    } else if (item.kind != YamlNode::Kind::kRefused) {
      context_.report.problem(item.at, fmt::format("{}: expected a map of keys; got {}", item_path, kind_name(item.kind)));
    }
  }
}

// The top level's required keys depend on what the configuration is for: load.cc checks them.
void Binder::require_keys(const ConfigKey& group, const YamlNode& node, const std::string& path) {
  if (group.type != FieldType::kEntries) return;
  for (const auto& key : group.keys) {
    if (!key.required || node.find(key.name) != nullptr) continue;
    context_.report.problem(node.at, fmt::format("{}: missing key '{}'", path, key.name));
  }
}

void Binder::unknown_key(const ConfigKey& group, const YamlNode::Key& key, const std::string& path) {
  if (key.name.empty() || key.name == "<<") return;  // refused by the reader
  const std::string where = path.empty() ? "at the top level" : "in " + path;
  context_.report.problem(key.at, fmt::format("unknown key '{}' {}{}", key.name, where, hint(group, key.name)));
}

std::string Binder::hint(const ConfigKey& group, const std::string& key) const {
  if (&group == find_key(key_table(), "defaults") && find_key(*find_key(key_table(), "monitors"), key) != nullptr) {
    return "; it belongs to each monitor";
  }
  for (const auto& child : group.keys) {
    if (child.type == FieldType::kGroup && find_key(child, key) != nullptr) {
      return fmt::format("; it is a key of '{}': indent it below that", child.name);
    }
  }
  if (scopes_.size() > 1) {
    const Scope& outer = scopes_[scopes_.size() - 2];
    if (find_key(*outer.group, key) != nullptr) {
      const std::string where = outer.path.empty() ? "the top level" : "'" + outer.path + "'";
      return fmt::format("; it is a key of {}: indent it less", where);
    }
  }
  return did_you_mean(key, key_names(group));
}

}  // namespace driftd
