// YAML text to a tree of scalars, lists and maps with places; the only user of yaml-cpp. Strict: one document, no tabs, anchors,
// aliases, merge keys, tags, duplicate keys, empty values, octal-looking numbers, 1_000, .inf, .nan; UTF-8, at most 1 MiB,
// depth 32 and 100,000 nodes. Events are judged as they come, so that an alias is refused before anything could expand it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "config/problem.h"

namespace driftd {

struct YamlNode {
  enum class Kind : std::uint8_t { kScalar, kList, kMap, kRefused };  // kRefused: already a problem; say nothing more about it
  struct Key {
    std::string name;
    Mark at;
  };

  Kind kind = Kind::kScalar;
  Mark at;
  std::string text;             // scalar
  std::vector<Key> keys;        // map: one for each item
  std::vector<YamlNode> items;  // list or map

  const YamlNode* find(const std::string& key) const;
  YamlNode* find(const std::string& key);
};

struct YamlLimits {
  static constexpr std::size_t kBytes = 1 << 20;
  static constexpr std::size_t kDepth = 32;
  static constexpr std::size_t kNodes = 100'000;
};

// Adds the text as a source of the report, and every refusal as a problem. Empty text is an empty map.
YamlNode read_yaml(const std::string& name, std::string text, Report& report);

// What a message calls a node: "a list", "a map".
const char* kind_name(YamlNode::Kind kind);

}  // namespace driftd
