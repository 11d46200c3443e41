#include "daemon/api/envelope.h"

#include "daemon/runtime/event_time.h"
#include "daemon/source/message.h"

namespace driftd {

void time_field(JsonWriter& json, std::string_view name, std::int64_t time_us) {
  json.key(name);
  time_us == kNoTime ? json.null() : json.string(format_event_time(time_us));
}

std::string document(const std::function<void(JsonWriter&)>& write, const std::vector<std::string>& warnings) {
  JsonWriter json;
  json.begin_object().field("status", "success").key("data").begin_object();
  write(json);
  json.end_object().key("warnings").begin_array();
  for (const std::string& warning : warnings) json.string(warning);
  return json.end_array().end_object().take() + "\n";
}

std::string error_json(std::string_view type, std::string_view message) {
  JsonWriter json;
  return json.begin_object().field("status", "error").field("errorType", type).field("error", message).end_object().take() + "\n";
}

}  // namespace driftd
