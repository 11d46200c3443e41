// Writes every dashboard as FOLDER/<uid>.json:  node out/src/main.js FOLDER

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";

import { feature } from "./feature.js";
import { internals } from "./internals.js";
import { labels } from "./labels.js";
import { monitor } from "./monitor.js";
import { overview } from "./overview.js";
import { pipeline } from "./pipeline.js";

const DASHBOARDS: readonly (() => Dashboard)[] = [overview, monitor, feature, pipeline, labels, internals];

const folder = process.argv[2];
if (folder === undefined) {
  process.stderr.write("usage: main.js FOLDER\n");
  process.exit(64);
}

// The SDK would move links and annotations into a menu, where older versions of Grafana do not look.
function inSight(key: string, value: unknown): unknown {
  return key === "placement" && value === "inControlsMenu" ? undefined : value;
}

mkdirSync(folder, { recursive: true });
for (const make of DASHBOARDS) {
  const made = make();
  writeFileSync(join(folder, `${made.uid}.json`), `${JSON.stringify(made, inSight, 2)}\n`);
}
