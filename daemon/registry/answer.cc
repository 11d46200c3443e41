#include "daemon/registry/answer.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/decode/json_tree.h"

namespace driftd {
namespace {

constexpr std::int64_t kFirstNotFound = 40'400, kLastNotFound = 40'499;

const JsonTree* member(const JsonTree* tree, std::string_view key) {
  if (tree == nullptr || tree->object() == nullptr) return nullptr;
  const auto found = std::ranges::find(*tree->object(), key, &JsonMember::key);
  return found == tree->object()->end() ? nullptr : &found->value;
}

const std::string* text(const JsonTree* tree, std::string_view key) {
  const JsonTree* value = member(tree, key);
  return value == nullptr ? nullptr : value->text();
}

const std::int64_t* whole(const JsonTree* tree, std::string_view key) {
  const JsonTree* value = member(tree, key);
  return value == nullptr ? nullptr : std::get_if<std::int64_t>(&value->value);
}

std::unexpected<RegistryFailure> failure(std::string what) { return std::unexpected(RegistryFailure{false, std::move(what)}); }

RegistryFailure refusal(int status, const JsonTree* body) {
  const std::int64_t* code = whole(body, "error_code");
  if (status == 404 && code != nullptr && *code >= kFirstNotFound && *code <= kLastNotFound) return {true, "there is no such schema"};
  if (status == 404) return {false, "answers 404 to everything: schema_registry.url must be the root of the registry's API"};
  if (status == 401 || status == 403)
    return {false, fmt::format("refuses the login ({}): check schema_registry.basic_auth_file or token_file", status)};
  if (status >= 300 && status < 400)
    return {false, fmt::format("answers {}: redirects are not followed, set schema_registry.url to where it points", status)};
  return {false, fmt::format("answers {}: see the registry's own log", status)};
}

SchemaType type_of(const std::string* name) {
  if (name == nullptr || *name == "AVRO") return SchemaType::kAvro;
  if (*name == "PROTOBUF") return SchemaType::kProtobuf;
  return *name == "JSON" ? SchemaType::kJson : SchemaType::kOther;
}

}  // namespace

std::expected<RegisteredSchema, RegistryFailure> read_registry_answer(const HttpAnswer& answer) {
  const auto body = parse_json(answer.body);
  const JsonTree* tree = body ? &*body : nullptr;
  if (answer.status != 200) return std::unexpected(refusal(answer.status, tree));
  const std::string* schema = text(tree, "schema");
  if (schema == nullptr) return failure("answers, but not as a schema registry does: check schema_registry.url");
  RegisteredSchema out{type_of(text(tree, "schemaType")), *schema, {}};
  const JsonTree* references = member(tree, "references");
  if (references == nullptr || references->array() == nullptr) return out;
  for (const JsonTree& each : *references->array()) {
    const std::string *name = text(&each, "name"), *subject = text(&each, "subject");
    const std::int64_t* version = whole(&each, "version");
    if (name == nullptr || subject == nullptr || version == nullptr)
      return failure("names a reference without name, subject or version: see the registry's own log");
    out.references.push_back({*name, *subject, *version});
  }
  return out;
}

std::string registry_problem(const HttpAnswer& answer) {
  const auto body = parse_json(answer.body);
  const JsonTree* tree = body ? &*body : nullptr;
  if (answer.status == 404 && whole(tree, "error_code") != nullptr) return {};
  if (answer.status != 200) return refusal(answer.status, tree).what;
  return tree != nullptr && tree->array() != nullptr ? "" : "answers, but not as a schema registry does: check schema_registry.url";
}

}  // namespace driftd
