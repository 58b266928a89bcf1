import { EventEmitter } from "node:events";
import { Logger, parseCrontab, run, type Runner, type Task, type WorkerEvents } from "graphile-worker";
import { pool } from "~/db.server";
import { jobs, schedule, type JobName } from "./definitions";
import { enqueue } from "./enqueue.server";
import { handlers } from "./handlers/handlers.server";
import { stayKnownAlive, unlockJobsOfDeadWorkers } from "./living-workers.server";
import { runJob } from "./run-job.server";

/** Jobs one worker process runs side by side. A backfill takes a whole core; more would only make it slower. */
const CONCURRENCY = 3;

/** Says only what went wrong; `say` gets one line each. */
export function jobLogger(say: (line: string) => void): Logger {
  return new Logger(() => (level, message) => {
    if (level === "error" || level === "warning") say(`${level}: ${message}`);
  });
}

/** Every job with its payload checked, as graphile-worker wants them. */
export const taskList: Record<string, Task> = Object.fromEntries(
  (Object.keys(jobs) as JobName[]).map((name): [string, Task] => [
    name,
    // The registry ties each name to its payload; TypeScript cannot follow that through a loop over names.
    (payload, { job }) =>
      runJob({ job: name, payload, attempt: job.attempts, lastAttempt: job.attempts >= job.max_attempts }, () =>
        handlers[name](jobs[name].payload.parse(payload) as never, Date.now()),
      ),
  ]),
);

/**
 * Starts working through the queue, first with what an earlier process may have left half done. The runner's `stop`
 * waits for jobs that have started.
 */
export async function runJobs(say: (line: string) => void): Promise<Runner> {
  await enqueue("resume-backfills", {}, { key: "resume-backfills" });
  const hold = await stayKnownAlive();
  const events: WorkerEvents = new EventEmitter();
  events.on("worker:create", ({ worker }) => void hold(worker.workerId));
  await unlockJobsOfDeadWorkers();
  return run({
    events,
    pgPool: pool,
    concurrency: CONCURRENCY,
    noHandleSignals: true,
    pollInterval: 1000,
    taskList,
    parsedCronItems: parseCrontab(schedule),
    logger: jobLogger(say),
  });
}
