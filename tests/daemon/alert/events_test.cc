#include "daemon/alert/events.h"

#include <doctest/doctest.h>

#include "tests/daemon/alert/json_paths.h"
#include "tests/daemon/alert/sample.h"

namespace driftd {
namespace {

Verdict verdict(std::uint32_t feature, std::uint32_t segment, std::vector<Measure> drift, std::vector<Measure> quality = {}) {
  Verdict verdict = sample::verdict(feature, segment);
  verdict.drift = std::move(drift);
  verdict.quality = std::move(quality);
  return verdict;
}

}  // namespace

TEST_CASE("lines of replay --windows: sorted by segment, feature, method") {
  Measure psi = sample::crossed("psi", Policy::kLevel, 0.21);
  psi.score.log_p = -2000.5;
  Measure few = sample::seen('i', "ks", Policy::kNone);
  few.score.statistic = few.score.effect = few.ratio = kNoNumber;
  const auto window =
      sample::window({verdict(1, 0, {few}), verdict(0, 0, {psi}, {sample::quality("missing", 0, 0.5)}), verdict(0, 1, {psi})});
  const std::string head = R"({"monitor":"fraud","segment":)";
  const std::string span = R"("window":{"start":"2026-03-01T10:00:00Z","end":"2026-03-01T10:05:00Z"},"samples":8412,)"
                           R"("reference_samples":300000,)";
  const std::string psi_tail = R"("method":"psi",)" + span +
                               R"("statistic":0.21,"p_value":0,"log_p":-2000.5,"effect":0.21,"threshold":null,"threshold_ratio":1.5,)"
                               R"("status":"ok","alarm":true})" +
                               '\n';
  CHECK(window_lines(sample::plan(), window) ==
        head + R"("all","feature":"amount","method":"missing",)" + span +
            R"("statistic":0.5,"p_value":null,"effect":0.5,"threshold":0.02,"threshold_ratio":1.5,"status":"ok","alarm":true})" + '\n' +
            head + R"("all","feature":"amount",)" + psi_tail + head + R"("all","feature":"relp","method":"ks",)" + span +
            R"("statistic":null,"p_value":null,"effect":null,"threshold":null,"threshold_ratio":null,"status":"insufficient",)"
            R"("alarm":false})" +
            '\n' + head + R"("country=DE","feature":"amount",)" + psi_tail);
}

TEST_CASE("the event of a closed window") {
  Measure psi = sample::crossed("psi", Policy::kLevel, 0.21);
  psi.score.log_p = 0;
  Verdict amount = verdict(0, 0, {psi});
  amount.cells = {{"(-inf, 80]", 700, 600, 0.01}, {"(80, 120]", 100, 240, 0.12}};
  const auto window = sample::window({amount});
  const auto plan = sample::plan();
  CHECK(window_event(plan, window) ==
        R"({"data":{"complete":true,"end":"2026-03-01T10:05:00Z","monitor":"fraud",)"
        R"("offsets":[{"from":118200,"partition":0,"to":126611,"topic":"fraud.predictions"}],"reference":"a1b2c3d4e5f6",)"
        R"("segments":[{"name":"all","samples":8412},{"name":"country=DE","samples":2000}],"start":"2026-03-01T10:00:00Z",)"
        R"("verdicts":[{"cells":[600,240],"classes":[8412,0,0,0,0,0,0],"drift":[{"after":null,"alarm":true,"before":null,"calm":false,)"
        R"("detections":0,"effect":0.21,"method":"psi","p_value":1,"reference_samples":300000,"samples":8412,"statistic":0.21,)"
        R"("status":"ok","threshold":null,"threshold_ratio":1.5}],"feature":"amount","p_value":null,"quality":[],"segment":"all",)"
        R"("status":"ok"}]},"datacontenttype":"application/json","id":")" +
            window_event_id(plan, window) +
            R"(","partitionkey":"fraud","source":"/driftd/driftd","specversion":"1.0","subject":"monitors/fraud",)"
            R"("time":"2026-03-01T10:05:00Z","type":"dev.driftd.window.closed.v1"})");
  CHECK(JsonPaths(window_event(plan, window)).sorted);
}

TEST_CASE("a judgement too large for one record leaves its last verdicts out and counts them") {
  std::vector<Verdict> verdicts;
  for (int i = 0; i < 5000; ++i) verdicts.push_back(verdict(0, 0, {sample::crossed("psi", Policy::kLevel, 0.21)}));
  auto window = sample::window(std::move(verdicts));
  window.offsets.resize(5000, {{"fraud.predictions", 0}, 118'200, 126'611});
  const auto text = window_event(sample::plan(), window);
  CHECK(text.size() <= kLargestWindowEvent);
  CHECK(text.size() > kLargestWindowEvent - 5000);
  const auto paths = JsonPaths(text).paths;
  CHECK(paths.contains("data.verdicts_omitted"));
  CHECK(paths.contains("data.offsets_omitted"));
}

TEST_CASE("ids of windows follow the window, not what was measured") {
  const auto plan = sample::plan();
  CHECK(window_event_id(plan, sample::window({})) == window_event_id(plan, sample::window({sample::verdict()})));
  CHECK(window_event_id(plan, sample::window({})) != window_event_id(plan, sample::window({}, 1)));
}

}  // namespace driftd
