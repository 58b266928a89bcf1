import { inLogContext, log } from "~/log.server";
import { inSpan, measured } from "~/telemetry.server";
import { keptError } from "./given-up.server";

/** What is known of one attempt at a job. */
export interface Attempt {
  job: string;
  payload: unknown;
  /** From 1. */
  attempt: number;
  lastAttempt: boolean;
}

/**
 * Does one attempt at a job: in a span, timed, with every line it logs saying for which job and shop. What it throws goes
 * on to the queue, which keeps the message: so it is thrown in words that may be kept.
 */
export async function runJob({ job, payload, attempt, lastAttempt }: Attempt, work: () => Promise<void>): Promise<void> {
  const shopId = shopOf(payload);
  await inLogContext({ job, attempt, ...(shopId === undefined ? {} : { shopId }) }, async () => {
    const startedAt = performance.now();
    const seconds = () => Math.round(performance.now() - startedAt) / 1000;
    try {
      await inSpan(`job ${job}`, { "ease.job": job, "ease.attempt": attempt, "ease.shop_id": shopId }, work);
      measured().jobs.record(seconds(), { job, outcome: "done" });
      log.info({ seconds: seconds() }, "job done");
    } catch (error) {
      measured().jobs.record(seconds(), { job, outcome: "failed" });
      measured().jobFailures.add(1, { job, gaveUp: lastAttempt });
      const words = lastAttempt ? "job gave up" : "job failed";
      log[lastAttempt ? "error" : "warn"]({ seconds: seconds(), err: error }, words);
      throw keptError(error);
    }
  });
}

function shopOf(payload: unknown): number | undefined {
  const shopId = (payload as { shopId?: unknown } | null)?.shopId;
  return typeof shopId === "number" ? shopId : undefined;
}
