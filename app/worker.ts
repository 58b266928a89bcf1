import { closeDatabase, pool } from "~/db.server";
import { runJobs } from "~/jobs/run-jobs.server";
import { log } from "~/log.server";
import { withoutQuotes } from "~/log-words";
import { observe, startTelemetry } from "~/telemetry.server";

const sendTheRest = await startTelemetry("ease-worker");
observe("ease.jobs.ready", "Jobs that could start and have not", async () => {
  const { rows } = await pool.query<{ ready: number }>(
    `select count(*)::int as ready from graphile_worker.jobs
     where run_at <= now() and locked_at is null and attempts < max_attempts`,
  );
  return rows[0]!.ready;
});

const runner = await runJobs((line) => log.warn(withoutQuotes(line)));
process.stdout.write("worker: ready\n");

let stopping = false;
// A runner that ended by itself (the database was gone for too long) leaves a process that does nothing: whoever started
// it starts it again.
void runner.promise.then(
  () => stopping || process.exit(1),
  (error: unknown) => {
    log.error({ error: error instanceof Error ? error.name : "unknown" }, "the worker ended by itself");
    process.exit(1);
  },
);
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    void runner
      .stop()
      .then(sendTheRest)
      .then(closeDatabase)
      .then(() => process.exit(0));
  });
}
