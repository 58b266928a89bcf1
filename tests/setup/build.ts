import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { build as bundle } from "esbuild";

const SOURCES = ["app/**/*.{ts,tsx,css,json}", "vite.config.ts", "tsconfig.json", "package-lock.json"];
const MARKER = "build/.built-from";

/** Builds the web and the worker process into build/; does nothing when nothing they are made of has changed. */
export async function buildEase(): Promise<"built" | "unchanged"> {
  const wanted = sourceHash();
  if (existsSync(MARKER) && readFileSync(MARKER, "utf8") === wanted) return "unchanged";
  await buildWeb();
  await bundle({
    entryPoints: ["app/web.ts", "app/worker.ts"],
    outdir: "build",
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node24",
    packages: "external",
    sourcemap: true,
    logLevel: "warning",
  });
  writeFileSync(MARKER, wanted);
  return "built";
}

function sourceHash(): string {
  const hash = createHash("sha256");
  for (const path of SOURCES.flatMap((pattern) => globSync(pattern)).sort()) {
    if (path.includes(".test.")) continue;
    hash.update(path).update(readFileSync(path));
  }
  return hash.digest("hex");
}

function buildWeb(): Promise<void> {
  return new Promise((settle, fail) => {
    const vite = spawn("node_modules/.bin/remix", ["vite:build"], {
      env: { ...process.env, NODE_ENV: "production" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    vite.stdout.on("data", (text) => (said += text));
    vite.stderr.on("data", (text) => (said += text));
    vite.once("error", fail);
    vite.once("exit", (code) => (code === 0 ? settle() : fail(new Error(`Ease could not be built:\n${said}`))));
  });
}
