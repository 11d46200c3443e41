// Closed windows as the engine makes them, and what a history.db holds as text: equal histories, equal text, whatever the row ids.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "daemon/history/history_window.h"
#include "daemon/history/sqlite.h"
#include "tests/daemon/engine_fixture.h"

namespace driftd::test {

class ClosedWindows {
 public:
  // Ten windows of a minute, with a drift in the second half that opens alerts.
  explicit ClosedWindows(std::size_t records = 6000) : plan_(engine_fixture::make_plan()) {
    history_plan_ =
        std::make_shared<const HistoryPlan>(HistoryPlan{plan_, &plan_->alerts[0], &plan_->monitors[0], plan_->panes[0].state_key});
    EngineShard shard(*plan_);
    EngineMerger merger(*plan_);
    const TopicPartition id{"t", 0};
    shard.add_partition(0, id, 0, {});
    merger.add_partition(0, id);
    const auto texts = engine_fixture::make_records(40, records, records / 2);
    ShardOutput output;
    shard.consume(engine_fixture::make_messages(0, texts, 0, texts.size()), output);
    for (ClosedWindow& closed : merger.apply(std::move(output))) {
      windows_.push_back({history_plan_, std::move(closed.judgement), std::move(closed.transitions)});
    }
  }
  const std::vector<HistoryWindow>& windows() const { return windows_; }
  const HistoryPlan& plan() const { return *history_plan_; }

  // A window like the one at `index`, this much later.
  HistoryWindow later(std::size_t index, std::int64_t us) const {
    auto judgement = std::make_shared<Judgement>(*windows_[index].judgement);
    judgement->start_us += us;
    judgement->end_us += us;
    return {history_plan_, std::move(judgement), {}};
  }

 private:
  std::shared_ptr<const EnginePlan> plan_;
  std::shared_ptr<const HistoryPlan> history_plan_;
  std::vector<HistoryWindow> windows_;
};

inline std::string history_text(const std::string& path) {
  const auto db = Database::open(path, Database::Access::kRead);
  std::string text;
  for (const char* sql :
       {"SELECT w.subject || '|' || w.monitor || '|' || w.start_us || '|' || w.end_us || '|' || w.complete || '|' || d.reference_id FROM "
        "windows w"
        " JOIN definitions d ON d.id = w.definition ORDER BY 1",
        "SELECT w.subject || '|' || w.end_us || '|' || s.segment || '|' || s.rows || '|' || ifnull(s.ratio, '-') || '|' || s.judged || '|' "
        "||"
        " s.over || '|' || ifnull(s.predicted, '-') || '|' || ifnull(s.labelled, '-') || '|' || ifnull(s.performance, '-')"
        " FROM segments s JOIN windows w ON w.id = s.window ORDER BY 1",
        "SELECT w.subject || '|' || w.end_us || '|' || n.feature || '|' || n.segment || '|' || n.kind || '|' || p.status || '|' || p.rows "
        "|| '|' ||"
        " ifnull(p.ratio, '-') || '|' || hex(p.detail) || '|' || hex(s.detail) FROM points p JOIN windows w ON w.id = p.window"
        " JOIN series n ON n.id = p.series JOIN sides s ON s.definition = w.definition AND s.series = p.series ORDER BY 1",
        "SELECT event_id || '|' || alert_id || '|' || feature || '|' || segment || '|' || severity || '|' || transition || '|' || event"
        " FROM transitions ORDER BY 1"}) {
    Statement rows = db->prepare(sql);
    for (rows.start(); rows.row();) text.append(rows.text(0)).append("\n");
    text += "--\n";
  }
  return db->ok() ? text : db->take_error().message;
}

}  // namespace driftd::test
