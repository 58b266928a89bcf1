import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { deployDatabase } from "../../prisma/deploy";
import { ensureDatabase, startPostgres } from "./postgres";

declare module "vitest" {
  interface ProvidedContext {
    /** Connection strings with the database's name left as "%". */
    databaseUrls: { owner: string; app: string };
  }
}

/** The database every test file clones. */
export const TEMPLATE = "ease_template";

// What is lost in a crash does not matter to a test.
const FAST = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"];

/** One real PostgreSQL for the run, with a migrated template. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = mkdtempSync(join(tmpdir(), "ease-test-"));
  const postgres = await startPostgres({ dataDir: join(dataDir, "postgres"), wantedPort: 5600, settings: FAST });
  await ensureDatabase(postgres, TEMPLATE);
  await deployDatabase({ ownerUrl: postgres.ownerUrl(TEMPLATE), appUrl: postgres.appUrl(TEMPLATE) });
  project.provide("databaseUrls", { owner: postgres.ownerUrl("%"), app: postgres.appUrl("%") });
  return async () => {
    await postgres.stop();
    rmSync(dataDir, { recursive: true, force: true });
    rmSync(postgres.dataDir, { recursive: true, force: true });
  };
}
