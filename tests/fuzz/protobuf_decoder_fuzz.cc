// An input is a .proto file and, behind a NUL, a record: any schema is refused or used, no record does more than be a row or be refused,
// and the good record behind it is counted.
#include "daemon/decode/protobuf_decoder.h"
#include "tests/fuzz/framed.h"
#include "tests/fuzz/target.h"

namespace driftd::fuzz {

std::vector<std::string> seeds() { return seeds_of("protobuf.jsonl"); }

void try_input(std::string_view input) {
  static const WriterSchema good{2, SchemaType::kProtobuf, R"(syntax = "proto3"; message R { double f0 = 1; })", {}};
  try_framed(input, Format::kProtobuf, {good, std::string(1, '\0')});
}

}  // namespace driftd::fuzz
