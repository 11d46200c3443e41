// The fields that a plan reads, as a tree of keys: what formats with a schema are compiled against. Built once, then only read.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/decode/field_tree.h"

namespace driftd {

struct PlannedField {
  std::string key;
  Field field;  // what is read of it; Field::has_children says whether paths go on below
  std::vector<std::unique_ptr<PlannedField>> children;

  bool read() const { return field.reads != Reads::kNothing; }
  const PlannedField* child(std::string_view name) const;  // nullptr: no path has it
};

PlannedField plan_fields(const DecodePlan& plan);  // the root: a whole record

}  // namespace driftd
