// Dashboard "driftd / Labels": performance once the truth is in, and how the truth comes in.

import type * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";

import { frame } from "./frame.js";
import * as panels from "./panels.js";
import { ofMonitors, ofSegments, quantile, query, rate } from "./query.js";

const NO_LABELS = "No monitor has a labels topic (labels: of the configuration).";
const NOT_YET = "No window with its labels is judged yet: that happens join_within after its end. It needs a labels topic.";

const performance = panels.lines(
  {
    id: 1,
    title: "Performance",
    says: "Measures of the model's answers in windows whose labels are in (accuracy, F1, log loss, MAE, ...). A fall that stays: retrain, or look for the segment that causes it in the monitor dashboard.",
    unit: panels.NUMBER,
    empty: NOT_YET,
    width: 12,
    height: 9,
  },
  query(`max by (monitor, segment, metric, source) (${ofSegments("driftd_performance_value")})`, "{{monitor}} {{segment}} {{metric}} ({{source}})"),
);

const ratio = panels.ratioLines(
  {
    id: 2,
    title: "Loss of performance",
    says: "How far the loss is from the reference's, as a share of the limit; 100% is an alarm. This is concept drift: the same rows have other answers now.",
    unit: panels.RATIO,
    empty: NOT_YET,
    width: 12,
    height: 9,
  },
  query(`max by (monitor, metric, source) (${ofSegments("driftd_performance_threshold_ratio")})`, "{{monitor}} {{metric}} ({{source}})"),
);

const delay = panels.lines(
  {
    id: 3,
    title: "Delay of labels",
    says: "Within how long half and 95% of the labels follow their prediction. 95% near join_within: labels come too late to count, lengthen it.",
    unit: panels.SECONDS,
    empty: NO_LABELS,
    width: 12,
    height: 8,
  },
  query(quantile(0.95, "monitor", `${ofMonitors("driftd_label_delay_seconds_bucket")}`), "{{monitor}} 95%"),
  query(quantile(0.5, "monitor", `${ofMonitors("driftd_label_delay_seconds_bucket")}`), "{{monitor}} half"),
);

const coverage = panels.onRight(
  panels.lines(
    {
      id: 4,
      title: "Coverage, and predictions waiting",
      says: "Share of predictions that got a label, and dashed, on the right, predictions that still wait. Low coverage: performance speaks of the labelled rows only, which may not be like the others.",
      unit: panels.RATIO,
      empty: NOT_YET,
      width: 12,
      height: 8,
    },
    query(`max by (monitor) (${ofMonitors("driftd_label_coverage_ratio")})`, "{{monitor}}"),
    query(`sum by (monitor) (${ofMonitors("driftd_join_pending_records")})`, "{{monitor}} waiting"),
  ),
  1,
  panels.NUMBER,
  "waiting",
);

const joined = panels.lines(
  {
    id: 5,
    title: "Joined and unmatched",
    says: "Predictions joined with their label a second, and what made no pair, by reason. Much expired: the ids of the two topics differ, or labels are older than join_within.",
    unit: panels.PER_SECOND,
    empty: NO_LABELS,
    width: 24,
    height: 8,
  },
  query(`sum by (monitor) (${rate(ofMonitors("driftd_labels_joined_total"))})`, "{{monitor}} joined"),
  query(`sum by (monitor, reason) (${rate(ofMonitors("driftd_labels_unmatched_total"))})`, "{{monitor}} {{reason}}"),
);

export function labels(): dashboard.Dashboard {
  const made = frame("driftd-labels", "driftd / Labels", "How good the model is once the truth is in, and how the truth comes in.", {
    monitor: "several",
    segment: "several",
  });
  for (const panel of [performance, ratio, delay, coverage, joined]) made.withPanel(panel);
  return made.build();
}
