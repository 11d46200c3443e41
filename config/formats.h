// Texts that must have a form: addresses, topics, names. Each answers with what was expected when the text is not that. Pure.
#pragma once

#include <optional>
#include <string>

namespace driftd {

std::optional<std::string> expect_broker(const std::string& text);        // host or host:port
std::optional<std::string> expect_listen(const std::string& text);        // address:port, port 0 = any
std::optional<std::string> expect_http_url(const std::string& text);      // http://... or https://...
std::optional<std::string> expect_topic(const std::string& text);         // a Kafka topic's name
std::optional<std::string> expect_monitor_name(const std::string& text);  // [a-z0-9][a-z0-9_-]{0,62}
std::optional<std::string> expect_text(const std::string& text);          // not empty
std::optional<std::string> expect_receiver_url(const std::string& text);  // whom to POST to; "" = none; no login, no fragment
std::optional<std::string> expect_label_name(const std::string& text);    // of Prometheus, and none that driftd sets itself
std::optional<std::string> expect_header_name(const std::string& text);   // of HTTP, and none that driftd sets itself
std::optional<std::string> expect_transition(const std::string& text);    // pending, firing, updated, resolved
std::optional<std::string> expect_alert_kind(const std::string& text);    // drift, prediction, performance, quality

}  // namespace driftd
