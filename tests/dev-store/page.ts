import { GraphQLError, type GraphQLResolveInfo } from "graphql";

export interface ConnectionArguments {
  first?: number | null;
  last?: number | null;
  after?: string | null;
  before?: string | null;
  reverse?: boolean;
}

export interface Connection {
  edges: { node: unknown; cursor?: string }[];
  nodes?: unknown[];
  pageInfo?: unknown;
}

const LARGEST_PAGE = 250;

/**
 * One page of a list in its own order, by Shopify's rules: `first` or `last` is required and at most 250; cursors name
 * a place in the sort order, so that a page stays right when the list changes in between.
 */
export function page(
  listed: { node: unknown; id: number; value: number }[],
  args: ConnectionArguments,
  info: GraphQLResolveInfo,
): Connection {
  const size = args.first ?? args.last;
  if (size == null)
    throw new GraphQLError(`you must provide one of first or last`, { extensions: { code: "BAD_REQUEST" } });
  if (size < 0 || size > LARGEST_PAGE) {
    throw new GraphQLError(`${info.fieldName}: first and last are between 0 and ${LARGEST_PAGE}, not ${size}`);
  }
  let rows = args.reverse ? [...listed].reverse() : listed;
  const direction = args.reverse ? -1 : 1;
  const all = rows.length;
  if (args.after != null) {
    const after = readCursor(args.after);
    rows = rows.filter((row) => direction * (row.value - after.value || row.id - after.id) > 0);
  }
  const skippedBefore = all - rows.length;
  const withoutEnd = rows.length;
  if (args.before != null) {
    const before = readCursor(args.before);
    rows = rows.filter((row) => direction * (row.value - before.value || row.id - before.id) < 0);
  }
  const skippedAfter = withoutEnd - rows.length;
  const taken = args.first != null ? rows.slice(0, size) : rows.slice(Math.max(0, rows.length - size));
  const rest = rows.length - taken.length;
  const edges = taken.map((row) => ({ node: row.node, cursor: writeCursor(row) }));
  return {
    edges,
    nodes: taken.map((row) => row.node),
    pageInfo: {
      hasNextPage: args.first != null ? rest > 0 || skippedAfter > 0 : skippedAfter > 0,
      hasPreviousPage: args.first != null ? skippedBefore > 0 : rest > 0 || skippedBefore > 0,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges[edges.length - 1]?.cursor ?? null,
    },
  };
}

function writeCursor(row: { id: number; value: number }): string {
  return Buffer.from(JSON.stringify({ last_id: row.id, last_value: row.value })).toString("base64url");
}

function readCursor(cursor: string): { id: number; value: number } {
  try {
    const { last_id: id, last_value: value } = JSON.parse(Buffer.from(cursor, "base64url").toString()) as {
      last_id: number;
      last_value: number;
    };
    if (Number.isFinite(id) && Number.isFinite(value)) return { id, value };
  } catch {
    // An unreadable cursor and one of another list get the same answer.
  }
  throw new GraphQLError(`Invalid cursor for current pagination sort: ${cursor}`);
}
