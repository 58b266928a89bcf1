import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL("../..", import.meta.url));
const resolve = { alias: { "~": `${root}app` } };

export default defineConfig({
  root,
  test: {
    // Two cores; the database and the browser want some of them.
    maxWorkers: 2,
    projects: [
      {
        root,
        resolve,
        test: {
          name: "unit",
          include: ["app/**/*.test.{ts,tsx}", "tests/{dev-store,bench,setup}/**/*.test.ts"],
          setupFiles: ["tests/setup/quiet.ts"],
        },
      },
      {
        root,
        resolve,
        test: {
          name: "integration",
          include: ["tests/integration/**/*.test.ts"],
          globalSetup: ["tests/setup/template-database.ts"],
          setupFiles: ["tests/setup/quiet.ts", "tests/setup/own-database.ts"],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        root,
        resolve,
        test: {
          name: "browser",
          include: ["tests/browser/**/*.test.ts"],
          setupFiles: ["tests/setup/quiet.ts"],
          testTimeout: 30_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
