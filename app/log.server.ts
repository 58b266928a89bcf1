import { AsyncLocalStorage } from "node:async_hooks";
import pino from "pino";
import { env } from "~/env.server";
import { errorWords } from "~/log-words";

/** What every line written during a piece of work carries. Numbers and names of Ease's own, nothing of a shopper's. */
export interface LogContext {
  requestId?: string;
  shopId?: number;
  job?: string;
  attempt?: number;
}

const context = new AsyncLocalStorage<LogContext>();

/** Has every line logged during `work` carry these fields, besides those it carries already. */
export function inLogContext<T>(fields: LogContext, work: () => T): T {
  return context.run({ ...context.getStore(), ...fields }, work);
}

/** Field names that hold a secret or a person, wherever they appear in what is logged. */
const WITHHELD = [
  "accessToken", "refreshToken", "token", "id_token", "session", "authorization", "cookie", "headers", "body", "payload",
  "email", "phone", "name", "firstName", "lastName", "address", "ip", "customer", "query",
];

/** Options of the log, apart from where it goes, so that a test can look at what would be written. */
export const logOptions: pino.LoggerOptions = {
  level: env.LOG_LEVEL ?? (env.NODE_ENV === "test" ? "silent" : "info"),
  base: { pid: process.pid },
  mixin: () => context.getStore() ?? {},
  serializers: { err: errorWords, error: errorWords },
  redact: { paths: WITHHELD.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: "[withheld]" },
  formatters: { level: (label) => ({ level: label }) },
};

/** The log: one JSON object a line on stdout. */
export const log = pino(logOptions);
