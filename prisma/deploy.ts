import { spawn } from "node:child_process";
import { runMigrations } from "graphile-worker";
import pg from "pg";

/**
 * Brings a database up to date: Ease's migrations, then the job queue's, then the app role's rights. Runs as the owner;
 * the app's own role can neither change a table nor see past row-level security.
 */
export async function deployDatabase(urls: { ownerUrl: string; appUrl: string }): Promise<void> {
  const pool = new pg.Pool({ connectionString: urls.ownerUrl, max: 3 });
  pool.on("error", () => undefined);
  pool.on("connect", (client) => client.on("error", () => undefined));
  const lock = await pool.connect();
  try {
    await lock.query("select pg_advisory_lock($1)", [DEPLOY_LOCK]);
    await prismaMigrateDeploy(urls);
    await runMigrations({ pgPool: pool });
    await grantToAppRole(pool, decodeURIComponent(new URL(urls.appUrl).username));
  } finally {
    lock.release(true);
    await pool.end();
  }
}

/** Any constant will do: one deploy at a time. */
const DEPLOY_LOCK = 7241001;

const FINISHED = /All migrations have been successfully applied|No pending migrations to apply/;

function prismaMigrateDeploy(urls: { ownerUrl: string; appUrl: string }): Promise<void> {
  return new Promise((settle, fail) => {
    const prisma = spawn("node_modules/.bin/prisma", ["migrate", "deploy"], {
      env: { ...process.env, DATABASE_URL: urls.appUrl, MIGRATION_DATABASE_URL: urls.ownerUrl },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    const hear = (text: Buffer) => {
      said += text;
      // The CLI's last words; its engine then leaves a ten-second timer behind that would keep it running.
      if (FINISHED.test(said)) prisma.kill();
    };
    prisma.stdout.on("data", hear);
    prisma.stderr.on("data", hear);
    prisma.once("error", fail);
    prisma.once("exit", (code) =>
      code === 0 || FINISHED.test(said) ? settle() : fail(new Error(`The database could not be migrated:\n${said}`)),
    );
  });
}

/** Rights of the app role: rows everywhere (row-level security decides which), the queue whole, no table definitions. */
async function grantToAppRole(pool: pg.Pool, role: string): Promise<void> {
  const name = pg.escapeIdentifier(role);
  await pool.query(`
    grant usage on schema public, graphile_worker to ${name};
    grant select, insert, update, delete on all tables in schema public, graphile_worker to ${name};
    grant usage, select on all sequences in schema public, graphile_worker to ${name};
    grant execute on all functions in schema public, graphile_worker to ${name};
    revoke all on _prisma_migrations from ${name};
    grant select on _prisma_migrations to ${name};
    do $$ declare queue_table regclass; begin
      -- graphile-worker switches row-level security on and leaves the policies to the application.
      for queue_table in
        select oid::regclass from pg_class where relnamespace = 'graphile_worker'::regnamespace and relrowsecurity
      loop
        execute format('drop policy if exists app_role on %s', queue_table);
        execute format('create policy app_role on %s to ${name.replaceAll("'", "''")} using (true) with check (true)', queue_table);
      end loop;
    end $$;
  `);
}
