// Holds dashboards against the rules:  node out/lint/main.js CATALOGUE FOLDER
// CATALOGUE is what `driftd metrics` printed, FOLDER has the dashboards. A line a rule; exit 1 when one fails.

import { readFileSync } from "node:fs";

import { readCatalogue } from "./catalogue.js";
import { readDashboards } from "./dashboards.js";
import { RULES } from "./rules.js";

const [catalogueFile, folder] = process.argv.slice(2);
if (catalogueFile === undefined || folder === undefined) {
  process.stderr.write("usage: main.js CATALOGUE FOLDER\n");
  process.exit(64);
}
const subject = { dashboards: readDashboards(folder), catalogue: readCatalogue(readFileSync(catalogueFile, "utf8")) };
let failed = 0;
for (const rule of RULES) {
  const offenders = [...rule.check(subject)];
  process.stdout.write(`${offenders.length === 0 ? "PASS" : "FAIL"} ${rule.name}: ${rule.says}\n`);
  for (const offender of offenders) process.stdout.write(`    ${offender}\n`);
  failed += offenders.length === 0 ? 0 : 1;
}
process.stdout.write(`${RULES.length - failed} passed, ${failed} failed, 0 skipped\n`);
process.exitCode = failed === 0 ? 0 : 1;
