// The texts that leave driftd about a judgement: the closed-window event and the lines of `replay --windows`.
#pragma once

#include <string>

#include "daemon/alert/alert.h"

namespace driftd {

// `dev.driftd.window.closed.v1`: the whole judgement as one CloudEvent (interfaces 5), deterministic bytes.
std::string window_event(const AlertPlan& plan, const Judgement& judgement);
std::string window_event_id(const AlertPlan& plan, const Judgement& judgement);

// One JSON line per (segment, feature, method), as `replay --windows` prints them (interfaces 1), each ending in '\n'.
std::string window_lines(const AlertPlan& plan, const Judgement& judgement);

}  // namespace driftd
