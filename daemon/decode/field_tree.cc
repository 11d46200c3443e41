#include "daemon/decode/field_tree.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "daemon/decode/field_path.h"
#include "detectors/reference/cells.h"

namespace driftd {

FieldTree::FieldTree(const DecodePlan& plan) {
  fields_.resize(2);
  // No key is as long as this: the unknown field and the root match nothing.
  for (Field& field : fields_) field.head.fill(~std::uint64_t{0}), field.mask.fill(~std::uint64_t{0});
  for (const Slot& slot : plan.slots) {
    Field& field = fields_[add_path(slot.path)];
    (slot.type == SlotType::kNumeric ? field.numeric : field.category) = slot.column;
  }
  if (!plan.fields.event_time.empty()) fields_[add_path(plan.fields.event_time)].event_time = true;
  if (!plan.fields.prediction.empty()) fields_[add_path(plan.fields.prediction)].prediction = true;
  if (!plan.fields.label.empty()) fields_[add_path(plan.fields.label)].label = true;
  planned_ = fields_.size();
  planned_key_bytes_ = keys_.size();
  capacity_ = planned_ + kLearnedFields;
  fields_.reserve(capacity_);
  keys_.reserve(planned_key_bytes_ + kLearnedKeyBytes);
  table_.resize(std::bit_ceil(2 * capacity_));
  forget();
}

FieldId FieldTree::add_path(std::string_view path) {
  FieldId id = kRootField;
  for (const std::string& key : split_path(path)) {
    fields_[id].has_children = true;
    const auto known = std::ranges::find_if(fields_, [&](const Field& f) { return f.parent == id && key_of(f) == key; });
    id = known != fields_.end() ? static_cast<FieldId>(known - fields_.begin()) : add(id, key);
  }
  return id;
}

FieldId FieldTree::add(FieldId parent, std::string_view key) {
  Field field;
  field.parent = parent;
  field.key_bytes = static_cast<std::uint32_t>(key.size());
  field.key_at = static_cast<std::uint32_t>(keys_.size());
  const std::size_t bytes = std::min(key.size(), kHeadKeyBytes);
  auto* const head = reinterpret_cast<std::uint8_t*>(field.head.data());
  std::memcpy(head, &field.key_bytes, sizeof field.key_bytes);
  std::memcpy(head + sizeof field.key_bytes, key.data(), bytes);
  std::memset(field.mask.data(), 0xFF, sizeof field.key_bytes + bytes);
  keys_.insert(keys_.end(), key.begin(), key.end());
  fields_.push_back(field);
  return static_cast<FieldId>(fields_.size() - 1);
}

bool FieldTree::tail_matches(const Field& field, const std::uint8_t* key) const {
  return std::memcmp(key + sizeof field.head, keys_.data() + field.key_at + kHeadKeyBytes, field.key_bytes - kHeadKeyBytes) == 0;
}

FieldId FieldTree::find_again(FieldId parent, Followers& after, const std::uint8_t* key) {
  if (matches(fields_[after.second], key)) {
    std::swap(after.likely, after.second);
    return after.likely;
  }
  std::uint32_t bytes = 0;
  std::memcpy(&bytes, key, sizeof bytes);
  const FieldId id = look_up(parent, {reinterpret_cast<const char*>(key) + sizeof bytes, bytes});
  // The unknown field stands for many: what follows one of them says nothing about the others.
  if (id != kUnknownField && &after != &fields_[kUnknownField].next) {
    after.second = after.likely;
    after.likely = id;
  }
  return id;
}

std::size_t FieldTree::home(FieldId parent, std::string_view key) const {
  return (hash_category(key) ^ parent * 0x9E3779B97F4A7C15U) & (table_.size() - 1);
}

FieldId FieldTree::look_up(FieldId parent, std::string_view key) {
  std::size_t at = home(parent, key);
  for (; table_[at] != kUnknownField; at = (at + 1) & (table_.size() - 1)) {
    const Field& field = fields_[table_[at]];
    if (field.parent == parent && key_of(field) == key) return table_[at];
  }
  if (fields_.size() == capacity_ || keys_.size() + key.size() > keys_.capacity()) return kUnknownField;
  table_[at] = add(parent, key);
  return table_[at];
}

void FieldTree::insert(FieldId id) {
  std::size_t at = home(fields_[id].parent, key_of(fields_[id]));
  while (table_[at] != kUnknownField) at = (at + 1) & (table_.size() - 1);
  table_[at] = id;
}

void FieldTree::forget() {
  fields_.resize(planned_);
  keys_.resize(planned_key_bytes_);
  std::ranges::fill(table_, kUnknownField);
  for (Field& field : fields_) field.next = field.first = {};
  for (FieldId id = kRootField + 1; id < planned_; ++id) insert(id);
}

}  // namespace driftd
