// Dashboard "driftd / Internals": the process, its snapshots, its deliveries, its own endpoints.

import type * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";

import { frame } from "./frame.js";
import * as panels from "./panels.js";
import { increase, ofInstances, quantile, query, rate } from "./query.js";

const NOT_SCRAPED = "No driftd is scraped: check the job of Prometheus and that driftd listens where it scrapes.";

const usage = panels.onRight(
  panels.lines(
    {
      id: 1,
      title: "CPU and memory",
      says: "Cores in use, and dashed, on the right, resident memory. As many cores as it has for long, with growing lag: it needs more. Memory that only grows: see State by component.",
      unit: panels.NUMBER,
      empty: NOT_SCRAPED,
      width: 12,
      height: 8,
    },
    query(rate(ofInstances("process_cpu_seconds_total")), "{{instance}} cores"),
    query(ofInstances("process_resident_memory_bytes"), "{{instance}} memory"),
  ),
  1,
  panels.BYTES,
  "memory",
);

const files = panels.asLimit(
  panels.lines(
    {
      id: 2,
      title: "Open files",
      says: "Open file descriptors, and dashed their limit. Near it: raise LimitNOFILE, or look for a client that opens connections and leaves them.",
      unit: panels.NUMBER,
      empty: NOT_SCRAPED,
      width: 12,
      height: 8,
    },
    query(ofInstances("process_open_fds"), "{{instance}}"),
    query(ofInstances("process_max_fds"), "{{instance}} limit"),
  ),
  1,
);

const evaluation = panels.lines(
  {
    id: 3,
    title: "Time of a verdict",
    says: "How long judging a window takes, 99% and half of them. Above a second: many features by many segments; windows close later by as much.",
    unit: panels.SECONDS,
    empty: "No window was judged in the last minutes.",
    width: 12,
    height: 8,
  },
  query(quantile(0.99, "", ofInstances("driftd_evaluation_duration_seconds_bucket")), "99%"),
  query(quantile(0.5, "", ofInstances("driftd_evaluation_duration_seconds_bucket")), "half"),
);

const state = panels.lines(
  {
    id: 4,
    title: "State by component",
    says: "Size of windows, labels that wait, detectors and queues in the last snapshot. Labels grow with join_within and the rate of predictions; windows with features, segments and lateness.",
    unit: panels.BYTES,
    empty: NOT_SCRAPED,
    width: 12,
    height: 8,
  },
  query(`sum by (component) (${ofInstances("driftd_state_memory_bytes")})`, "{{component}}"),
);

const snapshots = panels.onRight(
  panels.onRight(
    panels.lines(
      {
        id: 5,
        title: "Snapshot age and size",
        says: "Age of the last snapshot on disk: what a kill would replay; and dashed, on the right, its size and that of the history of windows. Older than ten minutes: the disk is full or slow, see the log.",
        unit: panels.SECONDS,
        empty: "No snapshot is written yet.",
        width: 12,
        height: 8,
      },
      query(`time() - ${ofInstances("driftd_snapshot_last_success_timestamp_seconds")}`, "{{instance}} age"),
      query(ofInstances("driftd_snapshot_size_bytes"), "{{instance}} size"),
      query(ofInstances("driftd_history_size_bytes"), "{{instance}} history size"),
    ),
    1,
    panels.BYTES,
    "size",
  ),
  2,
  panels.BYTES,
  "size",
);

const writing = panels.onRight(
  panels.onRight(
    panels.lines(
      {
        id: 6,
        title: "Time of a snapshot, and failures",
        says: "How long 99% of the snapshots took to write, and dashed, on the right, those that could not be written, and windows that the history is without. A failure: state.dir is full or not writable.",
        unit: panels.SECONDS,
        empty: "No snapshot was written in the last minutes.",
        width: 12,
        height: 8,
      },
      query(quantile(0.99, "", ofInstances("driftd_snapshot_duration_seconds_bucket")), "99%"),
      query(`sum by (reason) (${increase(ofInstances("driftd_snapshot_failures_total"))})`, "failed: {{reason}}"),
      query(`sum(${increase(ofInstances("driftd_history_dropped_total"))})`, "windows without history"),
    ),
    1,
    panels.NUMBER,
    "failures",
  ),
  2,
  panels.NUMBER,
  "failures",
);

const deliveries = panels.onRight(
  panels.lines(
    {
      id: 7,
      title: "Deliveries, and events waiting",
      says: "Events handed to each sink by result, and dashed, on the right, those that wait. error means given up: that receiver missed an alert, see the log for its answer.",
      unit: panels.PER_SECOND,
      empty: "No sink is configured (alerts: of the configuration).",
      width: 12,
      height: 8,
    },
    query(`sum by (sink, result) (${rate(ofInstances("driftd_alert_deliveries_total"))})`, "{{sink}} {{result}}"),
    query(`sum by (sink) (${ofInstances("driftd_alert_queue_records")})`, "{{sink}} waiting"),
  ),
  1,
  panels.NUMBER,
  "waiting",
);

const delivering = panels.lines(
  {
    id: 14,
    title: "Time of a delivery",
    says: "From sending an event to the receiver's answer, 99% by sink. Near its timeout: that receiver is slow; the others do not wait for it, each has a queue of its own.",
    unit: panels.SECONDS,
    empty: "No event was delivered in the last minutes.",
    width: 12,
    height: 8,
  },
  query(quantile(0.99, "sink", ofInstances("driftd_alert_delivery_duration_seconds_bucket")), "{{sink}}"),
);

const answers = panels.lines(
  {
    id: 8,
    title: "HTTP answers",
    says: "Answers a second by route and code; without a route a request was refused before it had one. 421: http.external_url is not what the browser calls driftd.",
    unit: panels.PER_SECOND,
    empty: NOT_SCRAPED,
    width: 12,
    height: 8,
  },
  query(`sum by (route, code) (${rate(ofInstances("driftd_http_requests_total"))})`, "{{route}} {{code}}"),
);

const answering = panels.lines(
  {
    id: 13,
    title: "Time of an answer",
    says: "From a request's header to its answer, 99% by route. Slow /metrics: it has many series, see the families below; its timeout in Prometheus must be longer than this.",
    unit: panels.SECONDS,
    empty: "No request was answered in the last minutes.",
    width: 12,
    height: 8,
  },
  query(quantile(0.99, "route", ofInstances("driftd_http_request_duration_seconds_bucket")), "{{route}}"),
);

const series = panels.lines(
  {
    id: 9,
    title: "Series, and series left out",
    says: "The ten largest families of /metrics, and what metrics.max_series left out. Anything left out: raise it, or declare fewer segments.",
    unit: panels.NUMBER,
    empty: NOT_SCRAPED,
    width: 12,
    height: 8,
  },
  query(`topk(10, sum by (family) (${ofInstances("driftd_metric_series")}))`, "{{family}}"),
  query(`sum by (instance) (${increase(ofInstances("driftd_metric_series_dropped_total"))})`, "{{instance}} left out"),
);

const messages = panels.lines(
  {
    id: 10,
    title: "Log messages",
    says: "Log messages by level, repeats that were held back included. Errors: read the log of that moment.",
    unit: panels.NUMBER,
    empty: NOT_SCRAPED,
    width: 12,
    height: 8,
  },
  query(`sum by (level) (${increase(ofInstances("driftd_log_messages_total"))})`, "{{level}}"),
);

const reload = panels.timeline(
  {
    id: 11,
    title: "Last reload of the configuration",
    says: "Whether the last reload was taken. Refused: the file has mistakes and the old configuration runs on; the log and `driftd check` list them all.",
    unit: panels.BOOLEAN,
    empty: NOT_SCRAPED,
    width: 12,
    height: 7,
  },
  { zero: ["refused", "red"], one: ["taken", "green"] },
  query(`min by (instance) (${ofInstances("driftd_config_last_reload_successful")})`, "{{instance}}"),
);

const LABELS = { instance: "Instance", version: "Version", revision: "Revision" };

const build = panels.rows(
  {
    id: 12,
    title: "Builds",
    says: "Version, how long it runs and since when its configuration is in force. Two versions for long: a rollout stands still. It starts again and again: see the log's last lines before each start.",
    unit: panels.SECONDS,
    empty: NOT_SCRAPED,
    width: 12,
    height: 7,
  },
  LABELS,
  [
    {
      name: "Runs for",
      unit: panels.SECONDS,
      expr: `time() - max by (instance, version, revision) (${ofInstances("driftd_build_info")} * on (job, instance) group_left () ${ofInstances("process_start_time_seconds")})`,
    },
    {
      name: "Configuration for",
      unit: panels.SECONDS,
      expr: `time() - max by (instance, version, revision) (${ofInstances("driftd_build_info")} * on (job, instance) group_left () ${ofInstances("driftd_config_last_reload_success_timestamp_seconds")})`,
    },
  ],
);

export function internals(): dashboard.Dashboard {
  const made = frame("driftd-internals", "driftd / Internals", "The process: resources, state, snapshots, deliveries, endpoints.", {});
  for (const panel of [usage, files, evaluation, state, snapshots, writing, deliveries, delivering, answers, answering, series, messages, reload, build]) made.withPanel(panel);
  return made.build();
}
