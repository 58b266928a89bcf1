import { once } from "node:events";
import { finished } from "node:stream/promises";
import type pg from "pg";
import { from } from "pg-copy-streams";

/** What a column of a copied row may hold; numbers and strings as PostgreSQL would read them, null for missing. */
export type CopyValue = string | number | boolean | null;

const CHUNK_LENGTH = 64 * 1024;
const SPECIAL = /[\\\t\n\r]/;
const EVERY_SPECIAL = new RegExp(SPECIAL, "g");
const ESCAPES: Record<string, string> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };

function encode(value: CopyValue): string {
  if (value === null) return "\\N";
  if (typeof value === "string") {
    return SPECIAL.test(value) ? value.replace(EVERY_SPECIAL, (one) => ESCAPES[one]!) : value;
  }
  return String(value);
}

/**
 * Copies rows into a table with COPY, the fastest way in. Row-level security refuses COPY, so the table is a temporary
 * one and an `insert … select` takes the rows on. Rows that are still arriving come in runs; memory stays at one chunk
 * and one run, because a slow server slows the source.
 */
export async function copyRows(
  client: pg.ClientBase,
  table: string,
  rows: readonly CopyValue[][] | AsyncIterable<readonly CopyValue[][]>,
): Promise<number> {
  const stream = client.query(from(`copy ${table} from stdin`));
  const ended = new AbortController();
  const done = finished(stream).finally(() => ended.abort());
  // Awaited below; until then a failure must not count as unhandled.
  done.catch(() => undefined);
  let chunk = "";
  let copied = 0;
  for await (const run of Symbol.asyncIterator in rows ? rows : [rows]) {
    for (const row of run) {
      let line = encode(row[0]!);
      for (let column = 1; column < row.length; column++) line += `\t${encode(row[column]!)}`;
      chunk += `${line}\n`;
      copied++;
      if (chunk.length < CHUNK_LENGTH) continue;
      // When the stream ends in between, `done` says why.
      if (!stream.write(chunk)) await once(stream, "drain", { signal: ended.signal }).catch(() => done);
      chunk = "";
    }
  }
  stream.end(chunk);
  await done;
  return copied;
}
