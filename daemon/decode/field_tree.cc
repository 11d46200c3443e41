#include "daemon/decode/field_tree.h"

#include <algorithm>
#include <bit>

#include "daemon/decode/field_path.h"
#include "detectors/reference/cells.h"

namespace driftd {
namespace {

// No more fields than keys in the paths of the plan, the unknown one and the root.
std::size_t most_planned(const DecodePlan& plan) {
  std::size_t count = 2;
  for (const Slot& slot : plan.slots) count += split_path(slot.path).size();
  const auto& fields = plan.fields;
  for (const auto* path : {&fields.event_time, &fields.prediction, &fields.label, &fields.event_id}) count += split_path(*path).size();
  return count;
}

}  // namespace

FieldTree::FieldTree(const DecodePlan& plan) {
  fields_.reserve(most_planned(plan) + kLearnedFields);
  fields_.resize(2);
  plan_fields(plan);
  planned_ = fields_.size();
  planned_key_bytes_ = keys_.size();
  capacity_ = planned_ + kLearnedFields;
  keys_.reserve(planned_key_bytes_ + kLearnedKeyBytes);
  table_.resize(std::bit_ceil(2 * capacity_));
  forget();
}

void FieldTree::plan_fields(const DecodePlan& plan) {
  for (const Slot& slot : plan.slots) {
    Field& field = add_path(slot.path);
    (slot.type == SlotType::kNumeric ? field.numeric : field.category) = slot.column;
  }
  if (!plan.fields.event_time.empty()) add_path(plan.fields.event_time).event_time = true;
  if (!plan.fields.prediction.empty()) add_path(plan.fields.prediction).prediction = true;
  if (!plan.fields.label.empty()) add_path(plan.fields.label).label = true;
  if (plan.keep_answers && !plan.fields.event_id.empty()) add_path(plan.fields.event_id).event_id = true;
  for (Field& field : fields_) {
    if (field.numeric != kNoColumn) field.reads = Reads::kNumber;
    if (field.reads_more()) field.reads = Reads::kMore;
  }
}

Field& FieldTree::add_path(std::string_view path) {
  Field* field = &root();
  for (const std::string& key : split_path(path)) {
    field->has_children = true;
    const auto known = std::ranges::find_if(fields_, [&](const Field& f) { return f.parent == field && key_of(f) == key; });
    field = known != fields_.end() ? &*known : &add(*field, key);
  }
  return *field;
}

Field& FieldTree::add(Field& parent, std::string_view key) {
  Field& field = fields_.emplace_back();
  field.next = field.first = {&fields_[kUnknown], &fields_[kUnknown]};
  field.parent = &parent;
  field.key_bytes = static_cast<std::uint32_t>(key.size());
  field.key_at = static_cast<std::uint32_t>(keys_.size());
  field.plain = std::ranges::all_of(key, [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
  keys_.insert(keys_.end(), key.begin(), key.end());
  keys_.insert(keys_.end(), kKeyEnd.begin(), kKeyEnd.end());
  std::memcpy(field.head.data(), keys_.data() + field.key_at, std::min(key.size() + kKeyEnd.size(), sizeof field.head));
  return field;
}

bool FieldTree::tail_shows(const Field& field, const char* text) const {
  const std::string_view tail(keys_.data() + field.key_at, field.key_bytes + kKeyEnd.size());
  return std::strncmp(text, tail.data(), tail.size()) == 0;
}

Field& FieldTree::find_again(Field& parent, Followers& after, std::string_view key) {
  if (matches(*after.second, key)) {
    std::swap(after.likely, after.second);
    return *after.likely;
  }
  const std::uint64_t hash = key.size() <= Field::kHeadBytes ? head_hash(key.data(), key.size()) : hash_category(key);
  std::size_t at = home(parent, hash);
  for (; table_[at] != kUnknown; at = (at + 1) & (table_.size() - 1)) {
    Field& field = fields_[table_[at]];
    if (field.parent == &parent && matches(field, key)) return follow(after, field);
  }
  if (fields_.size() == capacity_ || keys_.size() + key.size() + kKeyEnd.size() > keys_.capacity()) return fields_[kUnknown];
  table_[at] = static_cast<std::uint32_t>(fields_.size());
  return follow(after, add(parent, key));
}

// The unknown field stands for many: what follows one of them says nothing about the others.
Field& FieldTree::follow(Followers& after, Field& field) {
  if (&after != &fields_[kUnknown].next) after = {&field, after.likely};
  return field;
}

// The upper half of a product depends on every bit below it.
std::size_t FieldTree::home(const Field& parent, std::uint64_t hash) const {
  const auto parent_index = static_cast<std::uint64_t>(&parent - fields_.data());
  hash ^= parent_index << 32;
  return ((hash ^ hash >> 32) * 0x9E3779B97F4A7C15U >> 32) & (table_.size() - 1);
}

void FieldTree::insert(std::uint32_t index) {
  const Field& field = fields_[index];
  const bool whole = field.key_bytes <= Field::kHeadBytes;
  std::size_t at = home(
      *field.parent, whole ? head_hash(reinterpret_cast<const char*>(field.head.data()), field.key_bytes) : hash_category(key_of(field)));
  while (table_[at] != kUnknown) at = (at + 1) & (table_.size() - 1);
  table_[at] = index;
}

void FieldTree::forget() {
  fields_.resize(planned_);
  keys_.resize(planned_key_bytes_);
  std::ranges::fill(table_, kUnknown);
  for (Field& field : fields_) field.next = field.first = {&fields_[kUnknown], &fields_[kUnknown]};
  for (std::uint32_t index = kRoot + 1; index < planned_; ++index) insert(index);
}

}  // namespace driftd
