// What the rules look at, read from files: dashboards as they are committed, the catalogue, and alerts that lead to dashboards.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";

import { parse } from "yaml";

import { readCatalogue } from "./catalogue.js";
import type { AlertLink, Dashboards, Subject } from "./rules.js";

function readDashboards(folder: string): Dashboards {
  const files = readdirSync(folder).filter((file) => file.endsWith(".json")).sort();
  return new Map(files.map((file) => [file, JSON.parse(readFileSync(join(folder, file), "utf8")) as Dashboard]));
}

interface RulesFile {
  readonly groups: readonly { readonly rules: readonly { readonly alert?: string; readonly annotations?: Readonly<Record<string, string>> }[] }[];
}

function readAlerts(file: string): AlertLink[] {
  const { groups } = parse(readFileSync(file, "utf8")) as RulesFile;
  return groups.flatMap(({ rules }) =>
    rules.flatMap(({ alert, annotations }) => (alert === undefined ? [] : [{ alert, url: annotations?.["dashboard_url"] ?? "" }])),
  );
}

// The arguments of a program: what `driftd metrics` printed, the folder of dashboards, Prometheus' rules.
export function readSubject([catalogue, folder, rules]: readonly string[]): Subject {
  if (catalogue === undefined || folder === undefined || rules === undefined) {
    process.stderr.write("arguments: CATALOGUE FOLDER RULES: what `driftd metrics` printed, the dashboards, the rules of Prometheus\n");
    process.exit(64);
  }
  return { dashboards: readDashboards(folder), catalogue: readCatalogue(readFileSync(catalogue, "utf8")), alerts: readAlerts(rules) };
}
