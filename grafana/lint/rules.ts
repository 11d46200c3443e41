// The rules that dashboards are held to. Those named *-rule are the ones of Grafana's dashboard-linter, told by its documentation.

import type * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";
import type * as prometheus from "@grafana/grafana-foundation-sdk/prometheus";
import * as units from "@grafana/grafana-foundation-sdk/units";

import { type Catalogue, find } from "./catalogue.js";
import { BARE_COUNTER, NOT_EVERYWHERE, NOT_SHOWN, OTHER_RANGE } from "./exceptions.js";
import { type Expression, read, type Selector } from "./promql.js";

export type Dashboards = ReadonlyMap<string, dashboard.Dashboard>; // by file name

export interface AlertLink {
  readonly alert: string;
  readonly url: string; // where it sends people for a dashboard; "": nowhere
}

export interface Subject {
  readonly dashboards: Dashboards;
  readonly catalogue: Catalogue;
  readonly alerts: readonly AlertLink[];
}

export interface Rule {
  readonly name: string;
  readonly says: string;
  readonly check: (subject: Subject) => Iterable<string>; // an offender a line
}

const TAG = "driftd-mixin";
const DATASOURCES: readonly (string | undefined)[] = ["$datasource", "${datasource}"];
const COLUMNS = 24;

// ---- Ways through a dashboard ----

function panelsOf(one: dashboard.Dashboard): dashboard.Panel[] {
  return (one.panels ?? []).flatMap((panel) => (panel.type === "row" ? ((panel as dashboard.RowPanel).panels ?? []) : [panel as dashboard.Panel]));
}

function variablesOf(one: dashboard.Dashboard): dashboard.VariableModel[] {
  return one.templating?.list ?? [];
}

function annotationsOf(one: dashboard.Dashboard): dashboard.AnnotationQuery[] {
  return one.annotations?.list ?? [];
}

function targetsOf(panel: dashboard.Panel): prometheus.Dataquery[] {
  return (panel.targets ?? []) as unknown as prometheus.Dataquery[];
}

interface Asked {
  readonly where: string;
  readonly expr: string;
  readonly legend: string;
  readonly panel: number | undefined;
  readonly uid: string;
}

function placeOf(one: dashboard.Dashboard, what: string): string {
  return `${one.uid ?? "?"} ${what}`;
}

// Queries of panels and annotations.
function* askedBy(one: dashboard.Dashboard): Generator<Asked> {
  for (const panel of panelsOf(one)) {
    for (const target of targetsOf(panel)) {
      const where = placeOf(one, `"${panel.title ?? ""}" ${target.refId ?? ""}`);
      yield { where, expr: target.expr, legend: target.legendFormat ?? "", panel: panel.id, uid: one.uid ?? "" };
    }
  }
  for (const annotation of annotationsOf(one)) {
    yield {
      where: placeOf(one, `annotation "${annotation.name}"`),
      expr: annotation.expr ?? "",
      legend: annotation.titleFormat ?? "",
      panel: undefined,
      uid: one.uid ?? "",
    };
  }
}

const LABEL_VALUES = /^label_values\((.*), *([a-z_]+)\)$/;

interface Variable {
  readonly name: string;
  readonly where: string;
  readonly expr: string;
  readonly label: string;
}

function* queryVariables(one: dashboard.Dashboard): Generator<Variable> {
  for (const variable of variablesOf(one).filter((any) => any.type === "query")) {
    const text = typeof variable.query === "string" ? variable.query : String(variable.query?.["query"] ?? "");
    const [, expr, label] = LABEL_VALUES.exec(text) ?? [];
    yield { name: variable.name, where: placeOf(one, `variable ${variable.name}`), expr: expr ?? "", label: label ?? "" };
  }
}

interface Link {
  readonly where: string;
  readonly url: string;
  readonly panel: dashboard.Panel | undefined;
}

function* linksOf(one: dashboard.Dashboard): Generator<Link> {
  for (const link of one.links ?? []) {
    if (link.type === "link") yield { where: placeOf(one, `link "${link.title}"`), url: link.url ?? "", panel: undefined };
  }
  for (const panel of panelsOf(one)) {
    const ofOverrides = (panel.fieldConfig?.overrides ?? []).flatMap((override) =>
      override.properties.flatMap((property) => (property.id === "links" ? (property.value as dashboard.DashboardLink[]) : [])),
    );
    for (const link of [...(panel.fieldConfig?.defaults.links ?? []), ...ofOverrides] as dashboard.DashboardLink[]) {
      yield { where: placeOf(one, `"${panel.title ?? ""}" link "${link.title}"`), url: link.url ?? "", panel };
    }
  }
}

// ---- Rules: a function of each dashboard, or of all ----

function ofEach(name: string, says: string, check: (one: dashboard.Dashboard, subject: Subject) => Iterable<string>): Rule {
  return {
    name,
    says,
    *check(subject) {
      for (const one of subject.dashboards.values()) yield* check(one, subject);
    },
  };
}

function ofExpressions(name: string, says: string, check: (asked: Asked, expression: Expression, subject: Subject) => Iterable<string>): Rule {
  return ofEach(name, says, function* (one, subject) {
    for (const asked of askedBy(one)) {
      for (const problem of check(asked, read(asked.expr, subject.catalogue), subject)) yield `${asked.where}: ${problem}`;
    }
  });
}

function ofPanels(name: string, says: string, check: (panel: dashboard.Panel) => Iterable<string>): Rule {
  return ofEach(name, says, function* (one) {
    for (const panel of panelsOf(one)) {
      for (const problem of check(panel)) yield `${placeOf(one, `"${panel.title ?? ""}"`)}: ${problem}`;
    }
  });
}

function* datasourceProblems(one: dashboard.Dashboard): Generator<string> {
  const found = variablesOf(one).filter((variable) => variable.type === "datasource");
  const [only] = found;
  if (found.length !== 1 || only === undefined) yield placeOf(one, `has ${found.length} data source variables, not one`);
  else if (only.name !== "datasource" || only.label !== "Data source" || only.query !== "prometheus") {
    yield placeOf(one, 'the data source variable is not a prometheus one, named datasource and labelled "Data source"');
  }
}

function targetVariable(name: string): Rule {
  const label = name.charAt(0).toUpperCase() + name.slice(1);
  return ofEach(`template-${name}-rule`, `a variable ${name} with any number of values`, function* (one) {
    const variable = variablesOf(one).find((any) => any.name === name);
    if (variable === undefined) return yield placeOf(one, `has no variable ${name}`);
    const problems: [boolean, string][] = [
      [variable.type === "query", "is no query"],
      [DATASOURCES.includes(variable.datasource?.uid), "does not use ${datasource}"],
      [variable.label === label, `is not labelled ${label}`],
      [variable.multi === true, "takes one value only"],
      [variable.allValue === ".+", 'does not stand for ".+" when it is All'],
    ];
    for (const [holds, problem] of problems) if (!holds) yield placeOf(one, `variable ${name} ${problem}`);
  });
}

function matches(selector: Selector, label: string): boolean {
  return selector.matchers.some((matcher) => matcher.label === label && matcher.operator === "=~" && matcher.value === `$${label}`);
}

function targetMatcher(label: string): Rule {
  return ofExpressions(`target-${label}-rule`, `every series is of $${label}`, function* (_, { selectors }) {
    for (const selector of selectors) if (!matches(selector, label)) yield `${selector.series} lacks ${label}=~"$${label}"`;
  });
}

function* panelText(panel: dashboard.Panel): Generator<string> {
  if ((panel.title ?? "").trim() === "") yield "has no title";
  const text = panel.description ?? "";
  if (text.length < 50 || !text.endsWith(".")) yield "has no description that says what it shows and what to do";
}

const VALID_UNITS = new Set<unknown>(Object.values(units));

function* unitProblems(panel: dashboard.Panel): Generator<string> {
  const overridden = (panel.fieldConfig?.overrides ?? []).flatMap((override) =>
    override.properties.filter((property) => property.id === "unit").map((property) => property.value as unknown),
  );
  const unit = panel.fieldConfig?.defaults.unit;
  if (unit === undefined) yield "has no unit";
  for (const any of [unit, ...overridden]) if (any !== undefined && !VALID_UNITS.has(any)) yield `${String(any)} is no unit of Grafana`;
}

const OVER_RANGE = new Set(["rate", "irate", "increase", "changes", "delta", "deriv"]);
const OF_COUNTERS = new Set(["rate", "irate", "increase", "changes"]);

// Offenders of a rule for expressions with exceptions by "<uid> <panel id>"; an exception that is not needed is one too.
function withExceptions(
  exceptions: Readonly<Record<string, string>>,
  problem: (selector: Selector, subject: Subject) => string | undefined,
): (subject: Subject) => Generator<string> {
  return function* (subject) {
    const needed = new Set<string>();
    for (const one of subject.dashboards.values()) {
      for (const asked of askedBy(one)) {
        const key = `${asked.uid} ${asked.panel ?? ""}`;
        for (const selector of read(asked.expr, subject.catalogue).selectors) {
          const found = problem(selector, subject);
          if (found !== undefined && key in exceptions) needed.add(key);
          else if (found !== undefined) yield `${asked.where}: ${found}`;
        }
      }
    }
    for (const key of Object.keys(exceptions)) if (!needed.has(key)) yield `the exception for "${key}" is no longer needed`;
  };
}

const rangeProblems = withExceptions(OTHER_RANGE, ({ series, range, within }) =>
  within === undefined || !OVER_RANGE.has(within) || range === "$__rate_interval"
    ? undefined
    : `${within}(${series}[${range ?? ""}]) is not over $__rate_interval`,
);

const bareCounters = withExceptions(BARE_COUNTER, ({ series, within }, { catalogue }) => {
  const type = find(catalogue, series)?.type;
  return type === undefined || type === "gauge" || OF_COUNTERS.has(within ?? "") ? undefined : `${series} only ever grows: show its rate or increase`;
});

function* references(text: string): Generator<string> {
  for (const [, braced, plain] of text.matchAll(/\$(?:\{([a-zA-Z_]+)[^}]*\}|([a-zA-Z_]+))/g)) yield braced ?? plain ?? "";
}

function* unusedVariables(one: dashboard.Dashboard): Generator<string> {
  for (const variable of variablesOf(one)) {
    const rest = { ...one, templating: { list: variablesOf(one).filter((any) => any !== variable) } };
    if (![...references(JSON.stringify(rest))].includes(variable.name)) yield placeOf(one, `variable ${variable.name} is not used`);
  }
}

function* undefinedVariables(one: dashboard.Dashboard): Generator<string> {
  const defined = new Set(variablesOf(one).map((variable) => variable.name));
  for (const name of new Set(references(JSON.stringify(one)))) {
    if (!name.startsWith("__") && !defined.has(name)) yield placeOf(one, `uses $${name}, which is no variable of it`);
  }
}

// A choice of the user narrows every series that has its label.
function* ignoredChoices(one: dashboard.Dashboard, { catalogue }: Subject): Generator<string> {
  const choices = [...queryVariables(one)].map((variable) => variable.name).filter((name) => name !== "job" && name !== "instance");
  for (const asked of askedBy(one)) {
    for (const selector of read(asked.expr, catalogue).selectors) {
      const labels = find(catalogue, selector.series)?.labels;
      for (const name of choices) if (labels?.has(name) && !matches(selector, name)) yield `${asked.where}: ${selector.series} ignores $${name}`;
    }
  }
}

function* variableQueries(one: dashboard.Dashboard, { catalogue }: Subject): Generator<string> {
  for (const { name, where, expr, label } of queryVariables(one)) {
    const { problems, selectors } = read(expr, catalogue);
    const [selector] = selectors;
    if (label === "" || problems.length > 0 || selector === undefined) {
      yield `${where}: ${problems[0] ?? "is not label_values(series, label)"}`;
      continue;
    }
    const metric = find(catalogue, selector.series);
    if (metric === undefined) yield `${where}: driftd has no metric ${selector.series}`;
    else if (!metric.labels.has(label) && label !== "job" && label !== "instance") yield `${where}: ${selector.series} has no label ${label}`;
    if (label !== name) yield `${where}: gives the values of ${label}`;
    for (const outer of name === "job" ? [] : name === "instance" ? ["job"] : ["job", "instance"]) {
      if (!matches(selector, outer)) yield `${where}: ignores $${outer}`;
    }
  }
}

function* legendProblems({ legend }: Asked, { problems, labels }: Expression): Generator<string> {
  if (problems.length > 0) return; // named by other rules
  for (const [, label] of legend.matchAll(/\{\{ *([a-z_]+) *\}\}/g)) {
    if (label !== undefined && !labels.has(label)) yield `the legend names ${label}, which the answer does not have`;
  }
}

function* overlaps(one: dashboard.Dashboard): Generator<string> {
  const placed = panelsOf(one).map((panel) => ({ title: panel.title ?? "", at: panel.gridPos }));
  for (const [index, { title, at }] of placed.entries()) {
    if (at === undefined) {
      yield placeOf(one, `"${title}" has no place`);
      continue;
    }
    if (at.w < 1 || at.h < 1 || at.x < 0 || at.y < 0 || at.x + at.w > COLUMNS) yield placeOf(one, `"${title}" is not within ${COLUMNS} columns`);
    for (const other of placed.slice(index + 1)) {
      const to = other.at;
      if (to !== undefined && at.x < to.x + to.w && to.x < at.x + at.w && at.y < to.y + to.h && to.y < at.y + at.h) {
        yield placeOf(one, `"${title}" and "${other.title}" overlap`);
      }
    }
  }
}

function* repeated(values: Iterable<string>): Generator<string> {
  const seen = new Set<string>();
  for (const value of values) {
    if (seen.has(value)) yield value;
    seen.add(value);
  }
}

function* dashboardIdentity({ dashboards }: Subject): Generator<string> {
  for (const [file, one] of dashboards) if (file !== `${one.uid ?? ""}.json`) yield `${file} holds the dashboard ${one.uid ?? "without a uid"}`;
  for (const uid of repeated([...dashboards.values()].map((one) => one.uid ?? ""))) yield `two dashboards have the uid ${uid}`;
  for (const title of repeated([...dashboards.values()].map((one) => one.title ?? ""))) yield `two dashboards have the title ${title}`;
}

function* panelIdentity(one: dashboard.Dashboard): Generator<string> {
  for (const id of repeated(panelsOf(one).map((panel) => String(panel.id ?? "none")))) yield placeOf(one, `two panels have the id ${id}`);
  for (const title of repeated(panelsOf(one).map((panel) => panel.title ?? ""))) yield placeOf(one, `two panels are called "${title}"`);
  for (const panel of panelsOf(one)) {
    for (const id of repeated(targetsOf(panel).map((target) => target.refId ?? ""))) yield placeOf(one, `"${panel.title ?? ""}" has two queries ${id}`);
  }
}

// ---- Links ----

function* dashboardLink(url: string, dashboards: Dashboards): Generator<string> {
  const [, uid] = /^\/d\/([^?/]+)/.exec(url) ?? [];
  const target = [...dashboards.values()].find((one) => one.uid === uid);
  if (target === undefined) return yield `there is no dashboard ${uid ?? url}`;
  for (const [, name] of url.matchAll(/[?&]var-([a-z_]+)=/g)) {
    if (!variablesOf(target).some((variable) => variable.name === name)) yield `${uid ?? ""} has no variable ${name ?? ""}`;
  }
}

function* placeholders({ url, panel }: Link, catalogue: Catalogue): Generator<string> {
  if (panel === undefined) return;
  for (const [, label] of url.matchAll(/\$\{__field\.labels\.([a-z_]+)/g)) {
    for (const target of targetsOf(panel)) {
      const { labels, problems } = read(target.expr, catalogue);
      if (problems.length === 0 && !labels.has(label ?? "")) yield `query ${target.refId ?? ""} has no label ${label ?? ""}`;
    }
  }
  const columns = JSON.stringify(panel.transformations ?? []);
  for (const [, column] of url.matchAll(/\$\{__data\.fields\["([^"]+)"\]/g)) {
    if (!columns.includes(`"${column ?? ""}"`)) yield `there is no column ${column ?? ""}`;
  }
}

function* linkProblems(one: dashboard.Dashboard, { dashboards, catalogue }: Subject): Generator<string> {
  for (const link of linksOf(one)) {
    const toPage = link.url.startsWith("${external_url:raw}/");
    if (!toPage && !link.url.startsWith("/d/")) yield `${link.where}: ${link.url} leads neither to a dashboard nor to driftd's page`;
    else if (!toPage) for (const problem of dashboardLink(link.url, dashboards)) yield `${link.where}: ${problem}`;
    for (const problem of placeholders(link, catalogue)) yield `${link.where}: ${problem}`;
  }
  const byTag = (one.links ?? []).filter((link) => link.type === "dashboards");
  if (!byTag.some((link) => link.tags.includes(TAG) && link.keepTime && link.includeVars)) {
    yield placeOf(one, `has no link by the tag ${TAG} that keeps time and variables`);
  }
  for (const tag of byTag.flatMap((link) => link.tags)) {
    if (![...dashboards.values()].some((other) => other !== one && other.tags?.includes(tag))) yield placeOf(one, `no other dashboard has the tag ${tag}`);
  }
  if (!(one.links ?? []).some((link) => link.url === "${external_url:raw}/")) yield placeOf(one, "has no link to driftd's page");
}

function* alertLinks({ alerts, dashboards }: Subject): Generator<string> {
  for (const { alert, url } of alerts) {
    const path = url.replace(/^https?:\/\/[^/]+/, "");
    for (const problem of dashboardLink(path, dashboards)) yield `${alert}: ${problem}`;
  }
}

// ---- Metrics ----

function* everySeries({ dashboards, catalogue }: Subject): Generator<readonly [string, Selector]> {
  for (const one of dashboards.values()) {
    for (const asked of askedBy(one)) for (const selector of read(asked.expr, catalogue).selectors) yield [asked.where, selector];
    for (const variable of queryVariables(one)) for (const selector of read(variable.expr, catalogue).selectors) yield [variable.where, selector];
  }
}

function* unknownMetrics(subject: Subject): Generator<string> {
  for (const [where, { series }] of everySeries(subject)) {
    const family = series.replace(/_(bucket|sum|count)$/, "");
    if (find(subject.catalogue, series) === undefined && !(series in NOT_EVERYWHERE) && !(family in NOT_EVERYWHERE)) yield `${where}: driftd has no metric ${series}`;
  }
}

function* hiddenMetrics(subject: Subject): Generator<string> {
  const shown = new Set<string>();
  for (const [, { series }] of everySeries(subject)) shown.add(find(subject.catalogue, series)?.name ?? series);
  for (const name of subject.catalogue.keys()) if (!shown.has(name) && !(name in NOT_SHOWN)) yield `no panel shows ${name}, and no reason is given`;
  for (const name of Object.keys(NOT_SHOWN)) {
    if (shown.has(name) || !subject.catalogue.has(name)) yield `the exception for ${name} is no longer needed`;
  }
}

export const RULES: readonly Rule[] = [
  ofEach("template-datasource-rule", "one data source variable", datasourceProblems),
  targetVariable("job"),
  targetVariable("instance"),
  ofEach("template-label-promql-rule", "variables ask for a label that their series have, narrowed by job and instance", variableQueries),
  ofEach("template-on-time-change-reload-rule", "variables follow the time range", function* (one) {
    for (const variable of variablesOf(one)) {
      if (variable.type === "query" && variable.refresh !== 2) yield placeOf(one, `variable ${variable.name} is not asked again when the time changes`);
    }
  }),
  ofEach("uneditable-dashboard", "changes are made in grafana/src", function* (one) {
    if (one.editable !== false) yield placeOf(one, "is editable");
  }),
  ofPanels("panel-datasource-rule", "panels and queries use ${datasource}", function* (panel) {
    for (const source of [panel.datasource, ...targetsOf(panel).map((target) => target.datasource)]) {
      if (!DATASOURCES.includes(source?.uid)) yield `uses the data source ${source?.uid ?? "by default"}`;
    }
  }),
  ofPanels("panel-title-description-rule", "a title, and what it shows and what to do", panelText),
  ofPanels("panel-units-rule", "a unit that Grafana has", unitProblems),
  ofPanels("panel-no-targets-rule", "at least one query", function* (panel) {
    if (targetsOf(panel).length === 0) yield "has no query";
  }),
  ofExpressions("target-promql-rule", "PromQL parses, and its labels are those of its metrics", (_, { problems }) => problems),
  { name: "target-rate-interval-rule", says: "rates are over $__rate_interval", check: rangeProblems },
  targetMatcher("job"),
  targetMatcher("instance"),
  { name: "target-counter-agg-rule", says: "counters are shown by their rate or increase", check: bareCounters },
  { name: "dashboard identity", says: "uids and titles are unique, files named by uid", check: dashboardIdentity },
  ofEach("panel identity", "ids, titles and queries of a dashboard are unique", panelIdentity),
  ofEach("places", "panels lie within the columns and not on each other", overlaps),
  ofPanels("words for no data", "a panel without data says why", function* (panel) {
    const text = panel.fieldConfig?.defaults.noValue ?? "";
    if (text.length < 15 || !text.endsWith(".")) yield "does not say why it may be empty";
  }),
  ofEach("variables are used", "no choice without an effect", unusedVariables),
  ofEach("variables exist", "no query or link with a variable that is not there", undefinedVariables),
  ofEach("choices are obeyed", "a choice narrows every series with its label", ignoredChoices),
  ofExpressions("legends", "legends name labels of the answer", legendProblems),
  ofEach("links", "every link has a target, and its placeholders have values", linkProblems),
  { name: "alerts lead here", says: "dashboard_url of every alert is a dashboard with these variables", check: alertLinks },
  ofEach("frame", "tag, refresh, time range and annotations that all dashboards share", function* (one) {
    if (!one.tags?.includes(TAG)) yield placeOf(one, `lacks the tag ${TAG}`);
    if (one.refresh !== "30s" || one.time?.from !== "now-6h" || one.time.to !== "now") yield placeOf(one, "does not show six hours every 30 s");
    if (annotationsOf(one).length !== 4) yield placeOf(one, "does not mark alerts, references, configurations and restarts");
  }),
  { name: "metrics exist", says: "every metric is one of `driftd metrics`", check: unknownMetrics },
  { name: "metrics are shown", says: "every metric of `driftd metrics` is shown, or there is a reason", check: hiddenMetrics },
];
