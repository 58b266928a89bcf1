import { PrismaPg } from "@prisma/adapter-pg";
import { PrismaClient, type Prisma } from "@prisma/client";
import pg from "pg";
import type { z } from "zod";
import { env } from "~/env.server";

/** The one pool: Prisma, parametrised SQL and the queue share it. */
export const pool = new pg.Pool({ connectionString: env.DATABASE_URL, max: 20 });
// An idle connection that the server ends (restart, failover) must not end this process; the next query gets a new one.
pool.on("error", () => undefined);
pool.on("connect", (client) => client.on("error", () => undefined));

/** Prisma for the tables without a tenant (shop, session). Tables of a shop are reached through `forShop` only. */
export const prisma = new PrismaClient({ adapter: new PrismaPg(pool) });

/** Everything a piece of code may do with one shop's rows, and no other shop's. */
export interface ShopScope {
  readonly shopId: number;
  /** One statement; rows are parsed by `row`, so a column that changed its type fails here and not on a screen. */
  query<Row extends z.ZodType>(sql: string, params: unknown[], row: Row): Promise<z.output<Row>[]>;
  /** Several statements that belong together. The client is bound to the shop until the callback settles. */
  transaction<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T>;
  /**
   * Does work that must not be done twice at a time for this shop, in whatever process. `ifBusy` says what to do when
   * somebody is at it: leave it to them, or wait.
   */
  exclusively(work: string, ifBusy: "leave" | "wait", run: () => Promise<void>): Promise<"done" | "left">;
  /** Entities (settings, backfills, alerts) through Prisma, in one transaction. */
  entities<T>(work: (tx: Prisma.TransactionClient) => Promise<T>): Promise<T>;
}

/**
 * Access to one shop's rows. Row-level security shows the connection that shop only: a query that forgets its
 * `where shop_id` finds nothing of anyone else's.
 */
export function forShop(shopId: number): ShopScope {
  const transaction = async <T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> => {
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      await client.query(`begin; set local ease.shop_id = ${Number(shopId)}`);
      const result = await work(client);
      await client.query("commit");
      return result;
    } catch (error) {
      await client.query("rollback").catch((failure: Error) => (broken = failure));
      throw error;
    } finally {
      client.release(broken);
    }
  };

  const exclusively: ShopScope["exclusively"] = async (work, ifBusy, run) => {
    // The lock lives as long as this connection, so a process that dies gives it back.
    const client = await pool.connect();
    let held = false;
    try {
      if (ifBusy === "wait") {
        await client.query("select pg_advisory_lock($1, hashtext($2))", [shopId, work]);
        held = true;
      } else {
        const sql = "select pg_try_advisory_lock($1, hashtext($2)) as held";
        held = (await client.query<{ held: boolean }>(sql, [shopId, work])).rows[0]!.held;
        if (!held) return "left";
      }
      await run();
      return "done";
    } finally {
      // Given back before the connection is: the next who wants it may ask at once.
      const given = held
        ? await client.query("select pg_advisory_unlock($1, hashtext($2))", [shopId, work]).catch(() => null)
        : undefined;
      client.release(given === null);
    }
  };

  return {
    shopId,
    transaction,
    exclusively,
    query: (sql, params, row) =>
      transaction(async (client) => (await client.query(sql, params)).rows.map((one) => row.parse(one))),
    entities: (work) =>
      prisma.$transaction(async (tx) => {
        await tx.$executeRawUnsafe(`set local ease.shop_id = ${Number(shopId)}`);
        return work(tx);
      }),
  };
}

/** Closes the pool; a process calls it last. */
export async function closeDatabase(): Promise<void> {
  await prisma.$disconnect();
  if (!pool.ended) await pool.end();
}
