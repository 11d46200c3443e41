// IN of history: one closed window with the plan it was judged by. Shared with the engine's state, not copied; never changes.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "daemon/alert/alert.h"
#include "daemon/alert/alert_end.h"
#include "daemon/monitor/monitor_plan.h"
#include "daemon/monitor/verdict.h"

namespace driftd {

// What windows mean. One object for all windows of a definition: it is compared by its address.
struct HistoryPlan {
  std::shared_ptr<const void> owner;  // keeps the two below alive
  const AlertPlan* alerts = nullptr;
  const MonitorPlan* monitor = nullptr;
  std::string definition;  // what the statistics depend on, as text
};

struct HistoryWindow {
  std::shared_ptr<const HistoryPlan> plan;
  std::shared_ptr<const Judgement> judgement;
  std::vector<AlertTransition> transitions;
  std::vector<EndedAlert> ended = {};  // alone, without plan and judgement: they belong to windows that are written already
};

}  // namespace driftd
