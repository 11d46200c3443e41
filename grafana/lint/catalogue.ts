// The metrics that driftd has, as `driftd metrics` prints them: name, type, labels, meaning.

export type MetricType = "gauge" | "counter" | "histogram";

export interface Metric {
  readonly name: string;
  readonly type: MetricType;
  readonly labels: ReadonlySet<string>; // of the series asked for: with le for buckets
}

export type Catalogue = ReadonlyMap<string, Metric>;

export const TARGET_LABELS: readonly string[] = ["job", "instance"]; // Prometheus adds them to every series

const LINE = /^(\S+) +(gauge|counter|histogram) {2,9}(\S*) {2,}(\S.*)$/;

export function readCatalogue(text: string): Catalogue {
  const catalogue = new Map<string, Metric>();
  for (const line of text.split("\n").filter((one) => one !== "")) {
    const [, name, type, labels] = LINE.exec(line) ?? [];
    if (name === undefined || labels === undefined) throw new Error(`not a line of \`driftd metrics\`: ${line}`);
    catalogue.set(name, { name, type: type as MetricType, labels: new Set(labels.split(",").filter((label) => label !== "")) });
  }
  if (catalogue.size === 0) throw new Error("`driftd metrics` printed nothing");
  return catalogue;
}

// The family that a series name belongs to: foo_bucket, foo_sum and foo_count are those of the histogram foo.
export function find(catalogue: Catalogue, series: string): Metric | undefined {
  const [, family, part] = /^(.*)_(bucket|sum|count)$/.exec(series) ?? [];
  const histogram = family === undefined ? undefined : catalogue.get(family);
  if (histogram?.type !== "histogram") {
    const metric = catalogue.get(series);
    return metric?.type === "histogram" ? undefined : metric; // a histogram has no series of its own name
  }
  return part === "bucket" ? { ...histogram, labels: new Set([...histogram.labels, "le"]) } : histogram;
}
