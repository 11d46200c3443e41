// Dashboard "driftd / Pipeline": from the broker to closed windows.

import type * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";

import { frame } from "./frame.js";
import * as panels from "./panels.js";
import { increase, increaseFromNothing, ofInstances, ofStreams, quantile, query, rate } from "./query.js";

const NO_PARTITION = "No partition is assigned: check topic, login and ACLs with `driftd check`.";

const consumed = panels.lines(
  {
    id: 1,
    title: "Records read",
    says: "Records a second by stream. 0 while producers run: see partitions and errors below.",
    unit: panels.PER_SECOND,
    empty: NO_PARTITION,
    width: 12,
    height: 8,
  },
  query(`sum by (stream) (${rate(ofStreams("driftd_kafka_records_consumed_total"))})`, "{{stream}}"),
);

const bytes = panels.lines(
  {
    id: 2,
    title: "Bytes read",
    says: "Payload a second after decompression. Bytes that rise without records: the records grew, which costs parsing time.",
    unit: panels.BYTES_A_SECOND,
    empty: NO_PARTITION,
    width: 12,
    height: 8,
  },
  query(`sum by (stream) (${rate(ofStreams("driftd_kafka_bytes_consumed_total"))})`, "{{stream}}"),
);

const lag = panels.onRight(
  panels.lines(
    {
      id: 3,
      title: "Lag",
      says: "Records behind the end of the topic, and dashed, on the right, how old the newest processed one is. Growing for half an hour: driftd is too slow, give it a core or drop fields that no monitor needs.",
      unit: panels.NUMBER,
      empty: NO_PARTITION,
      width: 12,
      height: 8,
    },
    query(`sum by (topic) (${ofStreams("driftd_kafka_consumer_lag_records")})`, "{{topic}}"),
    query(`max by (topic) (${ofStreams("driftd_kafka_consumer_lag_seconds")})`, "{{topic}} age"),
  ),
  1,
  panels.SECONDS,
  "age",
);

const partitions = panels.lines(
  {
    id: 4,
    title: "Partitions",
    says: "Partitions that are read, those the topic has, and those paused because a queue is full. Fewer than the topic has: see errors below and the log; paused for long: see Queues.",
    unit: panels.NUMBER,
    empty: NO_PARTITION,
    width: 12,
    height: 8,
  },
  query(`sum by (topic) (${ofStreams("driftd_kafka_assigned_partitions")})`, "{{topic}} read"),
  query(`max by (topic) (${ofStreams("driftd_kafka_topic_partitions")})`, "{{topic}} of the topic"),
  query(`sum by (topic) (${ofStreams("driftd_kafka_paused_partitions")})`, "{{topic}} paused"),
);

const rebalances = panels.lines(
  {
    id: 5,
    title: "Changes of what is read",
    says: "assign: partitions were added, revoke: a topic was given up. A revoke: that topic was deleted or made anew; the log and /-/ready say which.",
    unit: panels.NUMBER,
    empty: "No driftd is scraped.",
    width: 8,
    height: 8,
  },
  query(`sum by (kind) (${increase(ofInstances("driftd_kafka_rebalances_total"))})`, "{{kind}}"),
);

const errors = panels.lines(
  {
    id: 6,
    title: "Errors of the Kafka client",
    says: "By librdkafka's name. driftd goes on by itself after most of them; the log has the broker's words, `driftd check` the step that fails.",
    unit: panels.NUMBER,
    empty: "No error so far: a code has a series from its first error on.",
    width: 8,
    height: 8,
  },
  query(`sum by (code) (${increaseFromNothing(ofInstances("driftd_kafka_errors_total"))})`, "{{code}}"),
);

const commits = panels.lines(
  {
    id: 7,
    title: "Commits of offsets",
    says: "Offsets told to the group, for lag tools of others; driftd itself goes on from its snapshot. Errors here lose nothing.",
    unit: panels.NUMBER,
    empty: "No driftd is scraped.",
    width: 8,
    height: 8,
  },
  query(`sum by (result) (${increase(ofInstances("driftd_kafka_commits_total"))})`, "{{result}}"),
);

const refused = panels.lines(
  {
    id: 8,
    title: "Bad, dropped and late records",
    says: "Records that reached no window, by reason. Bad ones come from producers: `driftd tap` shows them. Late ones: raise time.lateness, at the price of later verdicts.",
    unit: panels.PER_SECOND,
    empty: NO_PARTITION,
    width: 12,
    height: 8,
  },
  query(`sum by (reason) (${rate(ofStreams("driftd_decode_errors_total"))})`, "bad: {{reason}}"),
  query(`sum by (reason) (${rate(ofStreams("driftd_records_dropped_total"))})`, "dropped: {{reason}}"),
  query(`sum by (stream) (${rate(ofStreams("driftd_records_late_total"))})`, "late: {{stream}}"),
);

const lost = panels.lines(
  {
    id: 9,
    title: "Lost offsets and dead letters",
    says: "Offsets that were gone before driftd read them (retention, truncation), and records written to the dead-letter topic. Lost ones do not come back: lengthen retention or cut the lag.",
    unit: panels.NUMBER,
    empty: NO_PARTITION,
    width: 12,
    height: 8,
  },
  query(`sum by (stream, topic) (${increase(ofStreams("driftd_lost_offsets_total"))})`, "{{topic}} lost"),
  query(`sum by (stream, result) (${increase(ofStreams("driftd_dead_letters_total"))})`, "{{stream}} dead letters {{result}}"),
);

const watermark = panels.lines(
  {
    id: 10,
    title: "Watermark age",
    says: "How far the event time up to which windows are complete is behind now. It stands still when one partition is silent: time.idle_after leaves that one out.",
    unit: panels.SECONDS,
    empty: "No stream has seen enough records to tell event time.",
    width: 12,
    height: 8,
  },
  query(`time() - min by (stream) (${ofStreams("driftd_watermark_timestamp_seconds")})`, "{{stream}}"),
);

const registry = panels.onRight(
  panels.lines(
    {
      id: 13,
      title: "Schema registry",
      says: "Time of its answers, 99%, and dashed, on the right, questions by result. error: reading pauses until it answers again, and /-/ready says so; not_found: a record names a schema that it does not have.",
      unit: panels.SECONDS,
      empty: "The registry was not asked in the last minutes: schemas are kept. Without Avro or Protobuf there is none.",
      width: 12,
      height: 8,
    },
    query(quantile(0.99, "result", ofInstances("driftd_schema_registry_request_duration_seconds_bucket")), "{{result}}"),
    query(`sum by (result) (${increase(ofInstances("driftd_schema_registry_requests_total"))})`, "{{result}} questions"),
    query(`sum by (instance) (${ofInstances("driftd_schema_cache_entries")})`, "{{instance}} schemas kept"),
  ),
  1,
  panels.NUMBER,
  "questions",
).overrideByQuery("C", [
  { id: "unit", value: panels.NUMBER },
  { id: "custom.axisPlacement", value: "right" },
]);

const queues = panels.onRight(
  panels.ratioLines(
    {
      id: 11,
      title: "Queues",
      says: "How full the queue before each stage is, and dashed, on the right, the share of time that what comes before it waited. The last stage on the road (ingest, window, alert) with a full queue is the slow one.",
      unit: panels.RATIO,
      empty: "No driftd is scraped.",
      width: 12,
      height: 8,
    },
    query(`max by (stage) (${ofInstances("driftd_queue_records")} / ${ofInstances("driftd_queue_capacity_records")})`, "{{stage}}"),
    query(`max by (stage) (${rate(ofInstances("driftd_backpressure_seconds_total"))})`, "{{stage}} waiting"),
  ),
  1,
  panels.RATIO,
  "waiting",
);

const waiting = panels.onRight(
  panels.lines(
    {
      id: 12,
      title: "Waiting in queues",
      says: "Batches (ingest), results (window) and events (alert) that wait, and dashed, on the right, their bytes. A full queue holds back and drops nothing: see which stage is slow beside this.",
      unit: panels.NUMBER,
      empty: "No driftd is scraped.",
      width: 12,
      height: 8,
    },
    query(`sum by (stage) (${ofInstances("driftd_queue_records")})`, "{{stage}}"),
    query(`sum by (stage) (${ofInstances("driftd_queue_bytes")})`, "{{stage}} bytes"),
  ),
  1,
  panels.BYTES,
  "bytes",
);

export function pipeline(): dashboard.Dashboard {
  const made = frame("driftd-pipeline", "driftd / Pipeline", "From the broker to closed windows.", { stream: "several" });
  for (const panel of [consumed, bytes, lag, partitions, rebalances, errors, commits, refused, lost, watermark, registry, queues, waiting]) made.withPanel(panel);
  return made.build();
}
