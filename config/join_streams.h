// Which stream each monitor reads: `stream: NAME`, or `topic: T`, which joins the stream that reads T alone or makes stream T.
// Afterwards every topic belongs to one stream and every monitor names one.
#pragma once

#include "config/bind.h"
#include "config/fields.h"
#include "config/problem.h"

namespace driftd {

// Appends implied streams to document.config.streams, sets monitor.stream, and gives implied streams their places in `places`.
void join_streams(Document& document, Places& places, Report& report);

}  // namespace driftd
