import type { ReadableStream } from "node:stream/web";
import { StringDecoder } from "node:string_decoder";
import type pg from "pg";
import { EaseError } from "~/errors";
import type { BulkOrder, NodeType } from "./bulk-order";
import { copyRows, type CopyValue } from "./copy-rows.server";
import { parseBulkLine } from "./parse-bulk-line";

export interface BulkFiles {
  orders: string;
  /** Null when the shop has no parcel that any carrier scanned. */
  scans: string | null;
}

export interface SetAside {
  operation: "orders" | "scans";
  /** From 1. */
  lineNumber: number;
  reason: string;
}

const ORDERS_A_BATCH = 1000;
const LINES_A_FETCH = 10_000;

/**
 * Reads the files of a backfill and gives its orders whole, in batches, ordered by id. Children may stand anywhere in a
 * file, far from their parents, so the lines are staged in a temporary table and joined there by parent: memory stays
 * flat however large the shop. `client` must be a connection of its own; the staged rows go with it.
 *
 * Lines that cannot be read go to `setAside` and the rest goes on. Throws `EaseError("bulk_file_unreadable")` when a file
 * itself cannot be had.
 */
export async function* readBulkFiles(
  client: pg.ClientBase,
  files: BulkFiles,
  setAside: (line: SetAside) => void,
): AsyncGenerator<BulkOrder[]> {
  await client.query(`
    create temporary table if not exists staged_node
      (type text, id bigint, parent_id bigint, order_id bigint, operation text, line_number int, body text);
    truncate staged_node;
  `);
  await copyRows(client, "staged_node", stagedRows(files.orders, "orders", setAside));
  if (files.scans) await copyRows(client, "staged_node", stagedRows(files.scans, "scans", setAside));
  await client.query("analyze staged_node");
  yield* joinedOrders(client, setAside);
}

async function* stagedRows(
  url: string,
  operation: SetAside["operation"],
  setAside: (line: SetAside) => void,
): AsyncGenerator<CopyValue[][]> {
  let lineNumber = 0;
  for await (const lines of linesOf(url)) {
    const rows: CopyValue[][] = [];
    for (const line of lines) {
      lineNumber++;
      if (line === "" || line === "\r") continue;
      const parsed = parseBulkLine(line, operation);
      switch (parsed.kind) {
        case "node": {
          const orderId =
            parsed.type === "Order" ? parsed.id : parsed.parentType === "Order" ? parsed.parentId : null;
          rows.push([parsed.type, parsed.id, parsed.parentId, orderId, operation, lineNumber, parsed.body]);
          break;
        }
        case "fulfillment":
          rows.push(["Fulfillment", parsed.id, null, parsed.orderId, operation, lineNumber, null]);
          break;
        case "set-aside":
          setAside({ operation, lineNumber, reason: parsed.reason });
          break;
        case "skipped":
          break;
      }
    }
    yield rows;
  }
}

/** The lines of a file in runs, as they arrive: a step of the iterator for each would cost more than to read it. */
async function* linesOf(url: string): AsyncGenerator<string[]> {
  const response = await fetch(url).catch((cause: unknown) => {
    throw unreadable(String(cause), cause);
  });
  if (!response.ok || !response.body) throw unreadable(`HTTP ${response.status}`);
  const decoder = new StringDecoder("utf8");
  let begun = "";
  try {
    for await (const bytes of response.body as ReadableStream<Uint8Array>) {
      const lines = (begun + decoder.write(bytes)).split("\n");
      begun = lines.pop()!;
      yield lines;
    }
  } catch (cause) {
    // A connection that breaks half way must not look like the end of the file.
    throw unreadable("the connection broke", cause);
  }
  yield [begun + decoder.end()];
}

function unreadable(message: string, cause?: unknown): EaseError {
  return new EaseError(
    "bulk_file_unreadable",
    `bulk file: ${message}`,
    "The file Shopify prepared could not be read. Nothing was lost; Ease asks for it again.",
    { cause },
  );
}

interface StagedNode {
  type: NodeType;
  order_id: string | null;
  operation: SetAside["operation"];
  line_number: number;
  body: string;
}

// A child whose parent never came sorts to the end and is set aside there.
const JOINED = `
  declare joined no scroll cursor for
  select child.type, coalesce(child.order_id, parent.order_id) as order_id, child.operation, child.line_number, child.body
  from staged_node child
  left join staged_node parent
    on child.order_id is null and parent.id = child.parent_id
    and parent.type = case child.type when 'ReturnLineItem' then 'Return' when 'FulfillmentEvent' then 'Fulfillment' end
  where child.type <> 'Fulfillment'
  order by coalesce(child.order_id, parent.order_id), child.type = 'Order' desc`;

async function* joinedOrders(
  client: pg.ClientBase,
  setAside: (line: SetAside) => void,
): AsyncGenerator<BulkOrder[]> {
  await client.query("begin; set local work_mem = '64MB'");
  try {
    await client.query(JOINED);
    let batch: BulkOrder[] = [];
    let current = null as { id: string; whole: BulkOrder } | null;
    for (;;) {
      const { rows } = await client.query<StagedNode>(`fetch ${LINES_A_FETCH} from joined`);
      for (const row of rows) {
        if (row.type === "Order") {
          if (row.order_id === current?.id) continue;
          if (current) batch.push(current.whole);
          current = { id: row.order_id!, whole: emptyOrder(row.body) };
          if (batch.length >= ORDERS_A_BATCH) {
            yield batch;
            batch = [];
          }
        } else if (row.order_id === null || row.order_id !== current?.id) {
          setAside({ operation: row.operation, lineNumber: row.line_number, reason: `${row.type}: its parent is missing` });
        } else {
          attach(current.whole, row.type, row.body);
        }
      }
      if (rows.length < LINES_A_FETCH) break;
    }
    if (current) batch.push(current.whole);
    if (batch.length > 0) yield batch;
  } finally {
    await client.query("rollback");
  }
}

function emptyOrder(body: string): BulkOrder {
  // Staged bodies were checked when they were staged.
  const order = JSON.parse(body) as BulkOrder["order"];
  return { order, lineItems: [], fulfillmentOrders: [], returns: [], returnLineItems: [], scans: [] };
}

function attach(whole: BulkOrder, type: Exclude<NodeType, "Order">, body: string): void {
  switch (type) {
    case "LineItem":
      whole.lineItems.push(JSON.parse(body));
      break;
    case "FulfillmentOrder":
      whole.fulfillmentOrders.push(JSON.parse(body));
      break;
    case "Return":
      whole.returns.push(JSON.parse(body));
      break;
    case "ReturnLineItem":
      whole.returnLineItems.push(JSON.parse(body));
      break;
    case "FulfillmentEvent":
      whole.scans.push(JSON.parse(body));
      break;
  }
}
