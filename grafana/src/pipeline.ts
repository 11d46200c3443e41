// Dashboard "driftd / Pipeline": from the broker to closed windows.

import type * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";

import { frame } from "./frame.js";
import * as panels from "./panels.js";
import { increase, increaseFromNothing, ofInstances, ofStreams, query, rate } from "./query.js";

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

const lag = panels.lines(
  {
    id: 3,
    title: "Lag",
    says: "Records behind the end of the topic. Growing for half an hour: driftd is too slow, give it a core or drop fields that no monitor needs.",
    unit: panels.NUMBER,
    empty: NO_PARTITION,
    width: 12,
    height: 8,
  },
  query(`sum by (topic) (${ofStreams("driftd_kafka_consumer_lag_records")})`, "{{topic}}"),
);

const partitions = panels.lines(
  {
    id: 4,
    title: "Partitions",
    says: "Partitions that are read, and those paused because a queue is full. Paused for long: a stage cannot keep up.",
    unit: panels.NUMBER,
    empty: NO_PARTITION,
    width: 12,
    height: 8,
  },
  query(`sum by (topic) (${ofStreams("driftd_kafka_assigned_partitions")})`, "{{topic}} read"),
  query(`sum by (topic) (${ofStreams("driftd_kafka_paused_partitions")})`, "{{topic}} paused"),
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

export function pipeline(): dashboard.Dashboard {
  const made = frame("driftd-pipeline", "driftd / Pipeline", "From the broker to closed windows.", { stream: "several" });
  for (const panel of [consumed, bytes, lag, partitions, errors, refused, lost, watermark]) made.withPanel(panel);
  return made.build();
}
