#include "daemon/decode/planned_fields.h"

#include <algorithm>

#include "daemon/decode/field_path.h"

namespace driftd {
namespace {

Field& add_path(PlannedField& root, std::string_view path) {
  PlannedField* at = &root;
  for (std::string& key : split_path(path)) {
    at->field.has_children = true;
    const auto known = std::ranges::find_if(at->children, [&](const auto& child) { return child->key == key; });
    if (known != at->children.end()) {
      at = known->get();
      continue;
    }
    at->children.push_back(std::make_unique<PlannedField>());
    at = at->children.back().get();
    at->key = std::move(key);
  }
  return at->field;
}

void rate(PlannedField& planned) {
  if (planned.field.numeric != kNoColumn) planned.field.reads = Reads::kNumber;
  if (planned.field.reads_more()) planned.field.reads = Reads::kMore;
  for (const auto& child : planned.children) rate(*child);
}

}  // namespace

const PlannedField* PlannedField::child(std::string_view name) const {
  const auto found = std::ranges::find_if(children, [&](const auto& each) { return each->key == name; });
  return found == children.end() ? nullptr : found->get();
}

PlannedField plan_fields(const DecodePlan& plan) {
  PlannedField root;
  for (const Slot& slot : plan.slots) {
    Field& field = add_path(root, slot.path);
    (slot.type == SlotType::kNumeric ? field.numeric : field.category) = slot.column;
  }
  if (!plan.fields.event_time.empty()) add_path(root, plan.fields.event_time).event_time = true;
  if (!plan.fields.prediction.empty()) add_path(root, plan.fields.prediction).prediction = true;
  if (!plan.fields.label.empty()) add_path(root, plan.fields.label).label = true;
  if (plan.keep_answers && !plan.fields.event_id.empty()) add_path(root, plan.fields.event_id).event_id = true;
  rate(root);
  return root;
}

}  // namespace driftd
