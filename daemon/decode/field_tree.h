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
#include <utility>
#include <vector>

#include "daemon/decode/decoder.h"

namespace driftd {

inline constexpr std::uint32_t kNoColumn = UINT32_MAX;
inline constexpr std::size_t kLearnedFields = 1024;
inline constexpr std::size_t kLearnedKeyBytes = 64 << 10;

struct Field;

// The fields that came next in records so far; the likelier one first.
struct Followers {
  Field* likely;
  Field* second;
};

// How much is to be done about a field, so that the usual two cases are one comparison away.
enum class Reads : std::uint8_t { kNothing, kNumber, kMore };

// What is read from a field. A path may be a slot of both types and also the event time, the prediction, the label or the event id.
struct alignas(64) Field {
  static constexpr std::size_t kHeadWords = 4, kHeadBytes = kHeadWords * 8;
  static constexpr std::uint32_t kNoKey = UINT32_MAX;  // of the root, and of the unknown field
  std::array<std::uint64_t, kHeadWords> head{};        // the first bytes of the key and of the quote and colon that end it in a text
  Followers next{};                                    // after this field, inside the same object
  std::uint64_t last_record = 0;                       // in which it was read: of duplicate keys the first wins
  std::uint32_t numeric = kNoColumn;
  std::uint32_t key_bytes = kNoKey;
  Reads reads = Reads::kNothing;
  bool event_time = false, prediction = false, label = false, event_id = false;
  bool has_children = false;  // paths go on below it
  bool plain = false;         // printable ASCII without quote and backslash: a text shows the key as it is
  std::uint32_t category = kNoColumn;
  std::uint32_t key_at = 0;  // the whole key: FieldTree::keys_
  Followers first{};         // at the start of the object that this field holds
  Field* parent = nullptr;

  bool reads_more() const { return category != kNoColumn || event_time || prediction || label || event_id || has_children; }
};

class FieldTree {
 public:
  explicit FieldTree(const DecodePlan& plan);
  FieldTree(const FieldTree&) = delete;  // fields point at each other
  FieldTree& operator=(const FieldTree&) = delete;

  // Starts a record. Learned fields of the one before may be gone.
  void begin_record() {
    ++record_;
    if (fields_.size() == capacity_) forget();
  }
  Field& root() { return fields_[kRoot]; }
  // The field of a key inside `parent`, given what came before: `after` is the parent's `first` or the last field's `next`.
  Field& find(Field& parent, Followers& after, std::string_view key) {  // Field::kHeadBytes are readable, whatever the length
    return matches(*after.likely, key) ? *after.likely : find_again(parent, after, key);
  }
  // The same for a text that goes on with a key, its closing quote and a colon; nullptr: not guessed. Readable: as far as the text goes,
  // and Field::kHeadBytes.
  Field* guess(Followers& after, const char* text) {
    if (shows(*after.likely, text)) return after.likely;
    if (!shows(*after.second, text)) return nullptr;
    std::swap(after.likely, after.second);
    return after.likely;
  }
  // Whether the field comes for the first time in this record; then it no longer does.
  bool first_time(Field& field) const {
    const bool first = field.last_record != record_;
    field.last_record = record_;
    return first;
  }

 private:
  static constexpr std::size_t kUnknown = 0;  // stands for what is read by nobody and not learned; matches no key
  static constexpr std::size_t kRoot = 1;

  static std::uint64_t word(const char* bytes) {
    std::uint64_t value = 0;
    std::memcpy(&value, bytes, sizeof value);
    return value;
  }
  // Whether the first `count` bytes, at most kHeadBytes, are those of the head.
  static bool same_head(const Field& field, const char* bytes, std::size_t count) {
    const char* const mask = kMask.data() + Field::kHeadBytes - count;
    std::uint64_t difference = (word(bytes) ^ field.head[0]) & word(mask);
    if (difference != 0) return false;
    for (std::size_t i = 1; i < Field::kHeadWords; ++i) difference |= (word(bytes + 8 * i) ^ field.head[i]) & word(mask + 8 * i);
    return difference == 0;
  }
  bool matches(const Field& field, std::string_view key) const {
    if (key.size() != field.key_bytes) return false;
    if (key.size() <= Field::kHeadBytes) return same_head(field, key.data(), key.size());
    return key == key_of(field);
  }
  // Of a key of at most kHeadBytes.
  static std::uint64_t head_hash(const char* bytes, std::size_t count) {
    constexpr std::uint64_t kOdd[Field::kHeadWords] = {0x9E3779B97F4A7C15U, 0xBF58476D1CE4E5B9U, 0x94D049BB133111EBU, 0xD6E8FEB86659FD93U};
    std::uint64_t hash = count;
    const char* const mask = kMask.data() + Field::kHeadBytes - count;
    for (std::size_t i = 0; i < Field::kHeadWords; ++i) hash += (word(bytes + 8 * i) & word(mask + 8 * i)) * kOdd[i];
    return hash;
  }
  bool shows(const Field& field, const char* text) const {
    if (!field.plain) return false;
    const std::size_t bytes = std::size_t{field.key_bytes} + kKeyEnd.size();
    if (bytes <= Field::kHeadBytes) return same_head(field, text, bytes);
    return same_head(field, text, Field::kHeadBytes) && tail_shows(field, text);
  }

  static constexpr std::string_view kKeyEnd = "\":";
  static constexpr auto kMask = [] {
    std::array<char, 2 * Field::kHeadBytes> mask{};
    for (std::size_t i = 0; i < Field::kHeadBytes; ++i) mask[i] = '\xFF';
    return mask;
  }();

  bool tail_shows(const Field& field, const char* text) const;
  Field& find_again(Field& parent, Followers& after, std::string_view key);
  Field& follow(Followers& after, Field& field);
  Field& add(Field& parent, std::string_view key);
  Field& add_path(std::string_view path);
  void plan_fields(const DecodePlan& plan);
  std::size_t home(const Field& parent, std::uint64_t hash) const;
  void insert(std::uint32_t index);
  void forget();
  std::string_view key_of(const Field& field) const { return {keys_.data() + field.key_at, field.key_bytes}; }

  std::vector<Field> fields_;         // unknown, root, those of the plan, learned ones; never grows beyond capacity_, so nothing moves
  std::vector<char> keys_;            // likewise; each key with kKeyEnd
  std::vector<std::uint32_t> table_;  // open addressing, by parent and key: index of the field; kUnknown = free
  std::size_t planned_ = 0, planned_key_bytes_ = 0, capacity_ = 0;
  std::uint64_t record_ = 0;
};

}  // namespace driftd
