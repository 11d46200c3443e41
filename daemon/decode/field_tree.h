// Which field is this? Maps a key inside an object to what is read from it. Guesses first, from the order that records had so far,
// and looks up only where the guess is wrong. The guess never changes the answer.
// Every field remembers which two fields followed it last, so a topic that mixes orders and missing fields keeps as many shapes as
// it has, without storing one. Fields that nobody reads are learned too, up to kLearnedFields; when those are full, all are forgotten.
// Shard thread; one object a decoder. No allocation after construction. Cost: 1-2 ns a field guessed right, 10 ns otherwise.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "daemon/decode/decoder.h"

namespace driftd {

using FieldId = std::uint32_t;
inline constexpr FieldId kUnknownField = 0;  // read by nobody, and not learned
inline constexpr FieldId kRootField = 1;
inline constexpr std::uint32_t kNoColumn = UINT32_MAX;
inline constexpr std::size_t kLearnedFields = 1024;
inline constexpr std::size_t kLearnedKeyBytes = 64 << 10;

// The fields that came next in records so far; the likelier one first.
struct Followers {
  FieldId likely = kUnknownField;
  FieldId second = kUnknownField;
};

// What is read from a field. A path may be a slot of both types and also the event time, the prediction or the label.
struct Field {
  static constexpr std::size_t kHeadWords = 4;
  // The key as simdjson stores it: four bytes of length, then its bytes. Here the first 32 of them, and which of those count.
  std::array<std::uint64_t, kHeadWords> head{};
  std::array<std::uint64_t, kHeadWords> mask{};
  std::uint32_t key_bytes = 0;
  std::uint32_t key_at = 0;  // the whole key: FieldTree::keys_
  FieldId parent = kUnknownField;
  Followers next;                 // after this field, inside the same object
  Followers first;                // at the start of the object that this field holds
  std::uint64_t last_record = 0;  // in which it was read: of duplicate keys the first wins
  std::uint32_t numeric = kNoColumn;
  std::uint32_t category = kNoColumn;
  bool event_time = false, prediction = false, label = false;
  bool has_children = false;  // paths go on below it

  bool only_number() const { return category == kNoColumn && !event_time && !prediction && !label && !has_children; }
};

class FieldTree {
 public:
  explicit FieldTree(const DecodePlan& plan);

  // Starts a record. Ids of learned fields end here.
  void begin_record() {
    ++record_;
    if (fields_.size() == capacity_) forget();
  }
  // The field of a key inside `parent`, given what came before: `after` is the parent's `first` or the last field's `next`.
  // key: four bytes of length in the machine's order, then the key; at least 32 bytes are readable.
  FieldId find(FieldId parent, Followers& after, const std::uint8_t* key) {
    return matches(fields_[after.likely], key) ? after.likely : find_again(parent, after, key);
  }
  Field& operator[](FieldId id) { return fields_[id]; }
  // Whether the field comes for the first time in this record; then it no longer does.
  bool first_time(Field& field) const {
    const bool first = field.last_record != record_;
    field.last_record = record_;
    return first;
  }

 private:
  bool matches(const Field& field, const std::uint8_t* key) const {
    std::array<std::uint64_t, Field::kHeadWords> head;
    std::memcpy(head.data(), key, sizeof head);
    std::uint64_t difference = 0;
    for (std::size_t i = 0; i < Field::kHeadWords; ++i) difference |= (head[i] ^ field.head[i]) & field.mask[i];
    return difference == 0 && (field.key_bytes <= kHeadKeyBytes || tail_matches(field, key));
  }
  static constexpr std::size_t kHeadKeyBytes = Field::kHeadWords * 8 - 4;

  bool tail_matches(const Field& field, const std::uint8_t* key) const;
  FieldId find_again(FieldId parent, Followers& after, const std::uint8_t* key);
  FieldId look_up(FieldId parent, std::string_view key);
  FieldId add(FieldId parent, std::string_view key);
  FieldId add_path(std::string_view path);
  std::size_t home(FieldId parent, std::string_view key) const;
  void insert(FieldId id);
  void forget();
  std::string_view key_of(const Field& field) const { return {keys_.data() + field.key_at, field.key_bytes}; }

  std::vector<Field> fields_;   // unknown, root, those of the plan, learned ones; never grows beyond capacity_
  std::vector<char> keys_;      // likewise
  std::vector<FieldId> table_;  // open addressing, by parent and key; kUnknownField = free
  std::size_t planned_ = 0, planned_key_bytes_ = 0, capacity_ = 0;
  std::uint64_t record_ = 0;
};

}  // namespace driftd
