import { z } from "zod";
import { legacyId } from "~/shopify/gid";
import { nodeTypes, type NodeType } from "./bulk-order";

export type ParsedLine =
  /** A node of the order files, ready to be staged. */
  | { kind: "node"; type: NodeType; id: string; parentType: string | null; parentId: string | null; body: string }
  /** Says which order a fulfilment belongs to; needed to join scans, which know only their fulfilment. */
  | { kind: "fulfillment"; id: string; orderId: string }
  /** A node that only holds others together. */
  | { kind: "skipped" }
  /** Not readable: why, without a word of its content. */
  | { kind: "set-aside"; reason: string };

const GID = /^gid:\/\/shopify\/([A-Za-z]+)\/(\d+)(?:\?.*)?$/;
const fulfillmentOfOrder = z.object({ order: z.object({ id: z.string().regex(GID) }) });

/** Longest line taken; an order with hundreds of parcels stays far below. */
const MAX_LINE_LENGTH = 1_000_000;

/** Reads one line of a backfill file. Pure; never throws. */
export function parseBulkLine(line: string, operation: "orders" | "scans"): ParsedLine {
  if (line.length > MAX_LINE_LENGTH) return { kind: "set-aside", reason: "longer than a line can be" };
  let json: { id?: unknown; __parentId?: unknown } | null;
  try {
    json = JSON.parse(line);
  } catch {
    return { kind: "set-aside", reason: "not JSON" };
  }
  // By hand: every line passes here, and a schema that lets other fields through costs more than the rest together.
  const own = gidOf(json?.id);
  const parent = json?.__parentId === undefined ? null : gidOf(json.__parentId);
  if (!own || parent === undefined) return { kind: "set-aside", reason: "no id" };
  const { type } = own;

  if (operation === "scans" && type === "FulfillmentOrder") return { kind: "skipped" };
  if (type === "Fulfillment") {
    const owner = fulfillmentOfOrder.safeParse(json);
    if (!owner.success) return { kind: "set-aside", reason: "Fulfillment: no order" };
    return { kind: "fulfillment", id: own.id, orderId: legacyId(owner.data.order.id) };
  }
  if (!isNodeType(type)) return { kind: "set-aside", reason: `${type}: not asked for` };

  const read = nodeTypes[type].schema.safeParse(json);
  if (!read.success) return { kind: "set-aside", reason: describe(type, read.error) };
  if ((parent?.type ?? null) !== nodeTypes[type].parent) return { kind: "set-aside", reason: `${type}: wrong parent` };
  return {
    kind: "node",
    type,
    id: own.id,
    parentType: parent?.type ?? null,
    parentId: parent?.id ?? null,
    body: JSON.stringify(read.data),
  };
}

/** The type and number in a global id; undefined when it is none. */
function gidOf(value: unknown): { type: string; id: string } | undefined {
  const parts = typeof value === "string" ? GID.exec(value) : null;
  return parts ? { type: parts[1]!, id: parts[2]! } : undefined;
}

function isNodeType(type: string): type is NodeType {
  return Object.hasOwn(nodeTypes, type);
}

/** Where and what kind of fault, never the value: it may be a shopper's. */
function describe(type: string, error: z.ZodError): string {
  const first = error.issues[0]!;
  return `${type}.${first.path.join(".")}: ${first.code}`;
}
