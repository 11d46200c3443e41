// windows -> verdicts of one monitor: measures every (segment, feature), judges by significance and effect (decisions 21-24),
// and owns its sequential detectors. Pure; thread: merger. Cost per (segment, feature): about a microsecond of counts and tails.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "daemon/monitor/monitor_plan.h"
#include "daemon/monitor/verdict.h"
#include "daemon/runtime/codec.h"
#include "detectors/registry.h"

namespace driftd {

class MonitorJudge {
 public:
  explicit MonitorJudge(const MonitorPlan& plan);  // the plan outlives this object

  Judgement judge(const Window& window);

  void save(ByteWriter& out) const;  // of the sequential detectors
  bool load(ByteReader& in);
  static std::vector<std::size_t> read_sizes(ByteReader& in);  // bytes of each saved detector

 private:
  // One sequential detector on one (segment, feature).
  struct Listener {
    std::uint32_t segment = 0;
    std::uint32_t feature = 0;
    double offset = 0, scale = 1;  // value -> (value - offset) / scale, clamped to [0, 1] where `clamp`
    bool clamp = false;
    SequentialVariant detector;
  };
  void add_listeners(std::uint32_t feature);
  Measure listen(Listener& listener, const Window& window);

  const MonitorPlan& plan_;
  std::vector<Listener> listeners_;  // by (segment, feature, order of the configuration)
};

}  // namespace driftd
