// What one key cannot know: rules between keys, after every key was read and every monitor has its stream.
#pragma once

#include "config/bind.h"
#include "config/fields.h"
#include "config/problem.h"

namespace driftd {

void cross_check(const Document& document, const Places& places, bool for_kafka, Report& report);

}  // namespace driftd
