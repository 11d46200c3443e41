#include "daemon/decode/protobuf_schema.h"

#include <fmt/format.h>
#include <google/protobuf/compiler/parser.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/descriptor_database.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>
#include <limits>
#include <set>
#include <string_view>

namespace driftd {
namespace {

namespace pb = google::protobuf;

// Not a name that a reference has: the registry keeps the schema without one.
constexpr const char* kRootFile = "\n";

constexpr const char* kDecimalFile = "confluent/type/decimal.proto";
constexpr const char* kDecimalText =
    "syntax = \"proto3\"; package confluent.type; message Decimal { bytes value = 1; uint32 precision = 2; int32 scale = 3; }";

class FirstError final : public pb::io::ErrorCollector, public pb::DescriptorPool::ErrorCollector {
 public:
  void AddError(int line, int column, const std::string& message) override {
    if (text.empty()) text = fmt::format("line {}, column {}: {}", line + 1, column + 1, message);
  }
  void AddError(const std::string& /*file*/, const std::string& element, const pb::Message* /*descriptor*/, ErrorLocation /*where*/,
                const std::string& message) override {
    if (text.empty()) text = fmt::format("{}: {}", element, message);
  }
  std::string text;
};

template <class Options>
void drop_extensions(Options& options) {
  auto& list = *options.mutable_uninterpreted_option();
  const auto is_extension = [](const pb::UninterpretedOption& option) { return option.name_size() > 0 && option.name(0).is_extension(); };
  for (int i = list.size(); i-- > 0;) {
    if (is_extension(list.Get(i))) list.DeleteSubrange(i, 1);
  }
}

void drop_extensions_of_fields(pb::RepeatedPtrField<pb::FieldDescriptorProto>& fields) {
  for (auto& field : fields) {
    if (field.has_options()) drop_extensions(*field.mutable_options());
  }
}

void drop_extensions_of_enum(pb::EnumDescriptorProto& of) {
  if (of.has_options()) drop_extensions(*of.mutable_options());
  for (auto& value : *of.mutable_value()) {
    if (value.has_options()) drop_extensions(*value.mutable_options());
  }
}

void drop_extensions_of_message(pb::DescriptorProto& of) {
  if (of.has_options()) drop_extensions(*of.mutable_options());
  drop_extensions_of_fields(*of.mutable_field());
  of.clear_extension();
  for (auto& range : *of.mutable_extension_range()) range.clear_options();
  for (auto& oneof : *of.mutable_oneof_decl()) {
    if (oneof.has_options()) drop_extensions(*oneof.mutable_options());
  }
  for (auto& inner : *of.mutable_enum_type()) drop_extensions_of_enum(inner);
  for (auto& inner : *of.mutable_nested_type()) drop_extensions_of_message(inner);
}

// What changes no byte of a record is left out.
void keep_only_types(pb::FileDescriptorProto& file) {
  if (file.has_options()) drop_extensions(*file.mutable_options());
  file.clear_service();
  file.clear_extension();
  for (auto& of : *file.mutable_enum_type()) drop_extensions_of_enum(of);
  for (auto& of : *file.mutable_message_type()) drop_extensions_of_message(of);
}

std::string parse_file(const std::string& name, const std::string& text, pb::FileDescriptorProto& file) {
  if (text.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) return "it is too large";
  pb::io::ArrayInputStream input(text.data(), static_cast<int>(text.size()));
  FirstError error;
  pb::io::Tokenizer tokenizer(&input, &error);
  pb::compiler::Parser parser;
  parser.RecordErrorsTo(&error);
  const bool parsed = parser.Parse(&tokenizer, &file);
  if (!error.text.empty()) return error.text;
  if (!parsed) return "it cannot be read";
  file.set_name(name);
  keep_only_types(file);
  return {};
}

void drop_missing_imports(pb::FileDescriptorProto& file, pb::DescriptorDatabase& files) {
  const pb::FileDescriptorProto all = file;
  file.clear_dependency();
  file.clear_weak_dependency();
  file.clear_public_dependency();
  pb::FileDescriptorProto found;
  for (int i = 0; i < all.dependency_size(); ++i) {
    if (!files.FindFileByName(all.dependency(i), &found)) continue;
    const bool is_public = std::ranges::find(all.public_dependency(), i) != all.public_dependency().end();
    if (is_public) file.add_public_dependency(file.dependency_size());
    file.add_dependency(all.dependency(i));
  }
}

// From the library's descriptors to plain values, message by message as they are met.
class Copier {
 public:
  explicit Copier(ProtobufSchema& to) : to_(to) {}

  std::uint32_t message(const pb::Descriptor& from) {
    const auto [known, fresh] = messages_.try_emplace(&from, static_cast<std::uint32_t>(to_.messages.size()));
    if (!fresh) return known->second;
    const std::uint32_t index = known->second;
    to_.messages.push_back({well_known(from.full_name()), {}});
    for (int i = 0; i < from.field_count(); ++i) {
      ProtobufField field = copy(*from.field(i));
      to_.messages[index].fields.push_back(std::move(field));
    }
    return index;
  }

 private:
  static WellKnown well_known(std::string_view name) {
    constexpr std::string_view kPackage = "google.protobuf.";
    if (!name.starts_with(kPackage)) return WellKnown::kNone;
    name.remove_prefix(kPackage.size());
    if (name == "Timestamp") return WellKnown::kTimestamp;
    static const std::set<std::string_view> kWrappers{"DoubleValue", "FloatValue",  "Int64Value", "UInt64Value",
                                                      "Int32Value",  "UInt32Value", "BoolValue",  "StringValue"};
    return kWrappers.contains(name) ? WellKnown::kWrapper : WellKnown::kNone;
  }

  ProtobufField copy(const pb::FieldDescriptor& from) {
    ProtobufField field;
    field.name = from.name();
    field.number = static_cast<std::uint32_t>(from.number());
    field.kind = kind(from.type());
    field.repeated = from.is_repeated();
    field.has_presence = from.has_presence();
    if (const auto* oneof = from.real_containing_oneof()) field.oneof = static_cast<std::uint32_t>(oneof->index());
    if (field.kind == ProtobufKind::kMessage) field.of = message(*from.message_type());
    if (field.kind == ProtobufKind::kEnum) field.of = enumeration(*from.enum_type());
    return field;
  }

  std::uint32_t enumeration(const pb::EnumDescriptor& from) {
    const auto [known, fresh] = enums_.try_emplace(&from, static_cast<std::uint32_t>(to_.enums.size()));
    if (!fresh) return known->second;
    auto& names = to_.enums.emplace_back();
    for (int i = 0; i < from.value_count(); ++i) names.emplace(from.value(i)->number(), from.value(i)->name());  // of aliases the first
    return known->second;
  }

  static ProtobufKind kind(pb::FieldDescriptor::Type type) {
    using enum ProtobufKind;
    switch (type) {
      case pb::FieldDescriptor::TYPE_DOUBLE: return kDouble;
      case pb::FieldDescriptor::TYPE_FLOAT: return kFloat;
      case pb::FieldDescriptor::TYPE_INT64: return kInt64;
      case pb::FieldDescriptor::TYPE_UINT64: return kUint64;
      case pb::FieldDescriptor::TYPE_INT32: return kInt32;
      case pb::FieldDescriptor::TYPE_FIXED64: return kFixed64;
      case pb::FieldDescriptor::TYPE_FIXED32: return kFixed32;
      case pb::FieldDescriptor::TYPE_BOOL: return kBool;
      case pb::FieldDescriptor::TYPE_STRING: return kString;
      case pb::FieldDescriptor::TYPE_GROUP: return kGroup;
      case pb::FieldDescriptor::TYPE_MESSAGE: return kMessage;
      case pb::FieldDescriptor::TYPE_BYTES: return kBytes;
      case pb::FieldDescriptor::TYPE_UINT32: return kUint32;
      case pb::FieldDescriptor::TYPE_ENUM: return kEnum;
      case pb::FieldDescriptor::TYPE_SFIXED32: return kSfixed32;
      case pb::FieldDescriptor::TYPE_SFIXED64: return kSfixed64;
      case pb::FieldDescriptor::TYPE_SINT32: return kSint32;
      case pb::FieldDescriptor::TYPE_SINT64: return kSint64;
    }
    return kBytes;
  }

  ProtobufSchema& to_;
  std::map<const pb::Descriptor*, std::uint32_t> messages_;
  std::map<const pb::EnumDescriptor*, std::uint32_t> enums_;
};

const pb::Descriptor* find(const pb::FileDescriptor& file, std::span<const std::uint32_t> path) {
  const pb::Descriptor* at = nullptr;
  for (const std::uint32_t index : path) {
    const int count = at == nullptr ? file.message_type_count() : at->nested_type_count();
    if (index >= static_cast<std::uint32_t>(count)) return nullptr;
    at = at == nullptr ? file.message_type(static_cast<int>(index)) : at->nested_type(static_cast<int>(index));
  }
  return at;
}

using Files = std::vector<pb::FileDescriptorProto>;

// The schema's file last.
std::expected<Files, std::string> parse_files(const WriterSchema& schema) {
  Files files;
  const auto add = [&](const std::string& name, const std::string& text) { return parse_file(name, text, files.emplace_back()); };
  if (std::ranges::find(schema.references, kDecimalFile, &SchemaReference::name) == schema.references.end())
    add(kDecimalFile, kDecimalText);
  for (const SchemaReference& reference : schema.references) {
    if (const std::string problem = add(reference.name, reference.text); !problem.empty())
      return std::unexpected(fmt::format("the schema of '{}': {}", reference.name, problem));
  }
  if (const std::string problem = add(kRootFile, schema.text); !problem.empty())
    return std::unexpected(fmt::format("schema {}: {}", schema.id, problem));
  return files;
}

}  // namespace

std::expected<ProtobufSchema, std::string> parse_protobuf_schema(const WriterSchema& schema, std::span<const std::uint32_t> path) {
  if (schema.type != SchemaType::kProtobuf) return std::unexpected(fmt::format("schema {} is not a Protobuf schema", schema.id));
  [[maybe_unused]] static const bool silenced = [] {
    pb::SetLogHandler(nullptr);  // what is wrong with a schema is said by us
    return true;
  }();
  auto files = parse_files(schema);
  if (!files) return std::unexpected(files.error());
  pb::SimpleDescriptorDatabase own;
  pb::DescriptorPoolDatabase well_known(*pb::DescriptorPool::generated_pool());
  pb::MergedDescriptorDatabase all(&own, &well_known);
  pb::SimpleDescriptorDatabase names;  // what may be imported, before imports are cut
  pb::MergedDescriptorDatabase importable(&names, &well_known);
  for (const auto& file : *files) names.Add(file);
  for (auto& file : *files) {
    drop_missing_imports(file, importable);
    if (!own.Add(file)) return std::unexpected(fmt::format("schema {}: two files define the same", schema.id));
  }
  FirstError error;
  pb::DescriptorPool pool(&all, &error);
  const pb::FileDescriptor* file = pool.FindFileByName(kRootFile);
  if (file == nullptr)
    return std::unexpected(fmt::format("schema {}: {}", schema.id, error.text.empty() ? "it cannot be linked" : error.text));
  const pb::Descriptor* message = find(*file, path);
  if (message == nullptr) return std::unexpected(fmt::format("schema {} has no message {}", schema.id, fmt::join(path, ".")));
  ProtobufSchema out;
  Copier(out).message(*message);
  return out;
}

}  // namespace driftd
