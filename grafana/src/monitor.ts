// Dashboard "driftd / Monitor": one monitor's features, segments, quality and windows over time.

import type * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";

import { frame } from "./frame.js";
import * as panels from "./panels.js";
import { increase, ofMonitors, ofSegments, query } from "./query.js";

const ratio = panels
  .ratioLines(
    {
      id: 1,
      title: "Drift by feature",
      says: "Each feature's drift as a share of its limit; 100% is an alarm. Click on a line that crosses it: driftd's page shows that window's distribution and the rows behind it.",
      unit: panels.RATIO,
      empty: "No window is closed yet, or none had enough rows for a verdict: compare with Rows of a window below.",
      width: 24,
      height: 10,
    },
    query(`max by (monitor, feature, segment) (${ofSegments("driftd_drift_threshold_ratio")})`, "{{feature}} {{segment}}"),
  )
  .dataLinks([
    panels.toFeaturePage(panels.ofSeries, panels.ofSeries),
    panels.toDashboard("The feature's dashboard", "driftd-feature", panels.ofSeries, "monitor", "feature", "segment"),
  ]);

const share = panels.ratioLines(
  {
    id: 2,
    title: "Share of features that drifted",
    says: "Features with a firing alert, of those that were judged. Many at once point to the source (a join, a release, a new client) rather than to one field.",
    unit: panels.RATIO,
    empty: "No feature was judged: no window is closed yet, or none had enough rows.",
    width: 12,
    height: 8,
  },
  query(
    `max by (monitor, segment) (${ofSegments("driftd_features_drifted")} / (${ofSegments("driftd_features_monitored")} > 0))`,
    "{{monitor}} {{segment}}",
  ),
);

const quality = panels
  .ratioLines(
    {
      id: 3,
      title: "Quality by check",
      says: "Missing, out of range, unseen category, wrong type: each check's share of its limit; 100% is an alarm. A jump is mostly a broken producer, so ask there before retraining.",
      unit: panels.RATIO,
      empty: "No window is closed yet, or none had enough rows.",
      width: 12,
      height: 8,
    },
    query(`max by (monitor, feature, check) (${ofMonitors("driftd_quality_threshold_ratio")})`, "{{feature}} {{check}}"),
  )
  .dataLinks([panels.toFeaturePage(panels.ofSeries)]);

const missing = panels.lines(
  {
    id: 4,
    title: "Missing values",
    says: "Rows without a value, of all rows of the last window, by feature. What the reference had is in the feature dashboard.",
    unit: panels.RATIO,
    empty: "No window is closed yet.",
    width: 12,
    height: 8,
  },
  query(`max by (monitor, feature) (${ofMonitors("driftd_feature_missing_ratio")})`, "{{feature}}"),
);

const prediction = panels.onRight(
  panels.ratioLines(
    {
      id: 13,
      title: "Drift of the predictions",
      says: "Drift of the model's answers as a share of the limit (100% is an alarm), and dashed, on the right, its effect size. Answers that move while features do not: another model version, or a change in between.",
      unit: panels.RATIO,
      empty: "The monitor has no fields.prediction, or no window with enough rows is closed yet.",
      width: 12,
      height: 8,
    },
    query(`max by (monitor, segment, method) (${ofSegments("driftd_prediction_drift_threshold_ratio")})`, "{{monitor}} {{segment}} {{method}}"),
    query(`max by (monitor, segment, method) (${ofSegments("driftd_prediction_drift_score")})`, "{{monitor}} {{segment}} {{method}} effect"),
  ),
  1,
  panels.NUMBER,
  "effect size",
);

const samples = panels.asLimit(
  panels.lines(
    {
      id: 5,
      title: "Rows of a window, and rows needed",
      says: "Rows in the last closed window; below the dashed line it gets no verdict. Often below: make the window longer or declare fewer segments.",
      unit: panels.NUMBER,
      empty: "No window is closed yet: see the watermark in the pipeline dashboard.",
      width: 12,
      height: 8,
    },
    query(`max by (monitor, segment) (${ofSegments("driftd_window_samples")})`, "{{monitor}} {{segment}}"),
    query(`max by (monitor) (${ofMonitors("driftd_window_minimum_samples")})`, "{{monitor}} needed"),
  ),
  1,
);

const performance = panels.onRight(
  panels.lines(
    {
      id: 6,
      title: "Performance, and drift",
      says: "Measures of the model once labels are in, and on the right the worst drift. Drift without a loss of performance can wait; a loss without drift is concept drift.",
      unit: panels.NUMBER,
      empty: "No window with its labels is judged yet; performance exists for monitors with a labels topic only.",
      width: 12,
      height: 8,
    },
    query(`max by (monitor, metric, source) (${ofSegments("driftd_performance_value")})`, "{{metric}} ({{source}})"),
    query(`max by (monitor) (${ofSegments("driftd_drift_threshold_ratio")})`, "{{monitor}} worst drift"),
  ),
  1,
  panels.RATIO,
  "drift",
);

const evaluations = panels.lines(
  {
    id: 7,
    title: "Windows by result",
    says: "Windows judged: ok, or insufficient, which had too few rows for a verdict. Only insufficient ones: this monitor sees nothing, lower min_samples or lengthen the window.",
    unit: panels.NUMBER,
    empty: "No monitor is scraped.",
    width: 8,
    height: 7,
  },
  query(`sum by (monitor, result) (${increase(ofMonitors("driftd_evaluations_total"))})`, "{{monitor}} {{result}}"),
);

const age = panels.lines(
  {
    id: 8,
    title: "Time since the last verdict",
    says: "Wall time since the monitor last judged a window, and the dashed length of one. Several times that length: no rows come, or the watermark stands still.",
    unit: panels.SECONDS,
    empty: "No window is closed yet.",
    width: 12,
    height: 7,
  },
  query(`time() - max by (monitor) (${ofMonitors("driftd_last_evaluation_timestamp_seconds")})`, "{{monitor}}"),
  query(`max by (monitor) (${ofMonitors("driftd_window_interval_seconds")})`, "{{monitor}} one window"),
);

const suppressed = panels.lines(
  {
    id: 9,
    title: "Crossings that became no alert",
    says: "Why a crossing of a limit stayed quiet: too small to matter, too few rows, cooling down, not yet long enough. Much of min_effect: the limit is set below what you care about.",
    unit: panels.NUMBER,
    empty: "No monitor is scraped.",
    width: 8,
    height: 7,
  },
  query(`sum by (monitor, reason) (${increase(ofMonitors("driftd_alerts_suppressed_total"))})`, "{{monitor}} {{reason}}"),
);

const closed = panels.lines(
  {
    id: 10,
    title: "Windows closed",
    says: "Windows closed, by what ended them. None for long while records come: an idle partition holds the watermark, or event times stand still.",
    unit: panels.NUMBER,
    empty: "No window is closed yet.",
    width: 8,
    height: 7,
  },
  query(`sum by (monitor, reason) (${increase(ofMonitors("driftd_windows_closed_total"))})`, "{{monitor}} {{reason}}"),
);

const end = panels.lines(
  {
    id: 11,
    title: "Age of the newest window",
    says: "How far the end of the last closed window, in event time, is behind now. Constant is normal (window, lateness, lag of the source); growing: events come later and later.",
    unit: panels.SECONDS,
    empty: "No window is closed yet.",
    width: 12,
    height: 7,
  },
  query(`time() - max by (monitor) (${ofMonitors("driftd_window_end_timestamp_seconds")})`, "{{monitor}}"),
);

const LABELS = { monitor: "Monitor", reference_id: "Reference" };

const calibrated = panels.timeline(
  {
    id: 14,
    title: "Reference is large enough",
    says: "Whether the reference has the rows of 100 windows, which the level of the tests supposes. No: more false alarms than configured; build it from more rows.",
    unit: panels.BOOLEAN,
    empty: "No monitor is scraped, or false_alarms is off.",
    width: 12,
    height: 7,
  },
  { zero: ["too few rows", "orange"], one: ["yes", "green"] },
  query(`min by (monitor) (${ofMonitors("driftd_drift_calibrated")})`, "{{monitor}}"),
);

const reference = panels.rows(
  {
    id: 12,
    title: "Reference in force",
    says: "What windows are compared with: its id, rows, and the age of its newest row. An old reference alarms on what has long been normal: build a new one.",
    unit: panels.NUMBER,
    empty: "No monitor is scraped.",
    width: 12,
    height: 7,
  },
  LABELS,
  [
    { name: "Rows", unit: panels.NUMBER, expr: `max by (monitor, reference_id) (${ofMonitors("driftd_reference_info")} * on (job, instance, monitor) group_left () ${ofMonitors("driftd_reference_samples")})` },
    { name: "Age", unit: panels.SECONDS, expr: `time() - max by (monitor, reference_id) (${ofMonitors("driftd_reference_info")} * on (job, instance, monitor) group_left () ${ofMonitors("driftd_reference_created_timestamp_seconds")})` },
  ],
);

export function monitor(): dashboard.Dashboard {
  const made = frame("driftd-monitor", "driftd / Monitor", "What a monitor sees: features, quality, windows.", { monitor: "several", segment: "several" });
  for (const panel of [ratio, share, prediction, quality, missing, samples, performance, evaluations, suppressed, closed, age, end, calibrated, reference]) made.withPanel(panel);
  return made.build();
}
