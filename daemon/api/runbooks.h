// What to do about an alert of the shipped rules: deploy/runbooks/*.md, put into the binary when it is built.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace driftd {

std::optional<std::string_view> runbook(std::string_view alert);  // Markdown; alert: the file's name without .md
std::vector<std::string_view> runbook_names();

}  // namespace driftd
