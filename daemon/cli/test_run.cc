#include "daemon/cli/test_run.h"

#include <algorithm>
#include <utility>

#include "daemon/alert/event_json.h"
#include "daemon/app_engine.h"
#include "daemon/cli/test_rows.h"
#include "daemon/cli/verb.h"
#include "daemon/runtime/event_time.h"
#include "daemon/source/row_source.h"

namespace driftd {
namespace {

constexpr double kLastTime = static_cast<double>(kMaxEventTime);
constexpr std::int64_t kRowClockUs = 1'000'000;  // where the configuration takes the record's time, a row is a second

void take_scores(const AlertPlan& plan, const Judgement& judgement, TestOutcome& outcome) {
  for (const Verdict& verdict : judgement.verdicts) {
    for (const auto* measures : {&verdict.drift, &verdict.quality}) {
      for (const Measure& measure : *measures) {
        // A method has its value also where the monitor found the rows too few for a verdict.
        const bool unjudged = verdict.status == Status::kInsufficient && measure.score.status == Status::kOk &&
                              measures == &verdict.drift && measure.policy != Policy::kSequential;
        outcome.scores.push_back({plan.features[verdict.feature].name, plan.segments[verdict.segment], std::string(measure.method),
                                  std::string(status_name(unjudged ? Status::kInsufficient : measure.score.status)), judgement.end_us,
                                  measure.score.statistic, measure.score.effect, p_value_of(measure.score.log_p), measure.ratio});
      }
    }
  }
}

void take_window(const EnginePlan& plan, const ClosedWindow& closed, TestOutcome& outcome) {
  const AlertPlan& alerts = plan.alerts[closed.judgement->monitor];
  ++outcome.windows;
  outcome.judged += std::ranges::any_of(closed.judgement->verdicts, [](const Verdict& verdict) { return verdict.status == Status::kOk; });
  take_scores(alerts, *closed.judgement, outcome);
  for (const AlertTransition& to : closed.transitions) {
    outcome.alerts.push_back({std::string(kind_name(to.kind)), alerts.features[to.feature].name, alerts.segments[to.segment], to.severity,
                              to.summary, static_cast<AlertWord>(to.transition), closed.judgement->end_us});
  }
}

void take_counts(const EngineStatus& status, TestOutcome& outcome) {
  for (const PartitionStatus& partition : status.partitions) {
    outcome.rows += partition.rows;
    outcome.late += partition.late;
    for (std::size_t i = 0; i < kRejects; ++i) outcome.rejected[i] += partition.rejected[i];
  }
}

}  // namespace

static_assert(static_cast<int>(AlertWord::kResolved) == static_cast<int>(Transition::kResolved));

std::expected<TestOutcome, TestFailure> run_test_rows(Config config, std::shared_ptr<const Reference> reference, const DriftTest& test) {
  auto rows = make_rows(test.rows, {config.monitors.front().reference, *reference});
  if (!rows)
    return std::unexpected(TestFailure{rows.error().kind == TableError::Kind::kIo ? kExitIo : kExitBadInput, rows.error().message});
  StreamConfig& stream = config.streams.front();
  stream.format = Format::kJson;
  const bool row_clock = test.every_us || stream.fields.event_time.empty();
  if (row_clock) stream.fields.event_time.clear();
  const auto plan = make_engine_plan(config, {std::move(reference)});
  if (!plan) return std::unexpected(TestFailure{kExitConfig, plan.error()});

  const RowClock clock{test.start_us, test.every_us.value_or(kRowClockUs)};
  if (row_clock &&
      static_cast<double>(clock.start_us) + static_cast<double>(rows->size()) * static_cast<double>(clock.every_us) > kLastTime) {
    return std::unexpected(TestFailure{kExitBadInput, test.place + ": its rows reach beyond the year 9999: shorten `every`"});
  }
  TestOutcome outcome;
  RowSource source(stream.topics.front(), std::move(*rows), row_clock ? std::optional(clock) : std::nullopt);
  MergerLoopOptions options;
  options.on_window = [&](const ClosedWindow& closed) { take_window(**plan, closed, outcome); };
  RunningEngine engine(**plan, source, {.blocking = true}, std::move(options));
  engine.start();
  if (!engine.join()) return std::unexpected(TestFailure{kExitBug, engine.failure()});
  take_counts(*engine.merger().status().load(), outcome);
  return outcome;
}

}  // namespace driftd
