import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { deployDatabase } from "../../prisma/deploy";
import { ensureDatabase, startPostgres } from "./postgres";

/** Deploys every migration on the PostgreSQL whose programs are in the folder given, and says what came of it. */
const binaries = process.argv[2];
if (!binaries) throw new Error("which PostgreSQL? Give the folder of its programs.");

const folder = mkdtempSync(join(tmpdir(), "ease-migrate-"));
const postgres = await startPostgres({
  dataDir: join(folder, "postgres"),
  wantedPort: 5900,
  settings: ["fsync=off", "shared_buffers=32MB"],
  binaries,
});
try {
  await ensureDatabase(postgres, "ease");
  const urls = { ownerUrl: postgres.ownerUrl("ease"), appUrl: postgres.appUrl("ease") };
  await deployDatabase(urls);
  // Once more: nothing is left to be done, and nothing is done twice.
  await deployDatabase(urls);
  const client = new pg.Client({ connectionString: urls.ownerUrl });
  await client.connect();
  const { rows } = await client.query<{ version: string; tables: number; isolated: boolean }>(
    `select split_part(current_setting('server_version'), ' ', 1) as version, count(*)::int as tables,
       bool_and(c.relrowsecurity and c.relforcerowsecurity) as isolated
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'shop_id'
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')`,
  );
  await client.end();
  const { version, tables, isolated } = rows[0]!;
  console.log(`PostgreSQL ${version}: ${tables} tables of shops, ${isolated ? "all" : "not all"} isolated`);
} finally {
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
  rmSync(postgres.dataDir, { recursive: true, force: true });
}
