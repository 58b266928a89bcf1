import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { askAdmin } from "~/shopify/admin-client.server";
import {
  FulfillmentScansDocument,
  OrderFulfillmentOrdersDocument,
  OrderLineItemsDocument,
  OrderListsDocument,
  OrderReturnsDocument,
  OrdersByIdDocument,
  type OrdersByIdQuery,
  ReturnItemsDocument,
} from "~/shopify/documents.generated";
import { type BulkOrder, nodeTypes, type NodeType } from "./bulk-order";
import { withoutParts, type WithheldPart } from "./order-parts";

/** As many as stay under the cost limit of one query. */
const ORDERS_A_QUERY = 6;

/** Of lists without cursors, a page this long may not be all: the sizes in orders-by-id.graphql. */
const LIST_LENGTHS = { fulfillments: 4, refunds: 4 };

export interface OrdersRead {
  orders: BulkOrder[];
  /** Not there: deleted, or older than the app may see. */
  missing: string[];
  /** Not in the form Shopify's schema has; why, without a word of their content. */
  unreadable: { orderId: string; reason: string }[];
}

type ReadOrder = Extract<OrdersByIdQuery["nodes"][number], { name: string }>;
type Nodes<Node> = { nodes: Node[]; pageInfo: { hasNextPage: boolean; endCursor?: string | null } };

/**
 * Reads orders whole by their numeric ids, some at a time, in the form a backfill gives them. `without` names parts
 * Shopify withholds, which are then not asked for. Throws what `askAdmin` throws.
 */
export async function* readOrders(
  shopDomain: string,
  orderIds: readonly string[],
  without: readonly WithheldPart[] = [],
): AsyncGenerator<OrdersRead> {
  const ask: Ask = async (document, variables) => {
    const cut = withoutParts(document, without);
    return cut ? askAdmin(shopDomain, cut, variables) : null;
  };
  const wanted = [...new Set(orderIds)];
  for (let from = 0; from < wanted.length; from += ORDERS_A_QUERY) {
    const ids = wanted.slice(from, from + ORDERS_A_QUERY);
    const answer = await ask(OrdersByIdDocument, { ids: ids.map((id) => `gid://shopify/Order/${id}`) });
    const read: OrdersRead = { orders: [], missing: [], unreadable: [] };
    for (const [index, orderId] of ids.entries()) {
      const node = answer?.nodes[index];
      if (!node || !("name" in node)) {
        read.missing.push(orderId);
        continue;
      }
      const whole = await wholeOrder(ask, node);
      if ("reason" in whole) read.unreadable.push({ orderId, reason: whole.reason });
      else read.orders.push(whole);
    }
    yield read;
  }
}

type Ask = <Data, Variables extends Record<string, unknown>>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
) => Promise<Data | null>;

async function wholeOrder(ask: Ask, node: ReadOrder): Promise<BulkOrder | { reason: string }> {
  const { id } = node;
  const longer =
    node.fulfillments.length >= LIST_LENGTHS.fulfillments || node.refunds.length >= LIST_LENGTHS.refunds
      ? (await ask(OrderListsDocument, { id }))?.order
      : null;
  const fulfillments = longer?.fulfillments ?? node.fulfillments;
  const refunds = longer?.refunds ?? node.refunds;

  // A part that Shopify withholds was not asked for, and counts as none.
  const lineItems = await allOf(node.lineItems, async (after) =>
    (await ask(OrderLineItemsDocument, { id, after }))?.order?.lineItems,
  );
  const fulfillmentOrders = await allOf(node.fulfillmentOrders, async (after) =>
    (await ask(OrderFulfillmentOrdersDocument, { id, after }))?.order?.fulfillmentOrders,
  );
  const returns = await allOf(node.returns, async (after) =>
    (await ask(OrderReturnsDocument, { id, after }))?.order?.returns,
  );
  const returnLineItems = [];
  for (const one of returns) {
    const items = await allOf(one.returnLineItems, async (after) =>
      (await ask(ReturnItemsDocument, { id: one.id, after }))?.return?.returnLineItems,
    );
    returnLineItems.push(...items.map((item) => ({ returnReasonDefinition: null, ...item, __parentId: one.id })));
  }
  const known = new Map(node.fulfillments.map((parcel) => [parcel.id, parcel.events]));
  const scans = [];
  for (const parcel of fulfillments) {
    const page = async (after: string | null) =>
      (await ask(FulfillmentScansDocument, { id: parcel.id, after }))?.fulfillment?.events;
    const events = await allOf(known.get(parcel.id) ?? (await page(null)), page);
    scans.push(...events.map((event) => ({ ...event, __parentId: parcel.id })));
  }

  const child = <Node extends object>(one: Node) => ({ ...one, __parentId: id });
  return checked({
    order: [{ ...node, fulfillments, refunds }],
    lineItems: lineItems.map(child),
    fulfillmentOrders: fulfillmentOrders.map(child),
    returns: returns.map(child),
    returnLineItems,
    scans,
  });
}

async function allOf<Node>(
  first: Nodes<Node> | undefined,
  next: (after: string | null) => Promise<Nodes<Node> | undefined>,
): Promise<Node[]> {
  const nodes: Node[] = [];
  for (let page = first; page; ) {
    nodes.push(...page.nodes);
    page = page.pageInfo.hasNextPage ? await next(page.pageInfo.endCursor ?? null) : undefined;
  }
  return nodes;
}

const TYPES: { [Key in keyof BulkOrder]: NodeType } = {
  order: "Order",
  lineItems: "LineItem",
  fulfillmentOrders: "FulfillmentOrder",
  returns: "Return",
  returnLineItems: "ReturnLineItem",
  scans: "FulfillmentEvent",
};

/** The same check a bulk file's lines go through, so that both leave out the same fields. */
function checked(found: Record<keyof BulkOrder, object[]>): BulkOrder | { reason: string } {
  const parts: Record<string, unknown[]> = {};
  for (const [key, type] of Object.entries(TYPES)) {
    parts[key] = [];
    for (const one of found[key as keyof BulkOrder]) {
      const read = nodeTypes[type].schema.safeParse(one);
      if (!read.success) {
        const [issue] = read.error.issues;
        return { reason: `${type}.${issue!.path.join(".")}: ${issue!.code}` };
      }
      parts[key].push(read.data);
    }
  }
  return { ...parts, order: parts.order![0] } as BulkOrder;
}
