import { setTimeout as wait } from "node:timers/promises";
import pg from "pg";
import { pool } from "~/db.server";
import { env } from "~/env.server";

/**
 * A worker that is killed leaves its jobs locked, and the queue gives them back after four hours only. So each worker
 * holds an advisory lock of its id for as long as its process lives; whose lock is free is dead.
 */
const LOCK_SPACE = 7241002;
const HOLD_AGAIN_AFTER_MS = 500;

/** Ids of this process's workers, added as they come to life. */
const living = new Set<string>();

/** Holds the locks on a connection of its own, and takes them again when that connection is lost. */
export async function stayKnownAlive(): Promise<(workerId: string) => Promise<void>> {
  let client = await connect();

  async function connect(): Promise<pg.Client> {
    const fresh = new pg.Client({ connectionString: env.DATABASE_URL });
    fresh.on("error", () => undefined);
    fresh.once("end", () => void again());
    await fresh.connect();
    for (const workerId of living) await hold(fresh, workerId);
    // Holding locks must not keep a process running that has nothing else to do.
    (fresh as unknown as { connection: { stream: { unref(): void } } }).connection.stream.unref();
    return fresh;
  }

  async function again(): Promise<void> {
    for (;;) {
      await wait(HOLD_AGAIN_AFTER_MS, undefined, { ref: false });
      try {
        client = await connect();
        return;
      } catch {
        continue;
      }
    }
  }

  return async (workerId) => {
    living.add(workerId);
    // While the connection is being made again, making it again takes this lock too.
    await hold(client, workerId).catch(() => undefined);
  };
}

async function hold(client: pg.ClientBase, workerId: string): Promise<void> {
  await client.query("select pg_advisory_lock($1, hashtext($2))", [LOCK_SPACE, workerId]);
}

/**
 * Gives jobs that a dead worker had begun back to the queue; returns how many workers were dead. A worker that lives but
 * lost its connection may be taken for dead: its job then runs twice, which every job must stand.
 */
export async function unlockJobsOfDeadWorkers(): Promise<number> {
  const { rows } = await pool.query<{ id: string; dead: boolean }>(
    `select locked_by as id, pg_try_advisory_xact_lock($1, hashtext(locked_by)) as dead
     from (select distinct locked_by from graphile_worker._private_jobs where locked_by is not null) as lockers`,
    [LOCK_SPACE],
  );
  const dead = rows.filter((row) => row.dead && !living.has(row.id)).map((row) => row.id);
  if (dead.length > 0) await pool.query("select graphile_worker.force_unlock_workers($1::text[])", [dead]);
  return dead.length;
}
