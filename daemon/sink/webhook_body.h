// What a webhook's receiver reads, by its template. Pure.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "config/body_template.h"
#include "config/config.h"
#include "daemon/sink/pushed_alert.h"

namespace driftd {

std::string slack_body(const PushedAlert& alert);  // text, and blocks of Slack's Block Kit
// Version 4 of what Alertmanager posts, with this one alert. receiver: the webhook's name.
std::string alertmanager_body(const PushedAlert& alert, const std::string& receiver);
std::string custom_body(const PushedAlert& alert, const BodyTemplate& body);

// A template whose result is JSON. Error: what is wrong with it.
std::expected<BodyTemplate, std::string> checked_template(const std::string& text);

}  // namespace driftd
