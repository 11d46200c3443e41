// What a schema registry answers, by Confluent's REST API: GET /schemas/ids/{id} and GET /subjects/{subject}/versions/{version}. Pure.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include "daemon/http/client.h"
#include "daemon/source/writer_schema.h"

namespace driftd {

struct RegisteredReference {
  std::string name, subject;
  std::int64_t version = 0;
};

struct RegisteredSchema {
  SchemaType type = SchemaType::kAvro;
  std::string text;
  std::vector<RegisteredReference> references;
};

struct RegistryFailure {
  bool not_found = false;  // the registry says that there is no such schema: a fact. Else it could not be asked, and may be asked again
  std::string what;        // a line for the operator, with the way out
};

// A 404 counts as "there is none" only in the registry's own words (error_code 404xx): a wrong base path answers 404 as well.
std::expected<RegisteredSchema, RegistryFailure> read_registry_answer(const HttpAnswer& answer);

// "", or why this cannot be a registry that answers us: of GET /schemas/types, which the oldest ones do not have.
std::string registry_problem(const HttpAnswer& answer);

}  // namespace driftd
