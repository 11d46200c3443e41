#include "daemon/page/segments.h"

#include <doctest/doctest.h>

#include "tests/daemon/page/pages.h"
#include "tests/daemon/page/well_formed.h"

using namespace driftd;
using test::has;

namespace {

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size()) ++found;
  return found;
}

// agep in all rows and in `more` segments, the later the farther.
MonitorStatus with_segments(int more) {
  MonitorStatus monitor = test::census_monitor();
  const FeatureStatus agep = monitor.features[1];
  monitor.features = {agep};
  for (int i = 0; i < more; ++i) {
    monitor.features.push_back(agep);
    monitor.features.back().segment = "k=" + std::to_string(i);
    monitor.features.back().ratio = i / 10.0;
    monitor.features.back().alert = AlertState::kInactive;
  }
  return monitor;
}

}  // namespace

TEST_CASE("the worst segment first, with its share of the rows") {
  const DaemonStatus status = test::make_status();
  MonitorStatus monitor = with_segments(12);
  monitor.features[3].rows = 659;
  monitor.features[3].reference_rows = 33'700;
  monitor.features[4].status = Status::kInsufficient;
  const std::string section = segments_section(test::view_of(status), monitor, segments_of(monitor, "agep")).text;
  CHECK(test::well_formed(section) == "");
  CHECK(has(section, "<p>2 of 12 segments over the alarm line.</p>"));
  CHECK(section.find(">k=11</a>") < section.find(">k=10</a>"));
  CHECK(has(section, "659 rows: 50.0% of all, 49.0% in the reference"));
  CHECK(count(section, "small-histogram") == 11);
  CHECK_FALSE(has(section, "is the mix"));
}

TEST_CASE("two segments that are all rows: how much of it is their mix") {
  const DaemonStatus status = test::make_status();
  MonitorStatus monitor = with_segments(2);
  for (int i : {1, 2}) {
    FeatureStatus& half = monitor.features[static_cast<std::size_t>(i)];
    half.rows = half.reference_rows = 0;
    for (CellStatus& cell : half.cells) {
      cell.reference = i == 1 ? cell.reference / 2 : cell.reference - cell.reference / 2;
      cell.current = i == 1 ? cell.current / 2 : cell.current - cell.current / 2;
      half.rows += cell.current;
      half.reference_rows += cell.reference;
    }
  }
  monitor.features[0].rows = monitor.features[1].rows + monitor.features[2].rows;
  monitor.features[0].reference_rows = monitor.features[1].reference_rows + monitor.features[2].reference_rows;
  const std::string section = segments_section(test::view_of(status), monitor, segments_of(monitor, "agep")).text;
  CHECK(has(section, "is the mix: segments grew or shrank."));
  CHECK(has(section, "is change within them."));
}

TEST_CASE("many segments: the first are drawn, all on demand; tabs give way to a link") {
  const DaemonStatus status = test::make_status();
  const MonitorStatus monitor = with_segments(40);
  PageView view = test::view_of(status, "k=3");
  const FeatureSegments segments = segments_of(monitor, "agep");
  CHECK(count(segments_section(view, monitor, segments).text, "class=\"multiple\"") == 24);
  CHECK(has(segments_section(view, monitor, segments).text, "<a href=\"/ui/here?segment=k%3D3&amp;list=all\">Show all 40 segments</a>"));
  CHECK(count(segment_tabs(view, segments).text, "<a ") == 3);  // all rows, this one, the others
  view.every = true;
  CHECK(count(segments_section(view, monitor, segments).text, "class=\"multiple\"") == 40);
}

TEST_CASE("without segments there is nothing to say") {
  const DaemonStatus status = test::make_status();
  const MonitorStatus monitor = with_segments(0);
  CHECK(segments_section(test::view_of(status), monitor, segments_of(monitor, "agep")).text.empty());
  CHECK(segment_tabs(test::view_of(status), segments_of(monitor, "agep")).text.empty());
}
