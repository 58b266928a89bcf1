import { pool } from "~/db.server";

/** The tables that grow with time, and how much of it a partition holds (`ease_partition_step` in the migrations). */
const STEPS = { order_event: "month", inbox_delivery: "day" } as const;

const DUPLICATE_TABLE = "42P07";

export type PartitionedTable = keyof typeof STEPS;

/** How long a partition is believed to be there: a very old one that rows still came for may be dropped meanwhile. */
const BELIEVED_MS = 10 * 60_000;

/** Partitions this process knows to be there, with the moment until which it believes so (monotonic clock). */
const known = new Map<string, number>();

/**
 * Makes the partitions that rows of these moments (epoch ms) go into. In a transaction of its own, so that the lock it
 * takes on the table is gone before the rows are written.
 */
export async function ensurePartitions(table: PartitionedTable, moments: Iterable<number>): Promise<void> {
  const missing = new Map<string, number>();
  for (const at of moments) {
    const key = `${table} ${partitionOf(table, at)}`;
    if (!((known.get(key) ?? 0) > performance.now()) && !missing.has(key)) missing.set(key, at);
  }
  for (const [key, at] of missing) {
    await pool.query("select ease_ensure_partition($1, $2)", [table, new Date(at)]).catch((error: { code?: string }) => {
      // Somebody else has just made it.
      if (error.code !== DUPLICATE_TABLE) throw error;
    });
    known.set(key, performance.now() + BELIEVED_MS);
  }
}

/** Events come in runs of the same month; a date is taken apart only when the month changes. */
let latest = { from: 0, until: 0, name: "" };

function partitionOf(table: PartitionedTable, at: number): string {
  if (STEPS[table] === "day") return String(Math.floor(at / 86_400_000));
  if (at >= latest.from && at < latest.until) return latest.name;
  const date = new Date(at);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  latest = { from: Date.UTC(year, month), until: Date.UTC(year, month + 1), name: `${year}-${month + 1}` };
  return latest.name;
}
