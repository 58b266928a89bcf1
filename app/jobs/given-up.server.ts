import { z } from "zod";
import { pool } from "~/db.server";
import { storableError } from "~/log-words";
import { type JobName, jobs } from "./definitions";

/** A job that was tried as often as its definition says, and not done. */
export interface GivenUpJob {
  id: string;
  name: JobName;
  /** The code of the error it last failed with; null for one that has none. */
  errorCode: string | null;
  attempts: number;
  /** When it was last tried, epoch ms. */
  lastTriedAt: number;
}

const givenUpRow = z.object({
  id: z.string(),
  name: z.enum(Object.keys(jobs) as [JobName, ...JobName[]]),
  last_error: z.string().nullable(),
  attempts: z.number(),
  last_tried_at: z.number(),
});

// The queue has no tenants, so each statement names the shop by the payload; a job of no shop is nobody's.
const OF_SHOP = "from graphile_worker._private_jobs job where (job.payload ->> 'shopId')::int = $1";

/** Jobs asked for without a key. One that had a key and lost it was replaced by a newer request while it ran. */
const WITHOUT_KEY: JobName[] = ["read-orders", "find-orders", "score-orders"];

const GIVEN_UP = `job.attempts >= job.max_attempts and job.locked_at is null and (
  job.key is not null or job.task_id in (
    select id from graphile_worker._private_tasks
    where identifier in (${WITHOUT_KEY.map((name) => `'${name}'`).join(", ")})
  )
)`;

/** The jobs of a shop that gave up, the latest first. */
export async function givenUpJobs(shopId: number): Promise<GivenUpJob[]> {
  const { rows } = await pool.query(
    `select job.id::text as id, task.identifier as name, job.last_error, job.attempts,
       (extract(epoch from job.updated_at) * 1000)::float8 as last_tried_at
     from (select job.* ${OF_SHOP} and ${GIVEN_UP}) job
     join graphile_worker._private_tasks task on task.id = job.task_id
     where task.identifier = any($2)
     order by job.updated_at desc, job.id limit 50`,
    [shopId, Object.keys(jobs)],
  );
  return rows.map((row) => {
    const { last_error, last_tried_at, ...one } = givenUpRow.parse(row);
    return { ...one, errorCode: codeOf(last_error), lastTriedAt: last_tried_at };
  });
}

/** Lets a job of this shop that gave up be tried anew, as often as before. False when there is no such job. */
export async function retryJob(shopId: number, jobId: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    `select id from graphile_worker.reschedule_jobs(
       array(select job.id ${OF_SHOP} and ${GIVEN_UP} and job.id = $2), run_at => now(), attempts => 0)`,
    [shopId, jobId],
  );
  return rowCount === 1;
}

/** What the queue keeps of an error: its code in front, by which people are told, and its message in words to keep. */
export function keptError(error: unknown): Error {
  const kept = storableError(error);
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code !== "string" || !/^\w+$/.test(code)) return kept;
  return Object.assign(new Error(`[${code}] ${kept.message}`, { cause: error }), { code });
}

function codeOf(lastError: string | null): string | null {
  return /^\[(\w+)\]/.exec(lastError ?? "")?.[1] ?? null;
}
