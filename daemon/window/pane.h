// A pane: what one source partition contributed to one monitor in [start, start + pane length). Stage 1 fills it,
// stage 2 merges it. Cumulative integers, so merging in any order gives the same bytes.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "daemon/runtime/codec.h"
#include "daemon/window/pane_plan.h"
#include "daemon/window/window.h"

namespace driftd {

struct Pane {
  std::int64_t start_us = 0;
  std::int64_t first_offset = std::numeric_limits<std::int64_t>::max();
  std::int64_t last_offset = std::numeric_limits<std::int64_t>::min();
  bool complete = true;
  std::vector<CellCounts<std::uint32_t>> segments;           // as SegmentPlan::size(); without cells until the first row
  std::vector<std::map<std::string, std::uint64_t>> unseen;  // by field
  std::vector<std::vector<SequentialValue>> values;          // by field

  friend bool operator==(const Pane&, const Pane&) = default;
};

Pane make_pane(const PanePlan& plan, std::int64_t start_us);
CellCounts<std::uint32_t> make_counts(const PanePlan& plan);  // zeros, ready to count
bool is_started(const CellCounts<std::uint32_t>& counts);     // make_counts was called for it

void save_pane(const Pane& pane, ByteWriter& out);
bool load_pane(const PanePlan& plan, ByteReader& in, Pane& pane);  // false: does not fit the plan

// A closed pane of one source partition on its way to the merger.
struct Partial {
  std::uint32_t monitor = 0;
  std::uint32_t source_partition = 0;
  Pane pane;
};

// Start of the pane that holds a time; floors, also before 1970.
constexpr std::int64_t pane_start(std::int64_t time_us, std::int64_t pane_us) {
  const std::int64_t rest = time_us % pane_us;
  return time_us - (rest < 0 ? rest + pane_us : rest);
}

}  // namespace driftd
