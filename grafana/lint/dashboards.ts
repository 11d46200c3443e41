// Dashboards as they are committed: a JSON file each.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";

import type { Dashboards } from "./rules.js";

export function readDashboards(folder: string): Dashboards {
  const files = readdirSync(folder).filter((file) => file.endsWith(".json")).sort();
  return new Map(files.map((file) => [file, JSON.parse(readFileSync(join(folder, file), "utf8")) as Dashboard]));
}
