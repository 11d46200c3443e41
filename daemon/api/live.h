// What happens, as one line of JSON an event, for those who follow /api/v1/events: no numbers by feature, those are asked for.
// Pure; any thread. Cost: one pass over the verdicts of a window.
#pragma once

#include <string>

#include "daemon/alert/alert.h"
#include "daemon/alert/alert_end.h"
#include "daemon/monitor/verdict.h"

namespace driftd {

inline constexpr char kWindowEvent[] = "window", kAlertEvent[] = "alert";  // types of the stream; beside them `start` and `reset`

std::string window_message(const AlertPlan& plan, const Judgement& judgement);
std::string alert_message(const AlertPlan& plan, const Judgement& judgement, const AlertTransition& to);
std::string ended_message(const EndedAlert& ended);  // the same of an alert whose monitor is gone

}  // namespace driftd
