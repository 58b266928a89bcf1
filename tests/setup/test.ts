import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";

/**
 * npm test: types, lint, then every suite. Arguments go to vitest (`npm test -- facts`, `npm test -- --project unit`).
 * The last line counts the tests of all suites, types and lint as one each.
 */
const report = z.object({ numPassedTests: z.number(), numFailedTests: z.number(), numPendingTests: z.number() });

function run(name: string, program: string, args: string[]): Promise<boolean> {
  const startedAt = performance.now();
  return new Promise((settle) => {
    const child = spawn(`node_modules/.bin/${program}`, args, {
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, NODE_OPTIONS: "--disable-warning=ExperimentalWarning" },
    });
    child.once("exit", (code) => {
      const took = ((performance.now() - startedAt) / 1000).toFixed(1);
      console.log(`${code === 0 ? "✓" : "✗"} ${name} (${took} s)`);
      settle(code === 0);
    });
  });
}

const [types, lint] = await Promise.all([
  run("types", "tsc", ["--noEmit", "-p", "tsconfig.json"]),
  run("lint", "eslint", ["--config", "tests/setup/eslint.config.js", "--max-warnings", "0", "app", "tests", "prisma"]),
]);

// The chaos suite kills processes for half a minute; it runs when it is asked for.
const asked = process.argv.slice(2);
const usual = ["unit", "integration", "browser"].flatMap((name) => ["--project", name]);
const suitesAsked = asked.includes("--project") ? asked : [...usual, ...asked];

const folder = mkdtempSync(join(tmpdir(), "ease-report-"));
const file = join(folder, "report.json");
const suites = await run("tests", "vitest", [
  "run",
  "--config",
  "tests/setup/vitest.config.ts",
  "--reporter=default",
  "--reporter=json",
  `--outputFile.json=${file}`,
  ...suitesAsked,
]);

let passed = 0;
let failed = 0;
let skipped = 0;
try {
  const counted = report.parse(JSON.parse(readFileSync(file, "utf8")));
  passed = counted.numPassedTests;
  failed = counted.numFailedTests;
  skipped = counted.numPendingTests;
} catch {
  failed = 1;
}
rmSync(folder, { recursive: true, force: true });

for (const ok of [types, lint]) {
  if (ok) passed++;
  else failed++;
}
// A suite that could not even be loaded has no failed test to count.
if (!suites && failed === 0) failed = 1;
console.log(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ""}`);
process.exitCode = failed === 0 ? 0 : 1;
