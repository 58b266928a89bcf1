// npm run demo | test | bench …: installs what is missing, then runs tests/setup/COMMAND.ts under the Node that comes
// with the dependencies. Plain JavaScript without dependencies: it is what a fresh machine with any Node ≥ 20 can run.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
process.chdir(root);
const bin = join(root, "node_modules", ".bin");
const marker = join(root, "node_modules", ".installed-from");
const environment = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` };

const ENTRIES = {
  demo: "tests/setup/demo.ts",
  test: "tests/setup/test.ts",
  bench: "tests/bench/bench.ts",
  screenshots: "tests/setup/screenshots.ts",
  dev: "tests/setup/dev.ts",
  build: "tests/setup/build-once.ts",
  migrate: "prisma/migrate.ts",
};
const [command, ...args] = process.argv.slice(2);
const entry = ENTRIES[command];
if (!entry) fail(`There is no command ${command}; there are ${Object.keys(ENTRIES).join(", ")}.`);

const wanted = createHash("sha256")
  .update(readFileSync("package-lock.json"))
  .update(readFileSync("prisma/schema.prisma"))
  .digest("hex");
if (!existsSync(marker) || readFileSync(marker, "utf8") !== wanted) install();

// Ctrl-C reaches the child by itself; this process only waits for it to put everything away.
process.on("SIGINT", () => undefined);
const child = spawn(join(bin, "node"), ["--import", "tsx", entry, ...args], { stdio: "inherit", env: environment });
process.on("SIGTERM", () => child.kill("SIGTERM"));
child.once("error", (error) => fail(`Could not start ${entry}: ${error.message}`));
child.once("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 1)));

function install() {
  console.log("Installing dependencies (the first time this takes a minute or two) …");
  // The npm that runs this script; without one (node run.mjs …) the one on the PATH.
  const npm = process.env.npm_execpath;
  const ci = ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];
  run(npm ? process.execPath : "npm", npm ? [npm, ...ci] : ci, process.env, "npm could not install the dependencies.");
  const client = ["node_modules/prisma/build/index.js", "generate", "--no-hints"];
  const database = { ...environment, DATABASE_URL: process.env.DATABASE_URL ?? "postgres://localhost/ease" };
  run(join(bin, "node"), client, database, "Prisma could not generate its client.", "ignore");
  writeFileSync(marker, wanted);
}

function run(program, programArgs, env, trouble, stdout = "inherit") {
  const { status, error } = spawnSync(program, programArgs, { stdio: ["ignore", stdout, "inherit"], env });
  if (status !== 0) fail(`${trouble}${error ? ` ${error.message}` : ""} See above; then run the command again.`);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
