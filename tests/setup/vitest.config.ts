import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL("../..", import.meta.url));
const resolve = { alias: { "~": `${root}app` } };

// On a machine that does other work besides, a journey may miss a deadline; a test that is wrong fails twice.
const retry = process.env.CI ? 1 : 0;

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
          retry,
          include: ["app/**/*.test.{ts,tsx}", "tests/{dev-store,bench,setup}/**/*.test.ts"],
          setupFiles: ["tests/setup/quiet.ts"],
        },
      },
      {
        root,
        resolve,
        test: {
          name: "integration",
          retry,
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
        // Not part of npm test: npm test -- --project chaos
        test: { name: "chaos", include: ["tests/chaos/**/*.test.ts"], setupFiles: ["tests/setup/quiet.ts"] },
      },
      {
        root,
        resolve,
        test: {
          name: "browser",
          retry,
          include: ["tests/browser/**/*.test.ts"],
          setupFiles: ["tests/setup/quiet.ts"],
          testTimeout: 30_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
