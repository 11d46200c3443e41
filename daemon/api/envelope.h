// The envelope of every answer of /api/v1: {"status":"success","data":...,"warnings":[]} or an error. Pure; any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/runtime/json_writer.h"

namespace driftd {

// `write` writes the fields of `data`, an object.
std::string document(const std::function<void(JsonWriter&)>& write, const std::vector<std::string>& warnings = {});

// type: bad_data, not_found, unavailable, ...
std::string error_json(std::string_view type, std::string_view message);

void time_field(JsonWriter& json, std::string_view name, std::int64_t time_us);  // RFC 3339; kNoTime is null

}  // namespace driftd
