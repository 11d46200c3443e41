// An alert event as the request that a webhook gets: body by its template, id, signature. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/body_template.h"
#include "config/config.h"
#include "daemon/sink/push_queue.h"

namespace driftd {

struct WebhookForm {
  std::string name;
  WebhookBody body_template = WebhookBody::kCloudEvents;
  std::optional<BodyTemplate> custom = {};                        // of kCustom
  std::vector<std::pair<std::string, std::string>> headers = {};  // of the configuration, the login included
  std::string key = {};                                           // to sign with; "" = unsigned
};

// The id of the event is its idempotency key: every try of it has the same. wall_us: for the signature.
PushRequest webhook_request(const WebhookForm& form, const OutRecord& record, std::int64_t wall_us);

}  // namespace driftd
