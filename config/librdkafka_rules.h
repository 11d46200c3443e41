// Which librdkafka options may pass through: not those that driftd owns, not those that are dangerous. Pure.
// Whether the linked library knows an option and takes its value is asked elsewhere (LoadOptions::check_librdkafka).
#pragma once

#include <optional>
#include <string>

namespace driftd {

// Why the option is refused, as what follows its quoted name: "belongs to driftd; set kafka.brokers". Nothing = it may pass.
// from_outside: the value came by ${env:} or ${file:}, as a secret must.
std::optional<std::string> refuse_librdkafka(const std::string& name, const std::string& value, bool from_outside);

}  // namespace driftd
