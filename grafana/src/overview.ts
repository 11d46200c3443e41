// Dashboard "driftd / Overview": is anything drifting, and is driftd itself in order.

import type * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";

import { frame } from "./frame.js";
import * as panels from "./panels.js";
import { increase, ofInstances, query, rate } from "./query.js";

const firing = panels.numbers(
  {
    id: 1,
    title: "Firing alerts",
    says: "Alerts that fire now, by severity. Above 0: open the monitor in the table below; driftd's page says why each one fired.",
    unit: panels.NUMBER,
    empty: "No monitor is scraped: see the Ready panel, and whether Prometheus reaches driftd.",
    width: 6,
    height: 6,
  },
  panels.ONE_IS_TOO_MANY,
  query(`sum by (severity) (${ofInstances("driftd_alerts", 'state="firing"')})`, "{{severity}}"),
);

const ready = panels.numbers(
  {
    id: 2,
    title: "Ready",
    says: "Whether /-/ready answers 200. No: open that address, it names what is missing (broker, assignment, snapshot); alerts are late until then.",
    unit: panels.NUMBER,
    empty: "No driftd is scraped: check the job of Prometheus and that driftd listens where it scrapes.",
    width: 4,
    height: 6,
  },
  panels.ALL_MUST_BE_ONE,
  query(`min by (instance) (${ofInstances("driftd_ready")})`, "{{instance}}"),
).mappings(panels.named(["no", "red"], ["yes", "green"]));

const alarms = panels.numbers(
  {
    id: 3,
    title: "Alarms in this time range",
    says: "How often an alert began to fire, by monitor. Compare with the panel beside it: far more than that is drift, about as many may be chance.",
    unit: panels.NUMBER,
    empty: "No monitor was scraped in this time range.",
    width: 7,
    height: 6,
  },
  panels.PLAIN,
  query(`sum by (monitor) (${increase(ofInstances("driftd_alert_transitions_total", 'to="firing"'), "$__range")})`, "{{monitor}}"),
).dataLinks([panels.toDashboard("The monitor's dashboard", "driftd-monitor", panels.ofSeries, "monitor")]);

const expected = panels.numbers(
  {
    id: 4,
    title: "False alarms to expect",
    says: "How many alarms without drift the level of the tests allows in this time range, from false_alarms of the configuration. Too many for you: set it lower.",
    unit: panels.NUMBER,
    empty: "No monitor was scraped in this time range.",
    width: 7,
    height: 6,
  },
  panels.PLAIN,
  query(`max by (monitor) ($__range_s / ${ofInstances("driftd_false_alarm_interval_seconds")})`, "{{monitor}}"),
).decimals(2);

const state = panels.timeline(
  {
    id: 5,
    title: "Alerts by monitor",
    says: "When a monitor had a firing alert. Click on a red stretch for its page: the features, the windows, and the rows to read again.",
    unit: panels.BOOLEAN,
    empty: "No window is closed yet: alerts exist from the first one on.",
    width: 24,
    height: 7,
  },
  { zero: ["quiet", "green"], one: ["firing", "red"] },
  query(`max by (monitor) (${ofInstances("driftd_alert_firing")})`, "{{monitor}}"),
).dataLinks([
  panels.toDashboard("The monitor's dashboard", "driftd-monitor", panels.ofSeries, "monitor"),
  panels.toMonitorPage(panels.ofSeries),
]);

const COLUMNS = { monitor: "Monitor" };

const monitors = panels
  .rows(
    {
      id: 6,
      title: "Monitors",
      says: "Each monitor's worst feature as a share of its limit (100% is an alarm), features that drifted, rows of the last window, and how long ago it judged. Start with the first row.",
      unit: panels.NUMBER,
      empty: "No window is closed yet: a monitor appears with its first one. See lag and watermark in the pipeline dashboard.",
      width: 14,
      height: 9,
    },
    COLUMNS,
    [
      { name: "Worst ratio", unit: panels.RATIO, expr: `max by (monitor) (${ofInstances("driftd_drift_threshold_ratio")})`, limits: panels.ALARM_AT_ONE },
      { name: "Drifted", unit: panels.NUMBER, expr: `max by (monitor) (${ofInstances("driftd_features_drifted")})`, limits: panels.ONE_IS_TOO_MANY },
      { name: "Rows", unit: panels.NUMBER, expr: `sum by (monitor) (${ofInstances("driftd_window_samples", 'segment="all"')})` },
      { name: "Judged", unit: panels.SECONDS, expr: `time() - max by (monitor) (${ofInstances("driftd_last_evaluation_timestamp_seconds")})` },
    ],
  )
  .sortedBy("Worst ratio")
  .linked("Monitor", [
    panels.toDashboard("The monitor's dashboard", "driftd-monitor", panels.ofColumn(COLUMNS), "monitor"),
    panels.toMonitorPage(panels.ofColumn(COLUMNS)),
  ]);

const worst = panels
  .bars(
    {
      id: 7,
      title: "Ten worst features",
      says: "Drift as a share of the limit, the worst segment and method of each feature; 100% is an alarm. Click for its distribution against the reference.",
      unit: panels.RATIO,
      empty: "No window is closed yet, or none had enough rows for a verdict: see Samples in the monitor dashboard.",
      width: 10,
      height: 9,
    },
    query(`topk(10, max by (monitor, feature) (${ofInstances("driftd_drift_threshold_ratio")}))`, "{{monitor}} / {{feature}}"),
  )
  .dataLinks([
    panels.toDashboard("The feature's dashboard", "driftd-feature", panels.ofSeries, "monitor", "feature"),
    panels.toFeaturePage(panels.ofSeries),
  ]);

const consumed = panels.lines(
  {
    id: 8,
    title: "Rows read",
    says: "Records a second by stream. A line that falls to 0 while producers run: see lag beside it, then the pipeline dashboard.",
    unit: panels.PER_SECOND,
    empty: "No partition is assigned: check topic, login and ACLs with `driftd check`.",
    width: 12,
    height: 7,
  },
  query(`sum by (stream) (${rate(ofInstances("driftd_kafka_records_consumed_total"))})`, "{{stream}}"),
);

const lag = panels.lines(
  {
    id: 9,
    title: "Lag",
    says: "Age of the newest record that driftd has processed in the partition that is furthest behind; 0 at the end. Verdicts are late by as much. Growing for long: see the queues in the pipeline dashboard.",
    unit: panels.SECONDS,
    empty: "No partition is assigned, or its end is not known yet.",
    width: 12,
    height: 7,
  },
  query(`max by (stream) (${ofInstances("driftd_kafka_consumer_lag_seconds")})`, "{{stream}}"),
);

export function overview(): dashboard.Dashboard {
  const made = frame("driftd-overview", "driftd / Overview", "Is anything drifting, and is driftd in order?", {});
  for (const panel of [firing, ready, alarms, expected, state, monitors, worst, consumed, lag]) made.withPanel(panel);
  return made.build();
}
