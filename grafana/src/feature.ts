// Dashboard "driftd / Feature": one field of one monitor against its reference.

import type * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";

import { frame } from "./frame.js";
import * as panels from "./panels.js";
import { ofAllRowsOfFeatures, ofFeatures, query } from "./query.js";

const DETAILED = "metrics.level of driftd's configuration is basic: this series exists with detailed.";

const ratio = panels
  .ratioLines(
    {
      id: 1,
      title: "Drift",
      says: "Share of the limit by segment and method; 100% is an alarm. Click on the window of interest: driftd's page has its distribution on the reference's edges.",
      unit: panels.RATIO,
      empty: "No window is closed yet, or none had enough rows for a verdict: see Judged below.",
      width: 24,
      height: 9,
    },
    query(`max by (segment, method) (${ofFeatures("driftd_drift_threshold_ratio")})`, "{{segment}} {{method}}"),
  )
  .dataLinks([panels.toFeaturePage(panels.ofChoice, panels.ofSeries)]);

const judged = panels.timeline(
  {
    id: 2,
    title: "Judged",
    says: "Whether the last window had enough rows of this feature for a verdict. Too few is no verdict, and no sign that all is well.",
    unit: panels.BOOLEAN,
    empty: "No window is closed yet.",
    width: 12,
    height: 8,
  },
  { zero: ["too few rows", "orange"], one: ["judged", "green"] },
  query(`min by (segment) (${ofFeatures("driftd_drift_evaluable")})`, "{{segment}}"),
);

const effect = panels.asLimit(
  panels.lines(
    {
      id: 3,
      title: "Effect size",
      says: "How large the difference is in the last window, each method in its own measure (never compare two), and dashed the fixed limit where one is set. Below about 0.1 a PSI rarely matters.",
      unit: panels.NUMBER,
      empty: "No window is closed yet, or none had enough rows.",
      width: 12,
      height: 8,
    },
    query(`max by (segment, method) (${ofFeatures("driftd_drift_score")})`, "{{segment}} {{method}}"),
    query(`max by (segment, method) (${ofFeatures("driftd_drift_threshold")})`, "{{segment}} {{method}} limit"),
  ),
  1,
);

const probability = panels
  .lines(
    {
      id: 4,
      title: "p-value",
      says: "How likely so large a difference is without any drift, before rows are taken as dependent and small effects as harmless. It decides nothing: read it with the effect size.",
      unit: panels.NUMBER,
      empty: DETAILED,
      width: 12,
      height: 8,
    },
    query(`min by (segment) (${ofFeatures("driftd_drift_p_value")})`, "{{segment}}"),
  )
  .max(1);

const detectable = panels.lines(
  {
    id: 5,
    title: "Least detectable effect",
    says: "The smallest PSI that a window of this size shows four times out of five. Larger than what you care about: lengthen the window.",
    unit: panels.NUMBER,
    empty: DETAILED,
    width: 12,
    height: 8,
  },
  query(`max by (segment) (${ofFeatures("driftd_drift_detectable_effect")})`, "{{segment}}"),
);

const bins = panels.pairs(
  {
    id: 6,
    title: "Distribution",
    says: "Share of rows by bin in the reference and in the last window, on the same edges. Where the two differ is what drifted; driftd's page adds each bin's part of the score.",
    unit: panels.RATIO,
    empty: "The feature is not in features.bins of driftd's configuration, or metrics.level is basic. The page always has the bins.",
    width: 24,
    height: 10,
  },
  "bin",
  "side",
  query(`max by (bin, side) (${ofAllRowsOfFeatures("driftd_feature_bin_ratio")})`, ""),
);

const quality = panels.ratioLines(
  {
    id: 7,
    title: "Quality by check",
    says: "Share of each check's limit; 100% is an alarm. A jump is mostly a broken producer: read the rows that driftd's page names.",
    unit: panels.RATIO,
    empty: "No window is closed yet, or none had enough rows.",
    width: 12,
    height: 8,
  },
  query(`max by (check) (${ofAllRowsOfFeatures("driftd_quality_threshold_ratio")})`, "{{check}}"),
).dataLinks([panels.toFeaturePage(panels.ofChoice)]);

const shares = panels.asLimit(
  panels.lines(
    {
      id: 8,
      title: "Rows that are not as expected",
      says: "Shares of rows of the last window: missing, outside the reference's range, of an unseen category, of another type; dashed what was missing in the reference itself.",
      unit: panels.RATIO,
      empty: "No window is closed yet.",
      width: 12,
      height: 8,
    },
    query(`max by (monitor) (${ofAllRowsOfFeatures("driftd_feature_missing_ratio")})`, "missing"),
    query(`max by (monitor) (${ofAllRowsOfFeatures("driftd_reference_missing_ratio")})`, "missing in the reference"),
    query(`max by (monitor) (${ofAllRowsOfFeatures("driftd_feature_out_of_range_ratio")})`, "out of range"),
    query(`max by (monitor) (${ofAllRowsOfFeatures("driftd_feature_unseen_category_ratio")})`, "unseen category"),
    query(`max by (monitor) (${ofAllRowsOfFeatures("driftd_feature_type_mismatch_ratio")})`, "wrong type"),
  ),
  1,
);

export function feature(): dashboard.Dashboard {
  const made = frame("driftd-feature", "driftd / Feature", "One feature against its reference: choose a monitor and a feature.", {
    monitor: "one",
    segment: "several",
    feature: "one",
  });
  for (const panel of [ratio, judged, effect, probability, detectable, bins, quality, shares]) made.withPanel(panel);
  return made.build();
}
