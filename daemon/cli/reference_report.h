// A reference as text: a page for a person, or JSON.
#pragma once

#include <string>

#include "detectors/reference/reference.h"

namespace driftd {

std::string reference_page(const Reference& reference);
std::string reference_json(const Reference& reference);

}  // namespace driftd
