import { closeDatabase } from "~/db.server";
import { runJobs } from "~/jobs/run-jobs.server";

const runner = await runJobs((line) => process.stderr.write(`${line}\n`));
process.stdout.write("worker: ready\n");

let stopping = false;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    void runner
      .stop()
      .then(closeDatabase)
      .then(() => process.exit(0));
  });
}
