#include "daemon/decode/json_flatten.h"

#include <simdjson.h>

#include <cstring>
#include <utility>
#include <vector>

#include "detectors/reference/cells.h"

namespace driftd {
namespace {

namespace dom = simdjson::dom;
namespace ondemand = simdjson::ondemand;

constexpr std::size_t kWalkedLevels = simdjson::DEFAULT_MAX_DEPTH - 2;  // the walker counts the document and the value at hand as well

// The walk over a text that the parser refused, up to where it stops making sense. `levels` may be below a value: what is refused for its
// depth must not be walked to the bottom.
simdjson::error_code walk_value(ondemand::value value, std::size_t levels);

simdjson::error_code walk_object(ondemand::object object, std::size_t levels) {
  for (auto field : object) {
    std::string_view key;
    ondemand::value value;
    if (const auto error = field.unescaped_key().get(key)) return error;
    if (const auto error = field.value().get(value)) return error;
    if (const auto error = walk_value(value, levels)) return error;
  }
  return simdjson::SUCCESS;
}

simdjson::error_code walk_array(ondemand::array array, std::size_t levels) {
  for (auto element : array) {
    ondemand::value value;
    if (const auto error = std::move(element).get(value)) return error;
    if (const auto error = walk_value(value, levels)) return error;
  }
  return simdjson::SUCCESS;
}

simdjson::error_code walk_scalar(ondemand::value value, ondemand::json_type type) {
  std::string_view text;
  ondemand::number number;
  bool flag = false;
  if (type == ondemand::json_type::string) return value.get_string().get(text);
  if (type == ondemand::json_type::number) return value.get_number().get(number);
  if (type == ondemand::json_type::boolean) return value.get_bool().get(flag);
  return value.is_null().get(flag);
}

simdjson::error_code walk_value(ondemand::value value, std::size_t levels) {
  if (levels == 0) return simdjson::DEPTH_ERROR;
  ondemand::json_type type;
  if (const auto error = value.type().get(type)) return error;
  ondemand::object object;
  ondemand::array array;
  if (type == ondemand::json_type::object) {
    const auto error = value.get_object().get(object);
    return error ? error : walk_object(object, levels - 1);
  }
  if (type == ondemand::json_type::array) {
    const auto error = value.get_array().get(array);
    return error ? error : walk_array(array, levels - 1);
  }
  return walk_scalar(value, type);
}

// Where the text stops being JSON; the start where that cannot be told.
std::size_t error_offset(const simdjson::padded_string& text) {
  ondemand::parser parser;
  ondemand::document document;
  if (parser.iterate(text).get(document)) return 0;
  ondemand::object object;
  if (document.get_object().get(object)) return 0;
  walk_object(object, kWalkedLevels);
  const char* place = nullptr;
  if (document.current_location().get(place)) return text.size() > 0 ? text.size() - 1 : 0;
  const auto offset = static_cast<std::size_t>(place - text.data());
  return offset < text.size() ? offset : 0;
}

void append_key(std::string& path, std::string_view key) {
  for (const char c : key) {
    if (c == '.' || c == '\\') path += '\\';
    path += c;
  }
}

// The keys of the objects of one record: which of them come for the first time. The keys' bytes stay until the next clear().
class SeenKeys {
 public:
  SeenKeys() : slots_(64) {}

  void clear() { ++record_, used_ = 0; }

  bool first_time(std::uint32_t object, std::string_view key) {
    if (2 * ++used_ > slots_.size()) grow();
    return insert({record_, object, key});
  }

 private:
  struct Slot {
    std::uint64_t record = 0;  // of an earlier one: free
    std::uint32_t object = 0;  // its running number in the record
    std::string_view key;
  };

  bool insert(const Slot& wanted) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = (hash_category(wanted.key) + wanted.object) & mask;
    for (; slots_[at].record == record_; at = (at + 1) & mask) {
      if (slots_[at].object == wanted.object && slots_[at].key == wanted.key) return false;
    }
    slots_[at] = wanted;
    return true;
  }

  void grow() {
    const auto old = std::exchange(slots_, std::vector<Slot>(2 * slots_.size()));
    for (const Slot& slot : old) {
      if (slot.record == record_) insert(slot);
    }
  }

  std::vector<Slot> slots_;  // a power of two, at most half full
  std::uint64_t record_ = 1;
  std::size_t used_ = 0;
};

}  // namespace

struct JsonFlattener::State {
  void walk(dom::object object);
  void add(dom::element value, std::size_t path_start);

  dom::parser parser;
  std::vector<char> padded;
  std::string prefix;  // path of the object being walked, with its dot
  std::string paths;   // of all fields, one after another; the fields get their views when it no longer grows
  std::vector<std::size_t> path_ends;
  std::vector<JsonField> fields;
  SeenKeys seen;
  std::uint32_t objects = 0;  // begun in this record
};

JsonFlattener::JsonFlattener() : state_(std::make_unique<State>()) {}
JsonFlattener::JsonFlattener(JsonFlattener&&) noexcept = default;
JsonFlattener& JsonFlattener::operator=(JsonFlattener&&) noexcept = default;
JsonFlattener::~JsonFlattener() = default;

void JsonFlattener::State::add(dom::element value, std::size_t path_start) {
  JsonField field;
  switch (value.type()) {
    case dom::element_type::OBJECT: {
      const std::size_t outer = prefix.size();
      prefix.assign(paths, path_start);
      prefix += '.';
      paths.resize(path_start);
      walk(value.get_object().value_unsafe());
      prefix.resize(outer);
      return;
    }
    case dom::element_type::ARRAY: field.kind = JsonKind::kContainer; break;
    case dom::element_type::NULL_VALUE: break;
    case dom::element_type::BOOL:
      field.kind = JsonKind::kBoolean;
      field.boolean = value.get_bool().value_unsafe();
      break;
    case dom::element_type::INT64:
      field.kind = JsonKind::kInteger;
      field.integer = value.get_int64().value_unsafe();
      field.number = static_cast<double>(field.integer);
      break;
    case dom::element_type::UINT64:
      field.kind = JsonKind::kUnsigned;
      field.whole = value.get_uint64().value_unsafe();
      field.number = static_cast<double>(field.whole);
      break;
    case dom::element_type::DOUBLE:
      field.kind = JsonKind::kDouble;
      field.number = value.get_double().value_unsafe() + 0.0;  // -0.0 becomes 0.0
      break;
    case dom::element_type::STRING:
      field.kind = JsonKind::kString;
      field.text = value.get_string().value_unsafe();
      break;
  }
  fields.push_back(field);
  path_ends.push_back(paths.size());
}

void JsonFlattener::State::walk(dom::object object) {
  const std::uint32_t number = objects++;
  for (const auto [key, value] : object) {
    if (!seen.first_time(number, key)) continue;
    const std::size_t start = paths.size();
    paths += prefix;
    append_key(paths, key);
    add(value, start);
  }
}

std::optional<JsonProblem> JsonFlattener::flatten(std::string_view json) {
  State& s = *state_;
  s.fields.clear();
  s.path_ends.clear();
  s.paths.clear();
  s.prefix.clear();
  s.seen.clear();
  s.objects = 0;
  if (s.padded.size() < json.size() + simdjson::SIMDJSON_PADDING) s.padded.resize(2 * json.size() + simdjson::SIMDJSON_PADDING);
  std::memcpy(s.padded.data(), json.data(), json.size());
  std::memset(s.padded.data() + json.size(), 0, simdjson::SIMDJSON_PADDING);
  dom::element root;
  if (const auto error = s.parser.parse(s.padded.data(), json.size(), false).get(root)) {
    return JsonProblem{error_offset(simdjson::padded_string(json)), std::string("not JSON: ") + simdjson::error_message(error)};
  }
  dom::object object;
  if (root.get_object().get(object)) return JsonProblem{0, "a JSON object is wanted"};
  s.walk(object);
  std::size_t start = 0;
  for (std::size_t i = 0; i < s.fields.size(); ++i) {
    s.fields[i].path = std::string_view(s.paths).substr(start, s.path_ends[i] - start);
    start = s.path_ends[i];
  }
  return std::nullopt;
}

std::span<const JsonField> JsonFlattener::fields() const { return state_->fields; }

}  // namespace driftd
