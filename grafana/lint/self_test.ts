// Breaks the dashboards in one way after the other, and sees that the rule for it notices:  node out/lint/self_test.js CATALOGUE FOLDER RULES

import type * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";
import type * as prometheus from "@grafana/grafana-foundation-sdk/prometheus";

import { type Dashboards, RULES } from "./rules.js";
import { readSubject } from "./subject.js";

type Broken = Map<string, dashboard.Dashboard>;

const OVERVIEW = "driftd-overview.json";

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("the dashboards no longer have what this test breaks");
  return value;
}

function overview(all: Broken): dashboard.Dashboard {
  return must(all.get(OVERVIEW));
}

function panel(all: Broken, index = 0): dashboard.Panel {
  return must(overview(all).panels?.[index]) as dashboard.Panel;
}

function target(all: Broken, index = 0): prometheus.Dataquery {
  return must(panel(all, index).targets?.[0]) as unknown as prometheus.Dataquery;
}

function variable(all: Broken, name: string, file = OVERVIEW): dashboard.VariableModel {
  return must(must(all.get(file)).templating?.list?.find((any) => any.name === name));
}

function asks(name: string, text: string, file = OVERVIEW): (all: Broken) => void {
  return (all) => {
    variable(all, name, file).query = { query: text };
  };
}

function expression(change: (expr: string) => string, index = 0): (all: Broken) => void {
  return (all) => {
    target(all, index).expr = change(target(all, index).expr);
  };
}

const LINES = 7; // the first panel of lines: Rows read

function panelLink(url: string): (all: Broken) => void {
  return (all) => {
    const field = must(panel(all, LINES).fieldConfig).defaults;
    field.links = [{ url } as dashboard.DashboardLink];
  };
}

// Rule, what is done, how.
const BREAKS: readonly (readonly [string, string, (all: Broken) => void])[] = [
  ["template-datasource-rule", "the variable is called source", (all) => (variable(all, "datasource").name = "source")],
  ["template-datasource-rule", "there is none", (all) => (must(overview(all).templating).list = [])],
  ["template-job-rule", "it takes one value", (all) => (variable(all, "job").multi = false)],
  ["template-instance-rule", "All is .*", (all) => (variable(all, "instance").allValue = ".*")],
  ["template-label-promql-rule", "the metric has a typing error", asks("job", "label_values(driftd_bild_info, job)")],
  ["template-label-promql-rule", "the series does not parse", asks("job", "label_values(driftd_build_info{, job)")],
  ["template-label-promql-rule", "it has no such label", asks("segment", 'label_values(driftd_ready{job=~"$job", instance=~"$instance"}, segment)', "driftd-monitor.json")],
  ["template-label-promql-rule", "the job is ignored", asks("instance", "label_values(driftd_build_info, instance)")],
  ["template-on-time-change-reload-rule", "it is asked once", (all) => (variable(all, "job").refresh = 1)],
  ["uneditable-dashboard", "it is editable", (all) => (overview(all).editable = true)],
  ["panel-datasource-rule", "the panel names a source", (all) => (panel(all).datasource = { type: "prometheus", uid: "main" })],
  ["panel-datasource-rule", "a query names a source", (all) => (target(all).datasource = { type: "prometheus", uid: "main" })],
  ["panel-title-description-rule", "no title", (all) => (panel(all).title = "")],
  ["panel-title-description-rule", "few words", (all) => (panel(all).description = "Alerts.")],
  ["panel-units-rule", "a unit of its own", (all) => (must(panel(all).fieldConfig).defaults.unit = "furlongs")],
  ["panel-units-rule", "a unit of its own in a column", (all) => must(panel(all, 5).fieldConfig).overrides.push({ matcher: { id: "byName" }, properties: [{ id: "unit", value: "furlongs" }] })],
  ["panel-no-targets-rule", "no query", (all) => (panel(all).targets = [])],
  ["target-promql-rule", "a bracket is lost", expression((expr) => expr.slice(0, -1))],
  ["target-promql-rule", "grouped by a label that is not there", expression((expr) => expr.replace("severity", "colour"))],
  ["target-promql-rule", "matched by a label that is not there", expression((expr) => expr.replace("state=", "colour="))],
  ["target-promql-rule", "the sides have other labels", expression(() => 'driftd_ready{job=~"$job", instance=~"$instance"} / driftd_alerts{job=~"$job", instance=~"$instance"}')],
  ["target-rate-interval-rule", "five minutes", expression((expr) => expr.replace("$__rate_interval", "5m"), LINES)],
  ["target-rate-interval-rule", "an exception too many", (all) => all.delete(OVERVIEW)],
  ["target-job-rule", "no job", expression((expr) => expr.replace('job=~"$job", ', ""))],
  ["target-instance-rule", "one instance", expression((expr) => expr.replace('instance=~"$instance"', 'instance="a"'))],
  ["target-counter-agg-rule", "a counter as it is", expression((expr) => expr.replace("rate(", "(").replace("[$__rate_interval]", ""), LINES)],
  ["dashboard identity", "two with one uid", (all) => (must(all.get("driftd-monitor.json")).uid = "driftd-overview")],
  ["dashboard identity", "two with one title", (all) => (must(all.get("driftd-monitor.json")).title = must(overview(all).title))],
  ["panel identity", "two with one id", (all) => (panel(all).id = must(panel(all, 1).id))],
  ["panel identity", "two with one title", (all) => (panel(all).title = must(panel(all, 1).title))],
  ["places", "one on the other", (all) => (must(panel(all).gridPos).w = 8)],
  ["places", "beyond the right edge", (all) => (must(panel(all).gridPos).x = 20)],
  ["words for no data", "none", (all) => delete must(panel(all).fieldConfig).defaults.noValue],
  ["variables are used", "one that nothing uses", (all) => must(overview(all).templating?.list).push({ ...variable(all, "job"), name: "colour" })],
  ["variables exist", "a query uses one that is not there", expression((expr) => expr.replace("$job", "$jobs"))],
  ["choices are obeyed", "the stream is ignored", (all) => {
    const first = must(must(all.get("driftd-pipeline.json")).panels?.[0]) as dashboard.Panel;
    const query = must(first.targets?.[0]) as unknown as prometheus.Dataquery;
    query.expr = query.expr.replace(', stream=~"$stream"', "");
  }],
  ["legends", "a label that was summed away", (all) => (target(all).legendFormat = "{{monitor}}")],
  ["links", "to a dashboard that is not there", panelLink("/d/driftd-everything")],
  ["links", "with a variable that it does not have", panelLink("/d/driftd-overview?var-colour=red")],
  ["links", "elsewhere", panelLink("https://example.org/")],
  ["links", "with a label that the answer does not have", panelLink("/d/driftd-monitor?var-monitor=${__field.labels.monitor}")],
  ["links", "with a column that is not there", panelLink('/d/driftd-monitor?var-monitor=${__data.fields["Colour"]}')],
  ["links", "the others have another tag", (all) => (overview(all).links = [{ ...must(overview(all).links?.[0]), tags: ["colour"] }])],
  ["alerts lead here", "their dashboard is gone", (all) => all.delete("driftd-labels.json")],
  ["alerts lead here", "their variable is gone", (all) => (variable(all, "stream", "driftd-pipeline.json").name = "streams")],
  ["frame", "another tag", (all) => (overview(all).tags = ["drift"])],
  ["frame", "one day", (all) => (overview(all).time = { from: "now-1d", to: "now" })],
  ["frame", "no annotations", (all) => (overview(all).annotations = { list: [] })],
  ["metrics exist", "a typing error", expression((expr) => expr.replace("driftd_alerts", "driftd_alarms"))],
  ["metrics exist", "a histogram without its part", expression(() => "driftd_label_delay_seconds")],
  ["metrics are shown", "a dashboard is gone", (all) => all.delete("driftd-internals.json")],
];

const subject = readSubject(process.argv.slice(2));
const whole = subject.dashboards;

function offenders(rule: string, dashboards: Dashboards): string[] {
  const found = must(RULES.find(({ name }) => name === rule));
  return [...found.check({ ...subject, dashboards })];
}

const problems: string[] = [];
for (const [rule, what, change] of BREAKS) {
  const broken: Broken = structuredClone(new Map(whole));
  change(broken);
  const before = new Set(offenders(rule, whole));
  if (offenders(rule, broken).every((offender) => before.has(offender))) problems.push(`${rule} does not notice: ${what}`);
}
for (const { name } of RULES) if (!BREAKS.some(([rule]) => rule === name)) problems.push(`nothing breaks the rule ${name}`);
for (const problem of problems) process.stdout.write(`    ${problem}\n`);
process.stdout.write(`${problems.length === 0 ? "PASS" : "FAIL"} each of ${BREAKS.length} ways to break a dashboard is noticed by its rule\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
