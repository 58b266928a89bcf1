import type pg from "pg";
import type { z } from "zod";
import { pool } from "~/db.server";
import { jobs, type JobName, type JobPayload } from "./definitions";

/**
 * Asks for a job. With the client of a transaction the job exists only if the transaction does. `key` makes a later
 * request for the same work replace one that has not started; `inMs` delays it.
 */
export async function enqueue<Name extends JobName>(
  name: Name,
  payload: JobPayload<Name>,
  options: { client?: pg.ClientBase; key?: string; inMs?: number } = {},
): Promise<void> {
  const { payload: schema, maxAttempts, priority = 0 }: { payload: z.ZodType; maxAttempts: number; priority?: number } =
    jobs[name];
  await (options.client ?? pool).query(
    `select graphile_worker.add_job($1, $2::json, run_at => now() + $3 * interval '1 millisecond', max_attempts => $4,
       job_key => $5, priority => $6)`,
    [name, JSON.stringify(schema.parse(payload)), options.inMs ?? 0, maxAttempts, options.key ?? null, priority],
  );
}

/** Has every order of a shop scored again, for instance after a setting changed what was promised. */
export async function requestRescore(shopId: number): Promise<void> {
  await enqueue("renew-scores", { shopId, orders: "all" }, { key: `renew-scores:${shopId}` });
}
