// One leaf of the table: from a node of the file to its slot, and from its slot to one line of YAML.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "config/fields.h"
#include "config/problem.h"
#include "config/substitute.h"
#include "config/yaml_reader.h"

namespace driftd {

// What reading a leaf needs. Problems go to the report, each beginning with the key's path.
struct ReadContext {
  Report& report;
  const SubstituteContext& substitute;
  // Of a librdkafka option: what is wrong with it, for example that the linked library does not know it. Null: not asked.
  const std::function<std::optional<std::string>(const std::string& name, const std::string& value)>& check_librdkafka;
};

// path: "monitors[0].window.every". A value with a problem leaves the slot as it was, or partly filled.
void read_leaf(const ConfigKey& field, const KeySlot& slot, const YamlNode& node, const std::string& path, const ReadContext& context);

// Flow YAML on one line; reads back equal, but for secrets, which print as "<secret>".
std::string print_leaf(const ConfigKey& field, const KeySlot& slot);

// "one of debug, info", "a whole number from 1 to 100": what a leaf takes.
std::string expected_value(const ConfigKey& field);

}  // namespace driftd
