// The kinds of panel that the dashboards are made of, with the looks they share. What a panel must say is in About.

import * as barchart from "@grafana/grafana-foundation-sdk/barchart";
import * as bargauge from "@grafana/grafana-foundation-sdk/bargauge";
import * as common from "@grafana/grafana-foundation-sdk/common";
import * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";
import * as prometheus from "@grafana/grafana-foundation-sdk/prometheus";
import * as stat from "@grafana/grafana-foundation-sdk/stat";
import * as statetimeline from "@grafana/grafana-foundation-sdk/statetimeline";
import * as table from "@grafana/grafana-foundation-sdk/table";
import * as timeseries from "@grafana/grafana-foundation-sdk/timeseries";
import * as units from "@grafana/grafana-foundation-sdk/units";

import { PROMETHEUS } from "./frame.js";
import type { Query } from "./query.js";

export const RATIO = units.PercentUnit;
export const NUMBER = units.Short;
export const SECONDS = units.Seconds;
export const BYTES = units.BytesIEC;
export const BYTES_A_SECOND = units.BytesPerSecondSI;
export const PER_SECOND = units.OpsPerSecond;
export const BOOLEAN = units.Bool;

export interface About {
  readonly id: number; // never changes and never comes back: links to a panel hold it
  readonly title: string;
  readonly says: string; // what it shows; then what to do about it
  readonly unit: string;
  readonly empty: string; // why there may be no data
  readonly width: number; // of 24
  readonly height: number;
}

// Of what every panel builder of the SDK offers, that which is set on all.
interface AnyPanel<B> {
  build(): dashboard.Panel;
  id(id: number): B;
  title(title: string): B;
  description(text: string): B;
  datasource(source: common.DataSourceRef): B;
  unit(unit: string): B;
  noValue(text: string): B;
  span(width: number): B;
  height(height: number): B;
}

const REF_IDS = "ABCDEFGH";

export function refId(index: number): string {
  return REF_IDS.charAt(index);
}

function about<B extends AnyPanel<B>>(panel: B, text: About): B {
  return panel
    .id(text.id)
    .title(text.title)
    .description(text.says)
    .datasource(PROMETHEUS)
    .unit(text.unit)
    .noValue(text.empty)
    .span(text.width)
    .height(text.height);
}

function target(query: Query, index: number): prometheus.DataqueryBuilder {
  return new prometheus.DataqueryBuilder()
    .datasource(PROMETHEUS)
    .expr(query.expr)
    .legendFormat(query.legend)
    .refId(refId(index))
    .editorMode(prometheus.QueryEditorMode.Code);
}

function overTime(query: Query, index: number): prometheus.DataqueryBuilder {
  return target(query, index).range();
}

function now(query: Query, index: number): prometheus.DataqueryBuilder {
  return target(query, index).instant();
}

function steps(...limits: readonly [string, number | null][]): dashboard.ThresholdsConfigBuilder {
  return new dashboard.ThresholdsConfigBuilder()
    .mode(dashboard.ThresholdsMode.Absolute)
    .steps(limits.map(([color, value]) => ({ color, value })));
}

export const ALARM_AT_ONE = steps(["green", null], ["orange", 0.8], ["red", 1]);
export const ONE_IS_TOO_MANY = steps(["green", null], ["red", 1]);
export const ALL_MUST_BE_ONE = steps(["red", null], ["green", 1]);
export const PLAIN = steps(["text", null]);

// ---- Lines over time ----

export function lines(text: About, ...queries: readonly Query[]): timeseries.PanelBuilder {
  const panel = about(new timeseries.PanelBuilder(), text)
    .lineWidth(1)
    .fillOpacity(0)
    .showPoints(common.VisibilityMode.Auto)
    .axisSoftMin(0)
    .thresholds(PLAIN)
    .legend(
      new common.VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(common.LegendDisplayMode.List)
        .placement(common.LegendPlacement.Bottom)
        .calcs([]),
    )
    .tooltip(new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi).sort(common.SortOrder.Descending));
  queries.forEach((query, index) => panel.withTarget(overTime(query, index)));
  return panel;
}

// Values held between two evaluations are steps; 1 is the limit and is drawn.
export function ratioLines(text: About, ...queries: readonly Query[]): timeseries.PanelBuilder {
  return lines(text, ...queries)
    .lineInterpolation(common.LineInterpolation.StepAfter)
    .thresholds(steps(["transparent", null], ["red", 1]))
    .thresholdsStyle(new common.GraphThresholdsStyleConfigBuilder().mode(common.GraphThresholdsStyleMode.Dashed));
}

// A query with a unit of its own, on the right axis.
export function onRight(panel: timeseries.PanelBuilder, index: number, unit: string, label: string): timeseries.PanelBuilder {
  return panel.overrideByQuery(refId(index), [
    { id: "unit", value: unit },
    { id: "custom.axisPlacement", value: common.AxisPlacement.Right },
    { id: "custom.axisLabel", value: label },
    { id: "custom.lineStyle", value: { fill: "dash", dash: [6, 6] } },
  ]);
}

// A limit that belongs to the lines of another query.
export function asLimit(panel: timeseries.PanelBuilder, index: number): timeseries.PanelBuilder {
  return panel.overrideByQuery(refId(index), [
    { id: "custom.lineStyle", value: { fill: "dash", dash: [6, 6] } },
    { id: "color", value: { mode: "fixed", fixedColor: "red" } },
  ]);
}

// ---- Numbers of now ----

export function numbers(text: About, limits: dashboard.ThresholdsConfigBuilder, query: Query): stat.PanelBuilder {
  return about(new stat.PanelBuilder(), text)
    .thresholds(limits)
    .colorMode(common.BigValueColorMode.Value)
    .graphMode(common.BigValueGraphMode.None)
    .textMode(common.BigValueTextMode.ValueAndName)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(["lastNotNull"]).fields("").values(false))
    .withTarget(now(query, 0));
}

export function bars(text: About, query: Query): bargauge.PanelBuilder {
  return about(new bargauge.PanelBuilder(), text)
    .thresholds(ALARM_AT_ONE)
    .min(0)
    .orientation(common.VizOrientation.Horizontal)
    .displayMode(common.BarGaugeDisplayMode.Basic)
    .showUnfilled(true)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(["lastNotNull"]).fields("").values(false))
    .withTarget(now(query, 0));
}

type Shown = readonly [text: string, color: string];

// Words for the values 0 and 1.
export function named(zero: Shown, one: Shown): dashboard.ValueMapping[] {
  const shown = ([text, color]: Shown, index: number): dashboard.ValueMappingResult => ({ text, color, index });
  return [{ type: dashboard.MappingType.ValueToText, options: { "0": shown(zero, 0), "1": shown(one, 1) } }];
}

export function timeline(text: About, states: { zero: Shown; one: Shown }, query: Query): statetimeline.PanelBuilder {
  return about(new statetimeline.PanelBuilder(), text)
    .thresholds(PLAIN)
    .mappings(named(states.zero, states.one))
    .showValue(common.VisibilityMode.Never)
    .mergeValues(true)
    .fillOpacity(80)
    .lineWidth(0)
    .withTarget(overTime(query, 0));
}

// Two bars for each value of `label`, one for each value of `side`.
export function pairs(text: About, label: string, side: string, query: Query): barchart.PanelBuilder {
  return about(new barchart.PanelBuilder(), text)
    .thresholds(PLAIN)
    .min(0)
    .orientation(common.VizOrientation.Vertical)
    .showValue(common.VisibilityMode.Never)
    .xTickLabelRotation(-45)
    .legend(new common.VizLegendOptionsBuilder().showLegend(true).displayMode(common.LegendDisplayMode.List).placement(common.LegendPlacement.Bottom))
    .withTarget(now(query, 0).format(prometheus.PromQueryFormat.Table))
    .withTransformation({ id: "sortBy", options: { fields: {}, sort: [{ field: label }] } })
    .withTransformation({ id: "groupingToMatrix", options: { rowField: label, columnField: side, valueField: "Value", emptyValue: "zero" } });
}

// ---- Tables: a row for each set of labels, a column for each query ----

export interface Column {
  readonly name: string;
  readonly unit: string;
  readonly expr: string;
  readonly limits?: dashboard.ThresholdsConfigBuilder;
}

export class Rows extends table.PanelBuilder {
  sortedBy(name: string): this {
    return this.sortBy([new common.TableSortByFieldStateBuilder().displayName(name).desc(true)]);
  }

  linked(column: string, links: readonly dashboard.DashboardLinkBuilder[]): this {
    return this.overrideByName(column, [{ id: "links", value: links.map((link) => link.build()) }]);
  }
}

export function rows(text: About, labels: Readonly<Record<string, string>>, columns: readonly Column[]): Rows {
  const panel = about(new Rows(), text).thresholds(PLAIN).filterable(false);
  const renamed: Record<string, string> = { ...labels };
  columns.forEach((column, index) => {
    panel.withTarget(now({ expr: column.expr, legend: "" }, index).format(prometheus.PromQueryFormat.Table));
    renamed[`Value #${refId(index)}`] = column.name;
    panel.overrideByName(column.name, [
      { id: "unit", value: column.unit },
      ...(column.limits === undefined
        ? []
        : [
            { id: "thresholds", value: column.limits.build() },
            { id: "custom.cellOptions", value: { type: "color-text" } },
          ]),
    ]);
  });
  const order = Object.fromEntries(Object.keys(renamed).map((name, index) => [name, index]));
  return panel
    .withTransformation({ id: "merge", options: {} })
    .withTransformation({ id: "organize", options: { excludeByName: { Time: true }, indexByName: order, renameByName: renamed } });
}

// ---- Links: into driftd's page, and to another dashboard with what was clicked on chosen ----

// Where a link finds a label: on the series that was clicked; in the row of a table; or it is chosen in the dashboard.
export type Place = (label: string) => string;
export const ofSeries: Place = (label) => `\${__field.labels.${label}:percentencode}`;
export const ofChoice: Place = (label) => `\${${label}:percentencode}`;

export function ofColumn(names: Readonly<Record<string, string>>): Place {
  return (label) => `\${__data.fields["${names[label]}"]:percentencode}`;
}

function ofPage(title: string, path: string): dashboard.DashboardLinkBuilder {
  return new dashboard.DashboardLinkBuilder(`${title}, on driftd's page`).url(`\${external_url:raw}${path}`).targetBlank(true);
}

export function toMonitorPage(place: Place): dashboard.DashboardLinkBuilder {
  return ofPage("The monitor", `/ui/monitors/${place("monitor")}`);
}

// The window of the moment that was clicked on.
export function toFeaturePage(place: Place, segment?: Place): dashboard.DashboardLinkBuilder {
  const part = segment === undefined ? "" : `segment=${segment("segment")}&`;
  return ofPage("Distribution and rows", `/ui/monitors/${place("monitor")}/features/${place("feature")}?${part}at=\${__value.time}`);
}

const KEPT = ["datasource", "job", "instance", "external_url"].map((name) => `\${${name}:queryparam}`).join("&");

export function toDashboard(title: string, uid: string, place: Place, ...labels: readonly string[]): dashboard.DashboardLinkBuilder {
  const chosen = labels.map((label) => `&var-${label}=${place(label)}`).join("");
  return new dashboard.DashboardLinkBuilder(title).url(`/d/${uid}?\${__url_time_range}&${KEPT}${chosen}`);
}
