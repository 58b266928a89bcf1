import { readdirSync } from "node:fs";
import type pg from "pg";
import { z } from "zod";

export type Readiness =
  | {
      ready: true;
      /** How long the oldest webhook delivery has waited to be recorded, and the oldest due job to be begun; seconds. */
      oldestDeliverySeconds: number | null;
      oldestJobSeconds: number | null;
    }
  | { ready: false; reason: string };

const WITHIN_MS = 3_000;

const found = z.object({
  applied: z.array(z.string()),
  oldestJobSeconds: z.number().nullable(),
  shopsWaiting: z.array(z.number()),
});

/**
 * Whether this process can do its work: the database answers and has every migration this release was made with. What
 * waits is told, and is no reason to say no: a process taken out for a long queue could not store webhooks either.
 */
export async function readiness(pool: pg.Pool, migrations: string[]): Promise<Readiness> {
  const ask = (text: string, values: unknown[] = []) =>
    pool.query({ text, values, query_timeout: WITHIN_MS } as pg.QueryConfig);
  try {
    const { rows } = await ask(
      `select
         array(
           select migration_name::text from _prisma_migrations where finished_at is not null and rolled_back_at is null
         ) as applied,
         (
           select extract(epoch from now() - min(run_at))::float8 from graphile_worker.jobs
           where run_at <= now() and locked_at is null and attempts < max_attempts
         ) as "oldestJobSeconds",
         array(
           select substring(key from '[0-9]+$')::int from graphile_worker.jobs where task_identifier = 'record-inbox'
             and key is not null
         ) as "shopsWaiting"`,
    );
    const { applied, oldestJobSeconds, shopsWaiting } = found.parse(rows[0]);
    const missing = migrations.filter((name) => !applied.includes(name));
    if (missing.length > 0) return { ready: false, reason: `migrations not applied: ${missing.join(", ")}` };

    const waiting = await ask(
      `select extract(epoch from now() - ease_oldest_waiting($1::int[]))::float8 as "oldestDeliverySeconds"`,
      [shopsWaiting],
    );
    const { oldestDeliverySeconds } = z
      .object({ oldestDeliverySeconds: z.number().nullable() })
      .parse(waiting.rows[0]);
    return { ready: true, oldestDeliverySeconds, oldestJobSeconds };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
    return { ready: false, reason: `the database does not answer${code}` };
  }
}

/** The migrations of this release, by name. */
export function migrationsOfRelease(folder = "prisma/migrations"): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
}
