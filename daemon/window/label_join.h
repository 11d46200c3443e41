// Labels that come later, joined to predictions by event id: panes of kept rows in, panes of losses out (algorithms D.1).
//
// The rules, all in event time, so that neither the interleaving of the two topics nor the cut of batches matters:
//  - a label and a prediction of one id belong together if their times are at most join_within apart; a label may come first;
//  - predictions take labels in the order (event time, topic, partition, offset): each those within its reach that are still free;
//  - of several labels the last by the same order is the truth; one more with the same answer is a duplicate, with another a correction;
//  - predictions are judged when their own topic has passed them and the labels topic has, by join_within: from then on a prediction is
//    labelled or never will be;
//  - a label that no prediction can need any more and none took is expired.
// What the store holds is bounded by max_pending; rows beyond it are left out, counted, and their panes incomplete: which rows those are
// depends on what came first.
// Pure; thread: merger. Cost: a hash look-up a row; 64 bytes a prediction, about 120 a label.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "daemon/runtime/codec.h"
#include "daemon/window/label_counters.h"
#include "daemon/window/label_index.h"
#include "daemon/window/pane.h"
#include "detectors/performance/answer.h"

namespace driftd {

struct LabelJoinPlan {
  std::uint32_t monitor = 0;     // index in the engine of the monitor that judges the joined panes
  PanePlan predictions, labels;  // what stage 1 keeps of the two streams
  std::int64_t join_within_us = 0;
  AnswerScale answers;
  std::uint64_t max_pending = 0;  // predictions; and as many labels
};

class LabelJoin {
 public:
  // joined: the plan of the panes that come out; both outlive this object.
  LabelJoin(const LabelJoinPlan& plan, const PanePlan& joined) : plan_(plan), joined_(joined) {}

  void add_predictions(const TopicPartition& id, Pane pane);
  void add_labels(const TopicPartition& id, Pane pane);

  using JoinedPane = std::pair<TopicPartition, Pane>;
  // No row before these times will come any more, of predictions and of labels. Appends the panes that this decides, in order.
  void advance(std::int64_t predictions_us, std::int64_t labels_us, std::vector<JoinedPane>& out);
  std::int64_t joined_until_us() const { return until_us_; }

  const LabelJoinPlan& plan() const { return plan_; }
  const LabelCounters& counters() const { return counters_; }
  std::uint64_t pending_predictions() const { return pending_predictions_; }
  std::uint64_t pending_labels() const { return pending_labels_; }

  void save(ByteWriter& out) const;
  bool load(ByteReader& in);  // false: corrupt

 private:
  struct LabelPane {
    bool complete = true;
    std::vector<LabelRow> rows;
  };
  struct PredictionRef {
    const JoinRow* row;
    Pane* into;
  };
  std::uint64_t fit(Pane& pane, std::uint64_t pending);
  void keep_labels(std::int64_t start_us, const TopicPartition& id, const Pane& pane);
  void join_pane(PartPanes panes, std::vector<JoinedPane>& out);
  void join_row(const PredictionRef& prediction);
  const LabelRow* take_label(const JoinRow& prediction);
  void count_joined(const JoinRow& prediction, const AnswerScale::Pair& pair, Pane& into);
  void count_delay(std::int64_t delay_us);
  bool load_labels(ByteReader& in);
  bool labels_complete(std::int64_t from_us, std::int64_t to_us) const;
  void forget_labels();
  void forget(const LabelPane& labels);
  std::int64_t frontier(std::int64_t predictions_us, std::int64_t labels_us) const;

  const LabelJoinPlan& plan_;
  const PanePlan& joined_;
  std::map<std::int64_t, PartPanes> predictions_;                       // by start
  std::map<std::int64_t, std::map<TopicPartition, LabelPane>> labels_;  // by start; nodes and rows stay where they are
  LabelIndex by_id_;
  std::vector<LabelRow*> found_;     // scratch of take_label
  std::int64_t until_us_ = kNoTime;  // predictions before are judged
  std::uint64_t pending_predictions_ = 0, pending_labels_ = 0;
  LabelCounters counters_;
};

}  // namespace driftd
