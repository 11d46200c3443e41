// A PromQL expression of a dashboard, read with the grammar of Prometheus' own editor: what it selects, and which labels its answer has.

import type { SyntaxNode } from "@lezer/common";
import { parser } from "@prometheus-io/lezer-promql";

import { type Catalogue, find, type Metric, TARGET_LABELS } from "./catalogue.js";

// Durations that nobody writes stand for Grafana's variables, so that they can be told from one that is written.
const RATE_INTERVAL = "97s";
const RANGE = "89m";

function filledIn(expr: string): string {
  return expr
    .replaceAll("$__rate_interval", RATE_INTERVAL)
    .replaceAll("$__range_s", "5340")
    .replaceAll("$__range", RANGE)
    .replaceAll("$__interval", "83s");
}

export interface Matcher {
  readonly label: string;
  readonly operator: string;
  readonly value: string;
}

export interface Selector {
  readonly series: string;
  readonly matchers: readonly Matcher[];
  readonly range: string | undefined; // "$__rate_interval", "$__range" or what is written
  readonly within: string | undefined; // the function it is the argument of
}

export interface Expression {
  readonly problems: readonly string[];
  readonly selectors: readonly Selector[];
  readonly labels: ReadonlySet<string>; // of the answer
}

type Labels = ReadonlySet<string> | undefined; // undefined: a scalar, or of a metric that is not known

class Reading {
  readonly problems: string[] = [];
  readonly selectors: Selector[] = [];

  constructor(
    private readonly text: string,
    private readonly catalogue: Catalogue,
  ) {}

  private of(node: SyntaxNode): string {
    return this.text.slice(node.from, node.to);
  }

  // Every node by its name; unknown ones hand on what is in them.
  labels(node: SyntaxNode): Labels {
    switch (node.name) {
      case "VectorSelector":
        return this.selected(node, undefined, functionOf(node, this.text));
      case "MatrixSelector":
        return this.matrix(node);
      case "AggregateExpr":
        return this.aggregated(node);
      case "FunctionCall":
        return this.called(node);
      case "BinaryExpr":
        return this.combined(node);
      default:
        return this.firstLabels(node);
    }
  }

  private firstLabels(node: SyntaxNode): Labels {
    let found: Labels;
    for (const child of children(node)) {
      const labels = this.labels(child);
      found ??= labels;
    }
    return found;
  }

  private matrix(node: SyntaxNode): Labels {
    const selector = node.getChild("VectorSelector");
    const range = node.getChild("DurationExpr");
    if (selector === null || range === null) return undefined;
    const written = this.of(range);
    const named = written === RATE_INTERVAL ? "$__rate_interval" : written === RANGE ? "$__range" : written;
    return this.selected(selector, named, functionOf(node, this.text));
  }

  private selected(node: SyntaxNode, range: string | undefined, within: string | undefined): Labels {
    const name = node.getChild("Identifier");
    if (name === null) {
      this.problems.push(`${this.of(node)} names no metric`);
      return undefined;
    }
    const series = this.of(name);
    const matchers: Matcher[] = [];
    for (const matcher of node.getChild("LabelMatchers")?.getChildren("UnquotedLabelMatcher") ?? []) {
      const [label, operator, value] = children(matcher);
      if (label !== undefined && operator !== undefined && value !== undefined) {
        matchers.push({ label: this.of(label), operator: this.of(operator), value: this.of(value).slice(1, -1) });
      }
    }
    this.selectors.push({ series, matchers, range, within });
    const metric = find(this.catalogue, series);
    if (metric === undefined) return undefined; // another rule names it
    this.known(new Set([...metric.labels, ...TARGET_LABELS]), matchers.map((matcher) => matcher.label), series);
    return seriesLabels(metric);
  }

  private known(labels: Labels, used: readonly string[], where: string): void {
    if (labels === undefined) return;
    for (const label of used.filter((one) => !labels.has(one))) this.problems.push(`${where} has no label ${label}`);
  }

  private groupingLabels(node: SyntaxNode | null): string[] {
    return node === null ? [] : node.getChildren("LabelName").map((label) => this.of(label));
  }

  private aggregated(node: SyntaxNode): Labels {
    const body = node.getChild("FunctionCallBody");
    const inner = body === null ? undefined : this.firstLabels(body);
    const operator = this.of(node.firstChild ?? node);
    if (operator === "topk" || operator === "bottomk") return inner;
    const modifier = node.getChild("AggregateModifier");
    if (modifier === null) return new Set();
    const named = this.groupingLabels(modifier.getChild("GroupingLabels"));
    this.known(inner, named, `what is grouped in ${this.of(node)}`);
    if (modifier.getChild("By") !== null) return new Set(named);
    return inner === undefined ? undefined : new Set([...inner].filter((label) => !named.includes(label)));
  }

  private called(node: SyntaxNode): Labels {
    const body = node.getChild("FunctionCallBody");
    const inner = body === null ? undefined : this.firstLabels(body);
    if (this.of(node.firstChild ?? node) !== "histogram_quantile") return inner;
    this.known(inner, ["le"], "what histogram_quantile is given");
    return inner === undefined ? undefined : new Set([...inner].filter((label) => label !== "le"));
  }

  private combined(node: SyntaxNode): Labels {
    const sides = children(node).filter((child) => !OPERATORS.has(child.name));
    const [left, right] = sides.map((side) => this.labels(side));
    if (left === undefined || right === undefined) return left ?? right;
    const matching = node.getChild("MatchingModifierClause");
    const groups = matching?.getChildren("GroupingLabels").map((group) => this.groupingLabels(group)) ?? [];
    const on = matching?.getChild("On") == null ? undefined : groups[0] ?? [];
    for (const side of [left, right]) this.known(side, on ?? [], `a side of ${this.of(node)}`);
    if (matching?.getChild("GroupLeft") != null) return new Set([...left, ...(groups[1] ?? [])]);
    if (on === undefined && node.getChild("Or") === null && (left.size !== right.size || [...left].some((label) => !right.has(label)))) {
      this.problems.push(`the sides of ${this.of(node)} have other labels: nothing matches`);
    }
    return on === undefined || node.getChild("And") !== null || node.getChild("Unless") !== null ? left : new Set(on);
  }
}

const OPERATORS = new Set([
  "Add", "Sub", "Mul", "Div", "Mod", "Pow", "Atan2", "Eql", "EqlC", "Neq", "Gtr", "Lss", "Gte", "Lte", "And", "Or", "Unless",
  "BoolModifier", "MatchingModifierClause",
]);

function children(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) found.push(child);
  return found;
}

function functionOf(node: SyntaxNode, text: string): string | undefined {
  let outer = node.parent;
  while (outer !== null && (outer.name === "FunctionCallBody" || outer.name === "OffsetExpr" || outer.name === "ParenExpr")) outer = outer.parent;
  const name = outer?.name === "FunctionCall" ? outer.firstChild : null;
  return name === null ? undefined : text.slice(name.from, name.to);
}

function seriesLabels(metric: Metric): ReadonlySet<string> {
  return new Set([...metric.labels, ...TARGET_LABELS]);
}

export function read(expr: string, catalogue: Catalogue): Expression {
  const text = filledIn(expr);
  const tree = parser.parse(text);
  let wrongAt = text.trim() === "" ? 0 : -1;
  tree.iterate({
    enter: (node) => {
      if (node.type.isError && wrongAt < 0) wrongAt = node.from;
    },
  });
  if (wrongAt >= 0) return { problems: [`does not parse at "${text.slice(wrongAt, wrongAt + 20)}": ${expr}`], selectors: [], labels: new Set() };
  const reading = new Reading(text, catalogue);
  const labels = reading.labels(tree.topNode);
  return { problems: reading.problems, selectors: reading.selectors, labels: labels ?? new Set() };
}
