// The configuration's Alertmanagers and webhooks, ready to send: addresses, secrets and templates read and checked.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "config/config.h"
#include "daemon/http/client.h"
#include "daemon/sink/alertmanager_queue.h"
#include "daemon/sink/webhook_request.h"

namespace driftd {

// One receiver; of the two forms one.
struct PushTarget {
  std::string name;  // as push_plans gives it
  HttpReceiver receiver;
  std::unique_ptr<AlertmanagerForm> alertmanager;
  std::unique_ptr<WebhookForm> webhook;
  Milliseconds max_age{0};  // of a webhook
};

// In the order of push_plans. Reads files. Error: one line that names the key, never a secret.
std::expected<std::vector<PushTarget>, std::string> push_targets(const AlertSinksConfig& sinks);

// The queue of a target; random: full jitter.
std::unique_ptr<PushQueue> make_push_queue(const PushTarget& target);

// What a target gets of one event alone, now: for a test of it. event_id: the event's.
PushRequest push_once(const PushTarget& target, const std::string& event, const std::string& event_id, Moment now);

}  // namespace driftd
