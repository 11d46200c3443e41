// The fixture's records as clients of a schema registry write them: id 1, Avro with every feature nullable, or Protobuf.
#pragma once

#include <string>
#include <vector>

#include "config/config.h"
#include "tests/bench/fixture.h"

namespace driftd::bench {

// records: JSON, as make_records gives them; format: kAvro or kProtobuf.
std::vector<std::string> framed_records(const Fixture& fixture, const std::vector<std::string>& records, Format format);
std::string registry_answer(const Fixture& fixture, Format format);  // to GET /schemas/ids/1

}  // namespace driftd::bench
