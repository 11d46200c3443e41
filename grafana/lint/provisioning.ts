// Holds provisioning files against the keys that Grafana reads:  node out/lint/provisioning.js FOLDER
// A key that it does not know it would pass over in silence; here that is an error.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "yaml";

type Kind = "number" | "string" | "boolean";
type Shape = Kind | readonly [Shape] | { readonly [key: string]: Shape };

const DATASOURCES: Shape = {
  apiVersion: "number",
  datasources: [
    {
      name: "string", uid: "string", type: "string", access: "string", url: "string", isDefault: "boolean", editable: "boolean",
      jsonData: { httpMethod: "string", timeInterval: "string" },
    },
  ],
};
const DASHBOARDS: Shape = {
  apiVersion: "number",
  providers: [
    {
      name: "string", orgId: "number", folder: "string", type: "string", disableDeletion: "boolean", allowUiUpdates: "boolean",
      updateIntervalSeconds: "number", options: { path: "string" },
    },
  ],
};

// All keys of the shape, and no others.
function* differences(value: unknown, shape: Shape, at: string): Generator<string> {
  if (typeof shape === "string") {
    if (typeof value !== shape) yield `${at} is no ${shape}`;
  } else if (Array.isArray(shape)) {
    if (!Array.isArray(value) || value.length === 0) return yield `${at} is no list with something in it`;
    for (const [index, item] of value.entries()) yield* differences(item, shape[0] as Shape, `${at}[${index}]`);
  } else {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return yield `${at} has no keys`;
    const keys = value as Record<string, unknown>;
    const known = shape as Readonly<Record<string, Shape>>;
    for (const key of Object.keys(keys)) if (!(key in known)) yield `${at}.${key} is no key of Grafana's`;
    for (const [key, inner] of Object.entries(known)) yield* differences(keys[key], inner, `${at}.${key}`);
  }
}

const folder = process.argv[2];
if (folder === undefined) {
  process.stderr.write("usage: provisioning.js FOLDER\n");
  process.exit(64);
}
let files = 0;
const problems: string[] = [];
for (const [name, shape] of [["datasources", DATASOURCES], ["dashboards", DASHBOARDS]] as const) {
  const found = readdirSync(join(folder, name)).filter((file) => file.endsWith(".yaml"));
  if (found.length === 0) problems.push(`${name} has no file`);
  for (const file of found) {
    files += 1;
    problems.push(...differences(parse(readFileSync(join(folder, name, file), "utf8"), { strict: true }), shape, `${name}/${file}`));
  }
}
for (const problem of problems) process.stdout.write(`    ${problem}\n`);
process.stdout.write(`${problems.length === 0 ? "" : "FAIL "}${files} files\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
