#include "config/schema.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <optional>
#include <regex>
#include <sstream>
#include <string>

#include "config/print.h"
#include "config/yaml_reader.h"

using namespace driftd;

namespace {

// JSON is YAML, so the strict reader reads schema and document; quotes are gone then, but a number or word tells itself.
bool is_number(const std::string& text) { return std::regex_match(text, std::regex(R"(-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?)")); }

bool has_type(const YamlNode& node, const std::string& type) {
  if (type == "object") return node.kind == YamlNode::Kind::kMap;
  if (type == "array") return node.kind == YamlNode::Kind::kList;
  if (node.kind != YamlNode::Kind::kScalar) return false;
  if (type == "boolean") return node.text == "true" || node.text == "false";
  if (type == "integer") return is_number(node.text) && node.text.find_first_of(".e") == std::string::npos;
  if (type == "number") return is_number(node.text);
  return type == "string";
}

// The subset of JSON Schema 2020-12 that config_schema uses.
class Validator {
 public:
  explicit Validator(const YamlNode& root) : root_(root) {}

  bool valid(const YamlNode& schema, const YamlNode& node) const {
    for (std::size_t i = 0; i < schema.keys.size(); ++i) {
      if (!holds(schema.keys[i].name, schema.items[i], schema, node)) return false;
    }
    return true;
  }

 private:
  bool holds(const std::string& word, const YamlNode& value, const YamlNode& schema, const YamlNode& node) const {
    const bool scalar = node.kind == YamlNode::Kind::kScalar;
    if (word == "$ref") return value.text == "#/$defs/substitution" && valid(*root_.find("$defs")->find("substitution"), node);
    if (word == "type" && value.kind == YamlNode::Kind::kScalar) return has_type(node, value.text);
    if (word == "type") return std::ranges::any_of(value.items, [&](const YamlNode& type) { return has_type(node, type.text); });
    if (word == "anyOf") return std::ranges::any_of(value.items, [&](const YamlNode& one) { return valid(one, node); });
    if (word == "enum") return scalar && std::ranges::find(value.items, node.text, &YamlNode::text) != value.items.end();
    if (word == "const") return scalar && node.text == value.text;
    if (word == "pattern") return scalar && std::regex_search(node.text, std::regex(value.text));
    if (word == "minimum") return std::stod(node.text) >= std::stod(value.text);
    if (word == "maximum") return std::stod(node.text) <= std::stod(value.text);
    if (word == "exclusiveMinimum") return std::stod(node.text) > std::stod(value.text);
    if (word == "exclusiveMaximum") return std::stod(node.text) < std::stod(value.text);
    if (word == "items") return std::ranges::all_of(node.items, [&](const YamlNode& item) { return valid(value, item); });
    if (word == "required") return std::ranges::all_of(value.items, [&](const YamlNode& key) { return node.find(key.text) != nullptr; });
    if (word == "properties") return properties_hold(value, node);
    if (word == "additionalProperties") return additional_hold(value, schema, node);
    const bool note = word == "description" || word == "default" || word == "title" || word == "$schema" || word == "$defs";
    CHECK_MESSAGE(note, word);
    return note;
  }
  bool properties_hold(const YamlNode& properties, const YamlNode& node) const {
    for (std::size_t i = 0; i < node.keys.size(); ++i) {
      const YamlNode* schema = properties.find(node.keys[i].name);
      if (schema != nullptr && !valid(*schema, node.items[i])) return false;
    }
    return true;
  }
  bool additional_hold(const YamlNode& value, const YamlNode& schema, const YamlNode& node) const {
    const YamlNode* properties = schema.find("properties");
    for (std::size_t i = 0; i < node.keys.size(); ++i) {
      if (properties != nullptr && properties->find(node.keys[i].name) != nullptr) continue;
      if (value.kind == YamlNode::Kind::kScalar || !valid(value, node.items[i])) return false;
    }
    return true;
  }

  const YamlNode& root_;
};

YamlNode read(const std::string& text) {
  Report report;
  YamlNode node = read_yaml("f", text, report);
  CHECK_MESSAGE(report.clean(), render(report.problems()));
  return node;
}

std::string sample(const std::string& name) {
  std::ifstream file(DRIFTD_SOURCE_DIR "/config/examples/" + name);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

bool accepts(const std::string& text) {
  static const YamlNode schema = read(config_schema());
  return Validator(schema).valid(schema, read(text));
}

}  // namespace

TEST_CASE("the schema accepts the samples and what is like them") {
  for (const char* name : {"minimal.yaml", "full.yaml", "alerts.yaml"}) {
    CAPTURE(name);
    CHECK(accepts(sample(name)));
  }
  CHECK(
      accepts("monitors: [{name: m, topic: t, reference: r, detectors: {psi: {threshold: 0.2}, adwin: {delta: 0.01, fields: [x]}, "
              "page_hinkley: {mode: up}}}]\n"));
  CHECK(accepts("engine: {shards: 4}\nstate: {generations: \"${env:N}\"}\nalerts: {false_alarms: off, min_effect: 0.2}\n"));
  CHECK(accepts("kafka: {librdkafka: {a.b: 1, c: x}}\ndefaults: {start: earliest, segments: {by: [a], values: {a: [x, 1]}}}\n"));
}

TEST_CASE("a list that is the default is JSON as well, which YAML would not tell") {
  CHECK(config_schema().find(R"("default": ["firing", "updated", "resolved"])") != std::string::npos);
}

TEST_CASE("the schema refuses what the loader refuses") {
  for (const char* text : {"lgo: {level: info}\n", "log: {level: loud}\n", "log: {repeat_limit: 10}\n", "engine: {max_payload: 1MB}\n",
                           "state: {generations: 0}\n", "kafka: {brokers: a}\n", "monitors: [{name: m}]\n", "monitors: {}\n",
                           "alerts: {kafka: {enabled: yes}}\n", "alerts: {false_alarms: 1/30d}\n", "defaults: {detectors: {psi: {}}}\n",
                           "defaults: {detectors: {adwinn: {}}}\n", "defaults: {detectors: {adwin: {delta: 2}}}\n",
                           "defaults: {detectors: {ks: {threshold: 1}}}\n", "defaults: {name: x}\n",
                           "defaults: {segments: {values: {a: b}}}\n", "http: {tls: {certfile: x}}\n"}) {
    CAPTURE(text);
    CHECK_FALSE(accepts(text));
  }
}
