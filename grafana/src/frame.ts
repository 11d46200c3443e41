// What all dashboards share: variables, annotations, links, time. A dashboard adds its own variables and its panels.

import * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";
import * as prometheus from "@grafana/grafana-foundation-sdk/prometheus";

import { ofInstances, ofMonitors } from "./query.js";

export const TAG = "driftd-mixin";
export const PROMETHEUS = { type: "prometheus", uid: "${datasource}" };

const ALL: dashboard.VariableOption = { selected: true, text: "All", value: "$__all" };

// What the user may choose beyond job and instance, in the order of the bar at the top; each narrows the ones after it.
const CHOICES = {
  stream: { label: "Stream", of: ofInstances("driftd_kafka_assigned_partitions"), says: "A topic as a monitor reads it." },
  monitor: { label: "Monitor", of: ofInstances("driftd_window_minimum_samples"), says: "A monitor of the configuration." },
  segment: {
    label: "Segment",
    of: ofMonitors("driftd_drift_evaluable"),
    says: "Part of the rows, as declared in the configuration; all: every row. Empty until a first window is closed.",
  },
  feature: {
    label: "Feature",
    of: ofMonitors("driftd_drift_evaluable", 'segment=~"$segment"'),
    says: "A field that is compared with the reference. Empty until a first window is closed.",
  },
} as const;

export type Choice = keyof typeof CHOICES;

// How much of a variable may be chosen: any number of values, or one.
export type Choices = Partial<Record<Choice, "several" | "one">>;

function choice(name: string, label: string, of: string, says: string): dashboard.QueryVariableBuilder {
  const asked = `label_values(${of}, ${name})`;
  return new dashboard.QueryVariableBuilder(name)
    .label(label)
    .description(says)
    .datasource(PROMETHEUS)
    .query({ qryType: 1, query: asked, refId: "PrometheusVariableQueryEditor-VariableQuery" })
    .definition(asked)
    .refresh(dashboard.VariableRefresh.OnTimeRangeChanged)
    .sort(dashboard.VariableSort.AlphabeticalAsc);
}

function severalOf(variable: dashboard.QueryVariableBuilder, current: dashboard.VariableOption = ALL): dashboard.QueryVariableBuilder {
  return variable.multi(true).includeAll(true).allValue(".+").current(current);
}

function chosen(name: Choice, many: "several" | "one"): dashboard.QueryVariableBuilder {
  const { label, of, says } = CHOICES[name];
  const variable = choice(name, label, of, says);
  if (many === "one") return variable.multi(false).includeAll(false);
  return name === "segment" ? severalOf(variable, { selected: true, text: ["all"], value: ["all"] }) : severalOf(variable);
}

function addVariables(frame: dashboard.DashboardBuilder, choices: Choices): void {
  frame
    .withVariable(
      new dashboard.DatasourceVariableBuilder("datasource")
        .label("Data source")
        .description("The Prometheus server that scrapes driftd.")
        .type("prometheus")
        .current({ selected: true, text: "default", value: "default" }),
    )
    .withVariable(severalOf(choice("job", "Job", "driftd_build_info", "The scrape job of driftd.")))
    .withVariable(severalOf(choice("instance", "Instance", 'driftd_build_info{job=~"$job"}', "One driftd process.")));
  for (const name of Object.keys(CHOICES) as Choice[]) {
    const many = choices[name];
    if (many !== undefined) frame.withVariable(chosen(name, many));
  }
  frame.withVariable(
    new dashboard.TextBoxVariableBuilder("external_url")
      .label("driftd's page")
      .description("Where your browser reaches driftd: http.external_url of its configuration. Links of the panels start with it.")
      .defaultValue("http://localhost:3738")
      .current({ selected: true, text: "http://localhost:3738", value: "http://localhost:3738" }),
  );
}

function event(name: string, color: string, expr: string, title: string): dashboard.AnnotationQueryBuilder {
  const target = new prometheus.DataqueryBuilder().expr(expr).refId("Anno").legendFormat(title).range().build();
  return new dashboard.AnnotationQueryBuilder()
    .name(name)
    .datasource(PROMETHEUS)
    .enable(true)
    .iconColor(color)
    .target({ build: () => target })
    .expr(expr)
    .titleFormat(title)
    .step("");
}

function addAnnotations(frame: dashboard.DashboardBuilder, choices: Choices): void {
  const ofMonitor = choices.monitor !== undefined ? ofMonitors : ofInstances;
  const changed = (series: string): string => `changes(${series}[$__rate_interval]) > 0`;
  frame
    .annotation(
      event(
        "Alerts",
        "red",
        `sum by (monitor, severity, to) (${changed(ofMonitor("driftd_alert_transitions_total", 'to=~"firing|resolved"'))})`,
        "{{monitor}}: {{severity}} alert {{to}}",
      ),
    )
    .annotation(
      event(
        "Reference changed",
        "purple",
        `max by (monitor) (${changed(ofMonitor("driftd_reference_samples"))}` +
          ` or ${changed(ofMonitor("driftd_reference_created_timestamp_seconds"))})`,
        "{{monitor}}: another reference",
      ),
    )
    .annotation(event("Configuration changed", "blue", `max by (instance) (${changed(ofInstances("driftd_config_hash"))})`, "{{instance}}: another configuration"))
    .annotation(event("Restart", "orange", `max by (instance) (${changed(ofInstances("process_start_time_seconds"))})`, "{{instance}} started again"));
}

function addLinks(frame: dashboard.DashboardBuilder): void {
  frame
    .link(
      new dashboard.DashboardLinkBuilder("driftd")
        .type(dashboard.DashboardLinkType.Dashboards)
        .tags([TAG])
        .asDropdown(false)
        .includeVars(true)
        .keepTime(true)
        .tooltip("The other dashboards of driftd, with the same time and choices"),
    )
    .link(
      new dashboard.DashboardLinkBuilder("driftd's page")
        .type(dashboard.DashboardLinkType.Link)
        .icon("external link")
        .url("${external_url:raw}/")
        .targetBlank(true)
        .tooltip("Why an alert fired, distributions bin by bin, the rows to read again"),
    );
}

const COLUMNS = 24;

// Panels from left to right, and a new row where the next one does not fit.
class Frame extends dashboard.DashboardBuilder {
  private x = 0;
  private y = 0;
  private rowHeight = 0;

  override withPanel(panel: { build(): dashboard.Panel }): this {
    const made = panel.build();
    const { w, h } = made.gridPos ?? { w: COLUMNS, h: 8 };
    if (this.x + w > COLUMNS) {
      this.x = 0;
      this.y += this.rowHeight;
      this.rowHeight = 0;
    }
    made.gridPos = { x: this.x, y: this.y, w, h };
    this.x += w;
    this.rowHeight = Math.max(this.rowHeight, h);
    (this.internal.panels ??= []).push(made);
    return this;
  }
}

export function frame(uid: string, title: string, says: string, choices: Choices): dashboard.DashboardBuilder {
  const made = new Frame(title)
    .uid(uid)
    .description(says)
    .tags([TAG])
    .readonly()
    .tooltip(dashboard.DashboardCursorSync.Crosshair)
    .time({ from: "now-6h", to: "now" })
    .refresh("30s")
    .timezone("browser");
  addVariables(made, choices);
  addAnnotations(made, choices);
  addLinks(made);
  return made;
}
