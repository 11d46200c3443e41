// The series that a panel asks for: one place for the label matchers, so that every query follows the variables of its dashboard.

export interface Query {
  readonly expr: string;
  readonly legend: string;
}

export function query(expr: string, legend: string): Query {
  return { expr, legend };
}

const INSTANCES = 'job=~"$job", instance=~"$instance"';
const MONITORS = `${INSTANCES}, monitor=~"$monitor"`;
const SEGMENTS = `${MONITORS}, segment=~"$segment"`;

function matching(matchers: string): (name: string, more?: string) => string {
  return (name, more) => `${name}{${matchers}${more === undefined ? "" : `, ${more}`}}`;
}

export const ofInstances = matching(INSTANCES);
export const ofMonitors = matching(MONITORS);
export const ofSegments = matching(SEGMENTS);
export const ofFeatures = matching(`${SEGMENTS}, feature=~"$feature"`);
export const ofAllRowsOfFeatures = matching(`${MONITORS}, feature=~"$feature"`);  // families without a segment
export const ofStreams = matching(`${INSTANCES}, stream=~"$stream"`);

export function rate(series: string): string {
  return `rate(${series}[$__rate_interval])`;
}

export function increase(series: string, range = "$__rate_interval"): string {
  return `increase(${series}[${range}])`;
}

// Of counters that have no series before their first event: what a new series begins with counts too.
export function increaseFromNothing(series: string): string {
  return `(${series} unless ${series} offset $__rate_interval) or ${increase(series)}`;
}

export function quantile(q: number, labels: string, buckets: string): string {
  return `histogram_quantile(${q}, sum by (le${labels === "" ? "" : `, ${labels}`}) (${rate(buckets)}))`;
}
