// An input is a schema and, behind a NUL, a record: any schema is refused or used, no record does more than be a row or be refused,
// and the good record behind it is counted.
#include "daemon/decode/avro_decoder.h"
#include "tests/fuzz/framed.h"
#include "tests/fuzz/target.h"

namespace driftd::fuzz {

std::vector<std::string> seeds() { return seeds_of("avro.jsonl"); }

void try_input(std::string_view input) {
  static const WriterSchema good{2, SchemaType::kAvro, R"({"type":"record","name":"R","fields":[{"name":"f0","type":"double"}]})", {}};
  try_framed(input, Format::kAvro, {good, std::string(8, '\0')});
}

}  // namespace driftd::fuzz
