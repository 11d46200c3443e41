// The schema that a record was written with, as a registry gave it. Never changes; shared by threads.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace driftd {

enum class SchemaType : std::uint8_t { kAvro, kProtobuf, kJson, kOther };

// A schema that another one names: of Protobuf the path that is imported, of Avro the full name of a type.
struct SchemaReference {
  std::string name, text;
};

struct WriterSchema {
  std::int32_t id = 0;
  SchemaType type = SchemaType::kAvro;
  std::string text;
  std::vector<SchemaReference> references;  // each before those that name it
};

inline const WriterSchema kUnknownSchema{};  // stands for every id that the registry does not know

}  // namespace driftd
