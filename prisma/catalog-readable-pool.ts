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
 * A pool through which Prisma can migrate: PrismaPg 6.19 cannot read the catalog types "char" and name (and their
 * arrays), which its migration queries return, so results say text instead.
 */
export function catalogReadablePool(connectionString: string): pg.Pool {
  return new pg.Pool({ connectionString, Client: CatalogReadableClient } as pg.PoolConfig);
}
