// Walks a tree of the file along the key table and fills a Document; unknown keys get a hint. What is set where is kept as places.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/field_value.h"
#include "config/fields.h"
#include "config/problem.h"
#include "config/yaml_reader.h"

namespace driftd {

// Path of a set leaf, group or entry -> where. Groups and entries are there so that a missing key has a place.
using Places = std::map<std::string, Mark>;

class Binder {
 public:
  Binder(Document& document, const ReadContext& context) : document_(document), context_(context) {}

  void bind(const YamlNode& root);

  const Places& places() const { return places_; }

 private:
  // A group or entry being read, innermost last: for hints about keys that belong elsewhere.
  struct Scope {
    const ConfigKey* group;
    std::string path;
  };

  void bind_keys(const ConfigKey& group, void* owner, const YamlNode& node, const std::string& path);
  void bind_key(const ConfigKey& key, void* owner, const YamlNode& node, const std::string& path);
  void bind_entries(const ConfigKey& key, const YamlNode& node, const std::string& path);
  void require_keys(const ConfigKey& group, const YamlNode& node, const std::string& path);
  void unknown_key(const ConfigKey& group, const YamlNode::Key& key, const std::string& path);
  std::string hint(const ConfigKey& group, const std::string& key) const;

  Document& document_;
  const ReadContext& context_;
  std::vector<Scope> scopes_;
  Places places_;
};

// "a" + "b" -> "a.b"; "" + "b" -> "b".
std::string join_path(const std::string& path, const std::string& key);

}  // namespace driftd
