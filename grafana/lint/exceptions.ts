// What the dashboards leave out or do otherwise, each with its reason. An entry that is no longer needed is an offence itself.

// Metrics that no panel, variable or annotation shows.
export const NOT_SHOWN: Readonly<Record<string, string>> = {};

// Ranges other than $__rate_interval: "<uid> <panel id>".
export const OTHER_RANGE: Readonly<Record<string, string>> = {
  "driftd-overview 3": "counts the alarms of the time that is shown, beside what chance gives in that time",
};

// Counters that are shown as they are: "<uid> <panel id>".
export const BARE_COUNTER: Readonly<Record<string, string>> = {
  "driftd-pipeline 6": "an error code has no series before its first error, which increase() alone would not see",
};

// Metrics that a panel shows and that not every build of driftd has.
export const NOT_EVERYWHERE: Readonly<Record<string, string>> = {
  driftd_schema_registry_requests_total: "comes with Avro and Protobuf",
  driftd_schema_registry_request_duration_seconds: "comes with Avro and Protobuf",
  driftd_schema_cache_entries: "comes with Avro and Protobuf",
};
