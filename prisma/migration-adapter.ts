import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";

const CHAR = 18;
const NAME = 19;
const NAME_ARRAY = 1003;
const CHAR_ARRAY = 1002;
const TEXT = 25;
const TEXT_ARRAY = 1009;
const READABLE_AS = new Map([
  [CHAR, TEXT],
  [NAME, TEXT],
  [CHAR_ARRAY, TEXT_ARRAY],
  [NAME_ARRAY, TEXT_ARRAY],
]);

function withReadableTypes<R extends pg.QueryResult | pg.QueryResult[]>(result: R): R {
  for (const one of Array.isArray(result) ? result : [result]) {
    for (const field of one?.fields ?? []) {
      field.dataTypeID = READABLE_AS.get(field.dataTypeID) ?? field.dataTypeID;
    }
  }
  return result;
}

class CatalogReadableClient extends pg.Client {
  // pg's query has a dozen overloads; this wrapper passes all of them through and touches only the result.
  override query(...args: unknown[]): never {
    const callback = args.at(-1);
    if (typeof callback === "function") {
      args[args.length - 1] = (error: Error | null, result: pg.QueryResult) =>
        callback(error, result && withReadableTypes(result));
      return super.query(...(args as Parameters<pg.Client["query"]>)) as never;
    }
    const pending = super.query(...(args as Parameters<pg.Client["query"]>)) as unknown;
    if (pending instanceof Promise) return pending.then(withReadableTypes) as never;
    return pending as never;
  }
}

/**
 * The adapter Prisma migrates through, with two mends to PrismaPg 6.19: it cannot read the catalog types "char" and name
 * (and their arrays), which migration queries return; and it cuts a script at every semicolon, also inside function
 * bodies and comments, so a script goes to the server whole.
 */
export function migrationAdapter(connectionString: string): PrismaPg {
  // The Prisma CLI never ends the pool; idle connections must not keep it running.
  const options = { connectionString, Client: CatalogReadableClient, allowExitOnIdle: true };
  const pool = new pg.Pool(options as pg.PoolConfig);
  const factory = new PrismaPg(pool);
  const connect = factory.connect.bind(factory);
  factory.connect = async () => {
    const adapter = await connect();
    adapter.executeScript = async (script) => void (await pool.query(script));
    return adapter;
  };
  return factory;
}
