// Holds dashboards against the rules:  node out/lint/main.js CATALOGUE FOLDER RULES
// CATALOGUE is what `driftd metrics` printed, FOLDER has the dashboards, RULES are those of Prometheus. A line a rule; exit 1 when one fails.

import { RULES } from "./rules.js";
import { readSubject } from "./subject.js";

const subject = readSubject(process.argv.slice(2));
let failed = 0;
for (const rule of RULES) {
  const offenders = [...rule.check(subject)];
  process.stdout.write(`${offenders.length === 0 ? "PASS" : "FAIL"} ${rule.name}: ${rule.says}\n`);
  for (const offender of offenders) process.stdout.write(`    ${offender}\n`);
  failed += offenders.length === 0 ? 0 : 1;
}
process.stdout.write(`${RULES.length - failed} passed, ${failed} failed, 0 skipped\n`);
process.exitCode = failed === 0 ? 0 : 1;
