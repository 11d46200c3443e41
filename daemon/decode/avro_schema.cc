#include "daemon/decode/avro_schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "daemon/decode/json_tree.h"

namespace driftd {
namespace {

constexpr std::size_t kDeepest = 200;  // types inside types, as they are written
constexpr std::uint64_t kLargestFixed = std::uint64_t{1} << 31;

constexpr std::array<std::pair<std::string_view, AvroKind>, 8> kPrimitives{{{"null", AvroKind::kNull},
                                                                            {"boolean", AvroKind::kBoolean},
                                                                            {"int", AvroKind::kInt},
                                                                            {"long", AvroKind::kLong},
                                                                            {"float", AvroKind::kFloat},
                                                                            {"double", AvroKind::kDouble},
                                                                            {"bytes", AvroKind::kBytes},
                                                                            {"string", AvroKind::kString}}};

std::optional<AvroKind> primitive(std::string_view name) {
  const auto found = std::ranges::find(kPrimitives, name, &std::pair<std::string_view, AvroKind>::first);
  return found == kPrimitives.end() ? std::nullopt : std::optional(found->second);
}

const JsonTree* member(const JsonTree::Object& object, std::string_view key) {
  const auto found = std::ranges::find(object, key, &JsonMember::key);
  return found == object.end() ? nullptr : &found->value;
}

std::string text_of(const JsonTree::Object& object, std::string_view key) {
  const JsonTree* value = member(object, key);
  return value != nullptr && value->text() != nullptr ? *value->text() : std::string();
}

std::optional<std::uint64_t> whole_of(const JsonTree::Object& object, std::string_view key) {
  const JsonTree* value = member(object, key);
  const auto* whole = value == nullptr ? nullptr : std::get_if<std::int64_t>(&value->value);
  return whole != nullptr && *whole >= 0 ? std::optional(static_cast<std::uint64_t>(*whole)) : std::nullopt;
}

class Parser {
 public:
  std::expected<AvroTypeId, std::string> parse(std::string_view text, std::string_view what) {
    const auto tree = parse_json(primitive(text) ? '"' + std::string(text) + '"' : std::string(text));  // a primitive's name may come bare
    if (!tree) return std::unexpected(fmt::format("{} is {}", what, tree.error()));
    const AvroTypeId type = add(*tree, "");
    if (!problem_.empty()) return std::unexpected(fmt::format("{}: {}", what, problem_));
    return type;
  }

  std::vector<AvroType> take() { return std::move(types_); }

 private:
  AvroTypeId fail(std::string what) {
    if (problem_.empty()) problem_ = std::move(what);
    return 0;
  }

  AvroTypeId emplace(AvroKind kind) {
    types_.emplace_back().kind = kind;
    return static_cast<AvroTypeId>(types_.size() - 1);
  }

  // In the namespace around it, unless it brings one.
  static std::string full_name(const std::string& name, const std::string& space) {
    return name.find('.') != std::string::npos || space.empty() ? name : space + '.' + name;
  }

  AvroTypeId add(const JsonTree& tree, const std::string& space) {
    if (!problem_.empty()) return 0;
    if (++depth_ > kDeepest) return fail(fmt::format("types are nested deeper than {}", kDeepest));
    AvroTypeId type = 0;
    if (tree.text() != nullptr) {
      type = named(*tree.text(), space);
    } else if (tree.array() != nullptr) {
      type = add_union(*tree.array(), space);
    } else if (tree.object() != nullptr) {
      type = add_object(*tree.object(), space);
    } else {
      type = fail("a type is a name, an object or a list");
    }
    --depth_;
    return type;
  }

  AvroTypeId named(const std::string& name, const std::string& space) {
    if (const auto kind = primitive(name)) return emplace(*kind);
    auto found = names_.find(full_name(name, space));
    if (found == names_.end()) found = names_.find(name);
    return found != names_.end() ? found->second : fail(fmt::format("there is no type '{}'", name));
  }

  AvroTypeId add_union(const JsonTree::Array& branches, const std::string& space) {
    if (branches.empty()) return fail("a union has no branches");
    const AvroTypeId type = emplace(AvroKind::kUnion);
    std::vector<AvroTypeId> parts;
    for (const JsonTree& branch : branches) {
      parts.push_back(add(branch, space));
      if (problem_.empty() && types_[parts.back()].kind == AvroKind::kUnion) return fail("a union is directly in a union");
    }
    types_[type].parts = std::move(parts);
    return type;
  }

  AvroTypeId add_object(const JsonTree::Object& object, const std::string& space) {
    const JsonTree* kind = member(object, "type");
    if (kind == nullptr) return fail("a type has no 'type'");
    if (kind->text() == nullptr) return add(*kind, space);
    const std::string& name = *kind->text();
    if (name == "record" || name == "error") return add_record(object, space);
    if (name == "enum") return add_enum(object, space);
    if (name == "fixed") return add_fixed(object, space);
    if (name == "array") return add_container(AvroKind::kArray, "items", object, space);
    if (name == "map") return add_container(AvroKind::kMap, "values", object, space);
    const AvroTypeId type = named(name, space);
    if (problem_.empty() && primitive(name)) set_logical(types_[type], object);
    return type;
  }

  AvroTypeId add_container(AvroKind kind, std::string_view key, const JsonTree::Object& object, const std::string& space) {
    const JsonTree* inside = member(object, key);
    if (inside == nullptr) return fail(fmt::format("{} has no '{}'", kind == AvroKind::kArray ? "an array" : "a map", key));
    const AvroTypeId type = emplace(kind);
    const AvroTypeId part = add(*inside, space);
    types_[type].parts = {part};
    return type;
  }

  // The namespace inside it is the one its full name has.
  AvroTypeId declare(AvroKind kind, const JsonTree::Object& object, const std::string& space, std::string& inner) {
    const std::string name = text_of(object, "name");
    if (name.empty()) return fail("a record, enum or fixed has no name");
    const JsonTree* own = member(object, "namespace");
    const std::string full = full_name(name, own != nullptr && own->text() != nullptr ? *own->text() : space);
    const std::size_t dot = full.rfind('.');
    inner = dot == std::string::npos ? "" : full.substr(0, dot);
    const AvroTypeId type = emplace(kind);
    if (!names_.emplace(full, type).second) return fail(fmt::format("two types have the name '{}'", full));
    return type;
  }

  AvroTypeId add_record(const JsonTree::Object& object, const std::string& space) {
    std::string inner;
    const AvroTypeId type = declare(AvroKind::kRecord, object, space, inner);
    const JsonTree* list = member(object, "fields");
    if (problem_.empty() && (list == nullptr || list->array() == nullptr)) return fail("a record has no list of fields");
    if (!problem_.empty()) return 0;
    std::vector<AvroField> fields;
    std::set<std::string, std::less<>> seen;
    for (const JsonTree& each : *list->array()) {
      if (each.object() == nullptr) return fail("a field is no object");
      const std::string name = text_of(*each.object(), "name");
      const JsonTree* of = member(*each.object(), "type");
      if (name.empty() || of == nullptr) return fail("a field has no name or no type");
      if (!seen.insert(name).second) return fail(fmt::format("a record has two fields '{}'", name));
      fields.push_back({name, add(*of, inner)});
      if (!problem_.empty()) return 0;
    }
    types_[type].fields = std::move(fields);
    return type;
  }

  AvroTypeId add_enum(const JsonTree::Object& object, const std::string& space) {
    std::string inner;
    const AvroTypeId type = declare(AvroKind::kEnum, object, space, inner);
    const JsonTree* symbols = member(object, "symbols");
    if (symbols == nullptr || symbols->array() == nullptr) return fail("an enum has no list of symbols");
    for (const JsonTree& symbol : *symbols->array()) {
      if (symbol.text() == nullptr) return fail("a symbol of an enum is no text");
      types_[type].symbols.push_back(*symbol.text());
    }
    return type;
  }

  AvroTypeId add_fixed(const JsonTree::Object& object, const std::string& space) {
    std::string inner;
    const AvroTypeId type = declare(AvroKind::kFixed, object, space, inner);
    const auto size = whole_of(object, "size");
    if (!size || *size > kLargestFixed) return fail("a fixed has no usable size");
    types_[type].bytes = *size;
    set_logical(types_[type], object);
    return type;
  }

  static void set_logical(AvroType& type, const JsonTree::Object& object) {
    using enum AvroLogical;
    const std::string name = text_of(object, "logicalType");
    if (name == "decimal") {
      const auto precision = whole_of(object, "precision");
      const std::uint64_t scale = whole_of(object, "scale").value_or(0);
      const bool fits =
          (type.kind == AvroKind::kBytes || type.kind == AvroKind::kFixed) && precision && *precision > 0 && scale <= *precision;
      if (fits) type.logical = kDecimal, type.scale = static_cast<std::uint32_t>(std::min<std::uint64_t>(scale, UINT32_MAX));
    } else if (name == "date" && type.kind == AvroKind::kInt) {
      type.logical = kDate;
    } else if (type.kind == AvroKind::kLong) {
      constexpr std::array<std::pair<std::string_view, AvroLogical>, 6> kTimes{{{"timestamp-millis", kMillis},
                                                                                {"timestamp-micros", kMicros},
                                                                                {"timestamp-nanos", kNanos},
                                                                                {"local-timestamp-millis", kMillis},
                                                                                {"local-timestamp-micros", kMicros},
                                                                                {"local-timestamp-nanos", kNanos}}};
      for (const auto& [time, logical] : kTimes) {
        if (name == time) type.logical = logical;
      }
    }
  }

  std::vector<AvroType> types_;
  std::map<std::string, AvroTypeId> names_;
  std::string problem_;
  std::size_t depth_ = 0;
};

}  // namespace

std::expected<AvroSchema, std::string> parse_avro_schema(const WriterSchema& schema) {
  if (schema.type != SchemaType::kAvro) return std::unexpected(fmt::format("schema {} is not an Avro schema", schema.id));
  Parser parser;
  for (const SchemaReference& reference : schema.references) {
    if (const auto parsed = parser.parse(reference.text, fmt::format("the schema of '{}'", reference.name)); !parsed)
      return std::unexpected(parsed.error());
  }
  const auto root = parser.parse(schema.text, fmt::format("schema {}", schema.id));
  if (!root) return std::unexpected(root.error());
  return AvroSchema{parser.take(), *root};
}

}  // namespace driftd
