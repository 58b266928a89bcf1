import type pg from "pg";
import { z } from "zod";
import { jobs } from "~/jobs/definitions";
import { ensurePartitions } from "./partitions.server";
import { ALLOW_LIST_VERSION, isTopic, type Topic, topics } from "./topics";

/** The envelope of a webhook whose signature has been verified. */
export interface WebhookEnvelope {
  shopDomain: string;
  topic: string;
  webhookId: string;
  eventId: string | null;
  triggeredAt: string | null;
  rawBody: string;
}

export type Received =
  /** Durable, together with the request to record it. */
  | { kind: "stored" }
  /** This very delivery came before, and is durable. */
  | { kind: "duplicate" }
  /** From a shop Ease does not know, or of a topic it does not take. */
  | { kind: "ignored" }
  /** Signed, but not what its topic says: kept by its headers and the reason, without the body. */
  | { kind: "unreadable" }
  /** More waits to be stored than this process holds; sent again later it will find room. */
  | { kind: "busy" }
  /** The database did not take it; nothing is stored, or nobody can say that it is. */
  | { kind: "unavailable"; cause: unknown };

export interface Inbox {
  /** Resolves once the delivery is durable, or will not be. Deliveries that come at the same time share a commit. */
  receive(envelope: WebhookEnvelope, now: number): Promise<Received>;
}

export interface InboxLimits {
  /** Deliveries and bytes of kept fields that may wait for the database; what comes beyond is turned away. */
  waiting: number;
  waitingBytes: number;
  /** Deliveries that share one commit at most. */
  group: number;
  /** Commits under way at a time. */
  commits: number;
  /** With fewer deliveries waiting than this no further commit is begun beside one that is under way. */
  worthACommit: number;
  /** How long a commit may take. Shopify gives five seconds and sends again. */
  commitMs: number;
}

const LIMITS: InboxLimits = {
  waiting: 5_000,
  waitingBytes: 64_000_000,
  group: 500,
  commits: 2,
  worthACommit: 16,
  commitMs: 10_000,
};

/** A delivery on its way into the database, with everybody who waits for it. */
interface Waiting {
  key: string;
  shopDomain: string;
  webhookId: string;
  topic: Topic;
  eventId: string | null;
  triggeredAt: number | null;
  receivedAt: number;
  /** The fields kept, as JSON; null when the body could not be read. */
  payload: string | null;
  unreadable: string | null;
  settle: ((received: Received) => void)[];
}

const outcomeRow = z.object({ place: z.number(), outcome: z.enum(["stored", "unknown shop"]) });

/**
 * Opens the inbox of this process. While commits are under way, what comes goes into the next one, so the busier it
 * gets, the more deliveries share a commit.
 */
export function openInbox(pool: pg.Pool, limits: InboxLimits = LIMITS): Inbox {
  let waiting: Waiting[] = [];
  let waitingBytes = 0;
  let commits = 0;

  const receive: Inbox["receive"] = (envelope, now) => {
    if (!isTopic(envelope.topic)) return Promise.resolve({ kind: "ignored" });
    const { payload, unreadable } = keptFields(envelope.topic, envelope.rawBody);
    const bytes = payload?.length ?? 0;
    if (waiting.length >= limits.waiting || waitingBytes + bytes > limits.waitingBytes) {
      return Promise.resolve({ kind: "busy" });
    }
    const { shopDomain, webhookId, topic, eventId } = envelope;
    const triggeredAt = instantOrNull(envelope.triggeredAt);
    const key = `${shopDomain} ${webhookId}`;
    waitingBytes += bytes;
    const received = new Promise<Received>((settle) => {
      waiting.push({
        key, shopDomain, webhookId, topic, eventId, triggeredAt, receivedAt: now, payload, unreadable, settle: [settle],
      });
    });
    if (commits === 0 || (commits < limits.commits && waiting.length >= limits.worthACommit)) {
      commits++;
      // After the other requests that have come in this turn.
      setImmediate(() => void storeWaiting());
    }
    return received;
  };

  async function storeWaiting(): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting.slice(0, limits.group);
      waiting = waiting.slice(limits.group);
      for (const { payload } of group) waitingBytes -= payload?.length ?? 0;
      await storeGroup(sortedOnce(group));
    }
    commits--;
  }

  async function storeGroup(group: Waiting[]): Promise<void> {
    try {
      await ensurePartitions("inbox_delivery", new Set(group.map((one) => one.receivedAt)));
      const outcomes = await storeInOneCommit(pool, group, limits.commitMs);
      for (const [place, one] of group.entries()) settleAll(one, outcomes.get(place + 1));
    } catch (error) {
      const [only, ...others] = group;
      if (!isAboutData(error)) {
        for (const one of group) for (const settle of one.settle) settle({ kind: "unavailable", cause: error });
      } else if (others.length > 0) {
        // One of them cannot be stored; the others must not wait for Shopify to send them again.
        const half = Math.ceil(group.length / 2);
        await storeGroup(group.slice(0, half));
        await storeGroup(group.slice(half));
      } else if (only!.unreadable === null) {
        await storeGroup([{ ...only!, payload: null, unreadable: `not storable: SQLSTATE ${sqlState(error)}` }]);
      } else {
        for (const settle of only!.settle) settle({ kind: "unavailable", cause: error });
      }
    }
  }

  return { receive };
}

/** Deliveries in the order their locks are taken in; one that came twice is stored once and answered twice. */
function sortedOnce(group: Waiting[]): Waiting[] {
  const once = new Map<string, Waiting>();
  for (const one of group) {
    const same = once.get(one.key);
    if (same) same.settle.push(...one.settle);
    else once.set(one.key, one);
  }
  return [...once.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

async function storeInOneCommit(
  pool: pg.Pool,
  group: Waiting[],
  commitMs: number,
): Promise<Map<number, z.infer<typeof outcomeRow>["outcome"]>> {
  const column = <Key extends keyof Waiting>(key: Key) => group.map((one) => one[key]);
  const query: pg.QueryConfig & { query_timeout: number } = {
    name: "ease_receive",
    text: `select place, outcome from ease_receive(
      $1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::int[], $8::text[], $9::text[], $10)`,
    values: [
      column("shopDomain"),
      column("webhookId"),
      column("topic"),
      column("eventId"),
      column("triggeredAt"),
      column("receivedAt"),
      group.map(() => ALLOW_LIST_VERSION),
      column("payload"),
      column("unreadable"),
      jobs["record-inbox"].maxAttempts,
    ],
    query_timeout: commitMs,
  };
  const { rows } = await pool.query(query);
  return new Map(rows.map((row) => outcomeRow.parse(row)).map(({ place, outcome }) => [place, outcome]));
}

function settleAll(one: Waiting, outcome: "stored" | "unknown shop" | undefined): void {
  const [first, ...again] = one.settle;
  first!(received(one, outcome));
  for (const settle of again) settle(received(one, outcome === "stored" ? undefined : outcome));
}

function received(one: Waiting, outcome: "stored" | "unknown shop" | undefined): Received {
  if (outcome === "unknown shop") return { kind: "ignored" };
  if (outcome === undefined) return { kind: "duplicate" };
  return { kind: one.unreadable === null ? "stored" : "unreadable" };
}

/** The fields of a body that its topic keeps, or why it cannot be read; a reason never quotes the body. */
function keptFields(topic: Topic, rawBody: string): Pick<Waiting, "payload" | "unreadable"> {
  let body: unknown;
  try {
    body = JSON.parse(rawBody);
  } catch {
    return { payload: null, unreadable: "not JSON" };
  }
  const kept = topics[topic].safeParse(body);
  if (kept.success) return { payload: JSON.stringify(kept.data), unreadable: null };
  const issues = kept.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.code}`);
  return { payload: null, unreadable: issues.slice(0, MOST_ISSUES).join("; ") };
}

const MOST_ISSUES = 5;

function instantOrNull(text: string | null): number | null {
  const at = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(at) ? null : at;
}

/** Whether the rows are at fault (a value or a key the database refuses), and not the connection or the server. */
function isAboutData(error: unknown): boolean {
  return ["22", "23", "54"].includes(sqlState(error).slice(0, 2));
}

function sqlState(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
