/**
 * How the fields of Shopify's Admin schema are answered from a shop's records as they are at `context.now`. A field
 * without a resolver here fails with a message that says so: what the store does not know is never answered with null.
 */
import type { FieldNode, GraphQLFieldResolver, GraphQLResolveInfo, GraphQLSchema } from "graphql";
import { GraphQLError, isInterfaceType, isObjectType, isUnionType } from "graphql";
import type { DevStore } from "./dev-store";
import { gid, numericId, iso } from "./ids";
import type {
  StoreAbandonedCheckout,
  StoreFulfillment,
  StoreFulfillmentOrder,
  StoreOrder,
  StoreRefund,
  StoreReturn,
  StoreShop,
} from "./model";
import { converted, decimalAmount } from "./money";
import * as at from "./order-at";
import { filteredOrders, type OrderSortKey, sortedOrders, updatedRange } from "./order-search";
import { type Connection, type ConnectionArguments, page } from "./page";
import { type BulkOperationRecord, bulkStatus, bulkUrl, cancelBulkOperation, runBulkQuery } from "./bulk-operations";

export interface RequestContext {
  store: DevStore;
  shop: StoreShop;
  /** Store time the whole request is answered for, epoch ms. */
  now: number;
  /** Orders placed before this instant are hidden: 60 days back, or all of time with read_all_orders. */
  visibleFrom: number;
  /** Fields the app's scopes do not open, each with Shopify's message; null when there are none. */
  denied: Map<FieldNode, string> | null;
  /** In a bulk operation, connections are answered whole, and the root connection with these nodes only. */
  bulk: { nodes: unknown[] } | null;
}

type Resolver = (source: never, args: never, context: RequestContext, info: GraphQLResolveInfo) => unknown;

interface FulfillmentSource {
  __typename: "Fulfillment";
  order: StoreOrder;
  fulfillment: StoreFulfillment;
}

interface FulfillmentOrderSource {
  __typename: "FulfillmentOrder";
  order: StoreOrder;
  fulfillmentOrder: StoreFulfillmentOrder;
}

interface ReturnSource {
  __typename: "Return";
  order: StoreOrder;
  returned: StoreReturn;
}

interface RefundSource {
  __typename: "Refund";
  order: StoreOrder;
  refund: StoreRefund;
}

interface ReturnItemSource {
  __typename: "ReturnLineItem";
  item: StoreReturn["items"][number];
}

interface MoneySource {
  order: StoreOrder;
  minor: number;
}

type FulfillmentOrderList = ConnectionArguments & { includeClosed?: boolean; query?: string; sortKey?: string };

const money = (order: StoreOrder, minor: number): MoneySource => ({ order, minor });
const isoOrNull = (instant: number | null) => (instant === null ? null : iso(instant));
const fulfillmentSource = (order: StoreOrder, fulfillment: StoreFulfillment): FulfillmentSource => ({
  __typename: "Fulfillment",
  order,
  fulfillment,
});
const fulfillmentOrderSource = (
  order: StoreOrder,
  fulfillmentOrder: StoreFulfillmentOrder,
): FulfillmentOrderSource => ({ __typename: "FulfillmentOrder", order, fulfillmentOrder });

const resolvers: Record<string, Record<string, Resolver>> = {
  QueryRoot: {
    shop: (_: unknown, __: unknown, context) => context.shop,
    currentAppInstallation: (_: unknown, __: unknown, context) => context.shop,
    orders: (_: unknown, args: OrderList, context, info) =>
      rootConnection(orderNodes(args, context), args, context, info),
    order: (_: unknown, args: { id: string }, context) => byId(args.id, "Order", context),
    fulfillmentOrders: (_: unknown, args: FulfillmentOrderList, context, info) =>
      rootConnection(fulfillmentOrderNodes(args, context), args, context, info),
    fulfillmentOrder: (_: unknown, args: { id: string }, context) => byId(args.id, "FulfillmentOrder", context),
    fulfillment: (_: unknown, args: { id: string }, context) => byId(args.id, "Fulfillment", context),
    return: (_: unknown, args: { id: string }, context) => byId(args.id, "Return", context),
    refund: (_: unknown, args: { id: string }, context) => byId(args.id, "Refund", context),
    node: (_: unknown, args: { id: string }, context) => byId(args.id, null, context),
    nodes: (_: unknown, args: { ids: string[] }, context) => args.ids.map((id) => byId(id, null, context)),
    abandonedCheckouts: (_: unknown, args: ConnectionArguments & { query?: string }, context, info) => {
      const { shop, now } = context;
      const range = updatedRange(args.query);
      const listed = (shop.abandonedCheckouts ?? [])
        .filter((each) => each.leftAt <= now && (range === null || range(past(each.completedAt, now) ?? each.leftAt)))
        .map((each) => ({ node: each, id: each.id, value: each.startedAt }))
        .sort((a, b) => a.value - b.value || a.id - b.id);
      return page(listed, args, info);
    },
    ordersCount: (_: unknown, args: { query?: string; limit: number | null }, context) => {
      const count = visibleOrders(args.query, context).length;
      const limit = args.limit ?? Infinity;
      return { count: Math.min(count, limit), precision: count > limit ? "AT_LEAST" : "EXACT" };
    },
    bulkOperation: (_: unknown, args: { id: string }, context) => byId(args.id, "BulkOperation", context),
    bulkOperations: (_: unknown, args: ConnectionArguments & { query?: string }, context, info) => {
      const wanted = bulkStatusFilter(args.query);
      const operations = [...context.store.bulkOperations.values()]
        .filter((operation) => operation.domain === context.shop.domain)
        .filter((operation) => wanted === null || wanted.has(bulkStatus(operation, context.now)))
        .map((operation) => ({ node: operation, id: operation.id, value: operation.createdAt }));
      return page(operations, args, info);
    },
  },
  Mutation: {
    bulkOperationRunQuery: (_: unknown, args: { query: string; groupObjects: boolean }, context) =>
      runBulkQuery(context.store, context.shop, args.query, args.groupObjects),
    bulkOperationCancel: (_: unknown, args: { id: string }, context) =>
      cancelBulkOperation(context.store, context.shop, numericId(args.id)),
  },
  AbandonedCheckout: {
    id: (checkout: StoreAbandonedCheckout) => gid("AbandonedCheckout", checkout.id),
    abandonedCheckoutUrl: ({ token }: StoreAbandonedCheckout, _: unknown, { shop }) =>
      `https://${shop.domain}/${shop.id}/checkouts/ac/${token}/recover?key=recovery-key-of-${token}`,
    createdAt: (checkout: StoreAbandonedCheckout) => iso(checkout.startedAt),
    updatedAt: (checkout: StoreAbandonedCheckout, _: unknown, { now }) =>
      iso(past(checkout.completedAt, now) ?? checkout.leftAt),
    completedAt: (checkout: StoreAbandonedCheckout, _: unknown, { now }) => isoOrNull(past(checkout.completedAt, now)),
    shippingAddress: (checkout: StoreAbandonedCheckout) => (checkout.country === null ? null : checkout),
    totalPriceSet: (checkout: StoreAbandonedCheckout) => ({ order: null, minor: checkout.total }),
  },
  Count: { count: plain, precision: plain },
  Shop: {
    id: (shop: StoreShop) => gid("Shop", shop.id),
    name: (shop: StoreShop) => shop.name,
    currencyCode: (shop: StoreShop) => shop.currency,
    ianaTimezone: (shop: StoreShop) => shop.timeZone,
    myshopifyDomain: (shop: StoreShop) => shop.domain,
    url: (shop: StoreShop) => `https://${shop.domain}`,
  },
  AppInstallation: {
    id: (shop: StoreShop) => gid("AppInstallation", shop.id),
    accessScopes: (shop: StoreShop, _: unknown, context) =>
      context.store.grantedScopes(shop.domain).map((handle) => ({ handle })),
  },
  AccessScope: { handle: plain },
  BulkOperation: {
    id: (operation: BulkOperationRecord) => gid("BulkOperation", operation.id),
    status: (operation: BulkOperationRecord, _: unknown, context) => bulkStatus(operation, context.now),
    type: () => "QUERY",
    query: (operation: BulkOperationRecord) => operation.query,
    errorCode: (operation: BulkOperationRecord) => operation.errorCode,
    createdAt: (operation: BulkOperationRecord) => iso(operation.createdAt),
    completedAt: (operation: BulkOperationRecord) => isoOrNull(operation.completedAt),
    objectCount: (operation: BulkOperationRecord) => String(operation.objectCount),
    rootObjectCount: (operation: BulkOperationRecord) => String(operation.rootObjectCount),
    fileSize: (operation: BulkOperationRecord) => (operation.fileSize === null ? null : String(operation.fileSize)),
    url: (operation: BulkOperationRecord, _: unknown, context) => bulkUrl(operation, context.now),
    partialDataUrl: () => null,
  },
  BulkOperationRunQueryPayload: { bulkOperation: plain, userErrors: plain },
  BulkOperationUserError: { code: plain, field: plain, message: plain },
  BulkOperationCancelPayload: { bulkOperation: plain, userErrors: plain },
  UserError: { field: plain, message: plain },
  Order: {
    id: (order: StoreOrder) => gid("Order", order.id),
    legacyResourceId: (order: StoreOrder) => String(order.id),
    name: (order: StoreOrder) => order.name,
    createdAt: (order: StoreOrder) => iso(order.placedAt),
    processedAt: (order: StoreOrder) => iso(order.placedAt),
    updatedAt: (order: StoreOrder, _: unknown, { now }) => iso(at.updatedAt(order, now)),
    cancelledAt: (order: StoreOrder, _: unknown, { now }) => isoOrNull(past(order.cancelledAt, now)),
    cancelReason: (order: StoreOrder, _: unknown, { now }) =>
      past(order.cancelledAt, now) === null ? null : (order.cancelReason ?? "OTHER"),
    test: (order: StoreOrder) => order.test,
    confirmed: () => true,
    sourceName: (order: StoreOrder) => order.sourceName,
    requiresShipping: (order: StoreOrder) => order.lineItems.some((item) => item.requiresShipping),
    checkoutToken: (order: StoreOrder) => order.checkoutToken,
    currencyCode: (_: StoreOrder, __: unknown, { shop }) => shop.currency,
    presentmentCurrencyCode: (order: StoreOrder) => order.presentmentCurrency,
    subtotalPriceSet: (order: StoreOrder) => money(order, at.subtotal(order)),
    totalPriceSet: (order: StoreOrder) => money(order, at.total(order)),
    originalTotalPriceSet: (order: StoreOrder) => money(order, at.total(order)),
    totalShippingPriceSet: (order: StoreOrder) => money(order, order.shippingPrice),
    totalRefundedSet: (order: StoreOrder, _: unknown, { now }) => money(order, at.refundedAt(order, now)),
    displayFulfillmentStatus: (order: StoreOrder, _: unknown, { now }) => at.orderFulfillmentStatusAt(order, now),
    displayFinancialStatus: (order: StoreOrder, _: unknown, { now }) => at.financialStatusAt(order, now),
    returnStatus: (order: StoreOrder, _: unknown, { now }) => {
      const returns = order.returns.filter((returned) => returned.createdAt <= now);
      if (returns.length === 0) return "NO_RETURN";
      return returns.every((returned) => past(returned.closedAt, now) !== null) ? "RETURNED" : "IN_PROGRESS";
    },
    customer: (order: StoreOrder) =>
      order.customerId === null ? null : { __typename: "Customer", id: order.customerId },
    purchasingEntity: (order: StoreOrder) => {
      if (order.company) return { __typename: "PurchasingCompany" };
      return order.customerId === null ? null : { __typename: "Customer", id: order.customerId };
    },
    shippingAddress: (order: StoreOrder) => (order.country === null ? null : order),
    shippingLine: (order: StoreOrder) => (order.shippingTitle === null ? null : order),
    fulfillments: (order: StoreOrder, args: { first?: number | null }, { now }) =>
      at
        .fulfillmentsAt(order, now)
        .slice(0, args.first ?? undefined)
        .map((each) => fulfillmentSource(order, each)),
    refunds: (order: StoreOrder, args: { first?: number | null }, { now }) =>
      order.refunds
        .filter((refund) => refund.at <= now)
        .slice(0, args.first ?? undefined)
        .map((refund): RefundSource => ({ __typename: "Refund", order, refund })),
    lineItems: (order: StoreOrder, args: ConnectionArguments, context, info) =>
      children(
        order.lineItems.map((item) => ({ order, item })),
        ({ item }) => item.id,
        args,
        context,
        info,
      ),
    fulfillmentOrders: (order: StoreOrder, args: ConnectionArguments, context, info) =>
      children(
        at.fulfillmentOrdersAt(order, context.now).map((each) => fulfillmentOrderSource(order, each)),
        ({ fulfillmentOrder }) => fulfillmentOrder.id,
        args,
        context,
        info,
      ),
    returns: (order: StoreOrder, args: ConnectionArguments, context, info) =>
      children(
        order.returns
          .filter((returned) => returned.createdAt <= context.now)
          .map((returned): ReturnSource => ({ __typename: "Return", order, returned })),
        ({ returned }) => returned.id,
        args,
        context,
        info,
      ),
  },
  Customer: { id: ({ id }: { id: number }) => gid("Customer", id) },
  PurchasingCompany: {},
  MailingAddress: {
    countryCodeV2: (at: StoreOrder | StoreAbandonedCheckout) => at.country,
    provinceCode: (at: StoreOrder | StoreAbandonedCheckout) => at.province,
  },
  ShippingLine: {
    title: (order: StoreOrder) => order.shippingTitle,
    source: () => "shopify",
    originalPriceSet: (order: StoreOrder) => money(order, order.shippingPrice),
    discountedPriceSet: (order: StoreOrder) => money(order, order.shippingPrice),
  },
  MoneyBag: {
    shopMoney: (set: MoneySource, _: unknown, { shop }) => ({ minor: set.minor, currency: shop.currency }),
    presentmentMoney: ({ order, minor }: MoneySource, _: unknown, { shop }) => ({
      minor: converted(minor, order.presentmentRate, shop.currency, order.presentmentCurrency),
      currency: order.presentmentCurrency,
    }),
  },
  MoneyV2: {
    amount: (value: { minor: number; currency: string }) => decimalAmount(value.minor, value.currency),
    currencyCode: (value: { minor: number; currency: string }) => value.currency,
  },
  LineItem: {
    id: ({ item }: LineItemSource) => gid("LineItem", item.id),
    title: ({ item }: LineItemSource) => item.title,
    name: ({ item }: LineItemSource) => item.title,
    quantity: ({ item }: LineItemSource) => item.quantity,
    currentQuantity: ({ item }: LineItemSource, _: unknown, { now }) => at.quantityAt(item, now),
    requiresShipping: ({ item }: LineItemSource) => item.requiresShipping,
    vendor: ({ item }: LineItemSource) => item.vendor,
    originalUnitPriceSet: ({ order, item }: LineItemSource) => money(order, item.unitPrice),
    originalTotalSet: ({ order, item }: LineItemSource) => money(order, item.unitPrice * item.quantity),
  },
  Fulfillment: {
    id: ({ fulfillment }: FulfillmentSource) => gid("Fulfillment", fulfillment.id),
    legacyResourceId: ({ fulfillment }: FulfillmentSource) => String(fulfillment.id),
    name: ({ order, fulfillment }: FulfillmentSource) =>
      `${order.name}.${order.fulfillments.findIndex((each) => each.id === fulfillment.id) + 1}`,
    createdAt: ({ fulfillment }: FulfillmentSource) => iso(fulfillment.createdAt),
    updatedAt: ({ fulfillment }: FulfillmentSource, _: unknown, { now }) =>
      iso(past(fulfillment.cancelledAt, now) ?? fulfillment.createdAt),
    status: ({ fulfillment }: FulfillmentSource, _: unknown, { now }) => at.fulfillmentStatusAt(fulfillment, now),
    displayStatus: ({ fulfillment }: FulfillmentSource, _: unknown, { now }) => at.displayStatusAt(fulfillment, now),
    inTransitAt: ({ fulfillment }: FulfillmentSource, _: unknown, { now }) =>
      isoOrNull(at.firstScanAt(fulfillment, "IN_TRANSIT", now)),
    deliveredAt: ({ fulfillment }: FulfillmentSource, _: unknown, { now }) =>
      isoOrNull(at.firstScanAt(fulfillment, "DELIVERED", now)),
    // The store's carriers give no estimate of their own, which Shopify too answers with null.
    estimatedDeliveryAt: () => null,
    totalQuantity: ({ fulfillment }: FulfillmentSource) => fulfillment.quantity,
    requiresShipping: ({ order }: FulfillmentSource) => order.lineItems.some((item) => item.requiresShipping),
    trackingInfo: ({ fulfillment }: FulfillmentSource) =>
      fulfillment.carrier === null ? [] : [{ company: fulfillment.carrier }],
    order: ({ order }: FulfillmentSource) => order,
    events: ({ fulfillment }: FulfillmentSource, args: ConnectionArguments, context, info) =>
      children(at.scansAt(fulfillment, context.now), (scan) => scan.id, args, context, info),
    fulfillmentOrders: (source: FulfillmentSource, args: ConnectionArguments, context, info) =>
      children(
        at
          .fulfillmentOrdersAt(source.order, context.now)
          .filter((each) => each.id === source.fulfillment.fulfillmentOrderId)
          .map((each) => fulfillmentOrderSource(source.order, each)),
        ({ fulfillmentOrder }) => fulfillmentOrder.id,
        args,
        context,
        info,
      ),
  },
  FulfillmentTrackingInfo: { company: plain },
  FulfillmentEvent: {
    id: (scan: StoreFulfillment["scans"][number]) => gid("FulfillmentEvent", scan.id),
    status: (scan: StoreFulfillment["scans"][number]) => scan.status,
    happenedAt: (scan: StoreFulfillment["scans"][number]) => iso(scan.happenedAt),
    createdAt: (scan: StoreFulfillment["scans"][number]) => iso(scan.happenedAt),
  },
  FulfillmentOrder: {
    id: ({ fulfillmentOrder }: FulfillmentOrderSource) => gid("FulfillmentOrder", fulfillmentOrder.id),
    createdAt: ({ fulfillmentOrder }: FulfillmentOrderSource) => iso(fulfillmentOrder.createdAt),
    updatedAt: (source: FulfillmentOrderSource, _: unknown, { now }) => iso(fulfillmentOrderUpdatedAt(source, now)),
    status: ({ order, fulfillmentOrder }: FulfillmentOrderSource, _: unknown, { now }) =>
      at.fulfillmentOrderStatusAt(order, fulfillmentOrder, now),
    order: ({ order }: FulfillmentOrderSource) => order,
    orderId: ({ order }: FulfillmentOrderSource) => gid("Order", order.id),
    orderName: ({ order }: FulfillmentOrderSource) => order.name,
    orderProcessedAt: ({ order }: FulfillmentOrderSource) => iso(order.placedAt),
    assignedLocation: ({ fulfillmentOrder }: FulfillmentOrderSource) => ({ name: fulfillmentOrder.location }),
    deliveryMethod: ({ fulfillmentOrder }: FulfillmentOrderSource) => fulfillmentOrder,
    fulfillmentHolds: ({ fulfillmentOrder }: FulfillmentOrderSource, _: unknown, { now }) =>
      at.holdsAt(fulfillmentOrder, now),
    fulfillments: ({ order, fulfillmentOrder }: FulfillmentOrderSource, args: ConnectionArguments, context, info) =>
      children(
        at
          .fulfillmentsAt(order, context.now)
          .filter((each) => each.fulfillmentOrderId === fulfillmentOrder.id)
          .map((each) => fulfillmentSource(order, each)),
        ({ fulfillment }) => fulfillment.id,
        args,
        context,
        info,
      ),
  },
  FulfillmentOrderAssignedLocation: { name: plain },
  FulfillmentHold: {
    id: (hold: { id: number }) => gid("FulfillmentHold", hold.id),
    reason: plain,
  },
  DeliveryMethod: {
    id: (method: StoreFulfillmentOrder) => gid("DeliveryMethod", method.id),
    methodType: plain,
    presentedName: plain,
    minDeliveryDateTime: (method: StoreFulfillmentOrder) => isoOrNull(method.minDeliveryAt),
    maxDeliveryDateTime: (method: StoreFulfillmentOrder) => isoOrNull(method.maxDeliveryAt),
  },
  Refund: {
    id: ({ refund }: RefundSource) => gid("Refund", refund.id),
    legacyResourceId: ({ refund }: RefundSource) => String(refund.id),
    createdAt: ({ refund }: RefundSource) => iso(refund.at),
    processedAt: ({ refund }: RefundSource) => iso(refund.at),
    updatedAt: ({ refund }: RefundSource) => iso(refund.at),
    order: ({ order }: RefundSource) => order,
    totalRefundedSet: ({ order, refund }: RefundSource) => money(order, refund.amount),
  },
  Return: {
    id: ({ returned }: ReturnSource) => gid("Return", returned.id),
    createdAt: ({ returned }: ReturnSource) => iso(returned.createdAt),
    closedAt: ({ returned }: ReturnSource, _: unknown, { now }) => isoOrNull(past(returned.closedAt, now)),
    status: ({ returned }: ReturnSource, _: unknown, { now }) =>
      past(returned.closedAt, now) === null ? "OPEN" : "CLOSED",
    order: ({ order }: ReturnSource) => order,
    totalQuantity: ({ returned }: ReturnSource) => returned.items.reduce((sum, item) => sum + item.quantity, 0),
    returnLineItems: ({ returned }: ReturnSource, args: ConnectionArguments, context, info) =>
      children(
        returned.items.map((item): ReturnItemSource => ({ __typename: "ReturnLineItem", item })),
        ({ item }) => item.id,
        args,
        context,
        info,
      ),
  },
  ReturnLineItem: {
    id: ({ item }: ReturnItemSource) => gid("ReturnLineItem", item.id),
    quantity: ({ item }: ReturnItemSource) => item.quantity,
    returnReasonDefinition: ({ item }: ReturnItemSource) => item.reason,
  },
  ReturnReasonDefinition: {
    id: (handle: string) => gid("ReturnReasonDefinition", handle),
    handle: (handle: string) => handle,
    name: (handle: string) => handle.charAt(0).toUpperCase() + handle.slice(1).replaceAll("-", " "),
  },
  PageInfo: { hasNextPage: plain, hasPreviousPage: plain, startCursor: plain, endCursor: plain },
};

interface LineItemSource {
  order: StoreOrder;
  item: StoreOrder["lineItems"][number];
}

type OrderList = ConnectionArguments & { query?: string; sortKey?: string };

/** Gives every field of the schema its resolver; run once on a freshly built schema. */
export function attachResolvers(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith("__")) continue;
    if (isInterfaceType(type) || isUnionType(type)) type.resolveType = typeName;
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const wrapper = type.name.endsWith("Connection") || type.name.endsWith("Edge");
      const resolve = wrapper ? plain : resolvers[type.name]?.[field.name];
      field.resolve = guarded(resolve as Resolver | undefined, `${type.name}.${field.name}`);
    }
  }
}

function guarded(resolve: Resolver | undefined, coordinate: string): GraphQLFieldResolver<unknown, RequestContext> {
  return (source, args, context, info) => {
    const denied = context.denied?.get(info.fieldNodes[0]!);
    if (denied !== undefined) throw new GraphQLError(denied, { extensions: { code: "ACCESS_DENIED" } });
    if (!resolve) throw new GraphQLError(`The dev store does not answer ${coordinate}`);
    return resolve(source as never, args as never, context, info);
  };
}

/** The nodes a root connection lists, in the order asked for: what a bulk operation works through piece by piece. */
export function rootNodes(field: string, args: Record<string, unknown>, context: RequestContext): unknown[] {
  if (field === "orders") return orderNodes(args as OrderList, context)().map(({ node }) => node);
  if (field === "fulfillmentOrders") {
    return fulfillmentOrderNodes(args as FulfillmentOrderList, context)().map(({ node }) => node);
  }
  throw new GraphQLError(`The dev store runs no bulk operation over QueryRoot.${field}`);
}

function plain(source: Record<string, unknown>, _: unknown, __: unknown, info: GraphQLResolveInfo): unknown {
  return source[info.fieldName];
}

function typeName(source: { __typename?: string } & Record<string, unknown>): string {
  if (source.__typename) return source.__typename;
  return "placedAt" in source ? "Order" : "BulkOperation";
}

function past(instant: number | null, now: number): number | null {
  return instant !== null && instant <= now ? instant : null;
}

interface Listed {
  node: unknown;
  id: number;
  value: number;
}

function visibleOrders(query: string | undefined, context: RequestContext): StoreOrder[] {
  return filteredOrders(
    context.shop.orders.filter((order) => isVisible(order, context)),
    query,
    context.now,
  );
}

/** Whether the app may see the order at all: placed already, and within 60 days unless it has read_all_orders. */
function isVisible(order: StoreOrder, context: RequestContext): boolean {
  return order.placedAt <= context.now && order.placedAt >= context.visibleFrom;
}

function orderNodes(args: OrderList, context: RequestContext): () => Listed[] {
  return () =>
    sortedOrders(visibleOrders(args.query, context), (args.sortKey ?? "PROCESSED_AT") as OrderSortKey, context.now);
}

function fulfillmentOrderNodes(args: FulfillmentOrderList, context: RequestContext): () => Listed[] {
  return () => {
    const range = updatedRange(args.query);
    const listed: Listed[] = [];
    for (const order of visibleOrders(undefined, context)) {
      for (const fulfillmentOrder of at.fulfillmentOrdersAt(order, context.now)) {
        const source = fulfillmentOrderSource(order, fulfillmentOrder);
        if (!args.includeClosed) {
          const status = at.fulfillmentOrderStatusAt(order, fulfillmentOrder, context.now);
          if (status === "CLOSED" || status === "CANCELLED") continue;
        }
        const { id } = fulfillmentOrder;
        const updated =
          range !== null || args.sortKey === "UPDATED_AT" ? fulfillmentOrderUpdatedAt(source, context.now) : 0;
        if (range !== null && !range(updated)) continue;
        listed.push({ node: source, id, value: args.sortKey === "UPDATED_AT" ? updated : id });
      }
    }
    return listed.sort((a, b) => a.value - b.value || a.id - b.id);
  };
}

function fulfillmentOrderUpdatedAt({ order, fulfillmentOrder }: FulfillmentOrderSource, now: number): number {
  const happened = [
    fulfillmentOrder.createdAt,
    order.cancelledAt,
    ...fulfillmentOrder.holds.flatMap((hold) => [hold.from, hold.until]),
    ...order.fulfillments
      .filter((each) => each.fulfillmentOrderId === fulfillmentOrder.id)
      .flatMap((each) => [each.createdAt, each.cancelledAt]),
  ];
  return Math.max(...happened.filter((instant): instant is number => instant !== null && instant <= now));
}

function rootConnection(
  list: () => Listed[],
  args: ConnectionArguments,
  context: RequestContext,
  info: GraphQLResolveInfo,
): Connection {
  return context.bulk ? whole(context.bulk.nodes) : page(list(), args, info);
}

function children<T>(
  nodes: T[],
  idOf: (node: T) => number,
  args: ConnectionArguments,
  context: RequestContext,
  info: GraphQLResolveInfo,
): Connection {
  if (context.bulk) return whole(nodes);
  return page(
    nodes.map((node, index) => ({ node, id: idOf(node), value: index })),
    args,
    info,
  );
}

function whole(nodes: unknown[]): Connection {
  return { nodes, edges: nodes.map((node) => ({ node })) };
}

function byId(id: string, type: string | null, context: RequestContext): unknown {
  const named = /^gid:\/\/shopify\/(\w+)\/(\d+)$/.exec(id);
  if (!named) throw new GraphQLError(`Invalid global id '${id}'`);
  if (type !== null && named[1] !== type) throw new GraphQLError(`Invalid id: ${id}`);
  const number = Number(named[2]);
  if (named[1] === "BulkOperation") {
    const operation = context.store.bulkOperations.get(number);
    return operation?.domain === context.shop.domain ? operation : null;
  }
  if (named[1] === "Shop") return number === context.shop.id ? { ...context.shop, __typename: "Shop" } : null;
  const order = orderHolding(context.shop, named[1]!, number);
  if (!order || !isVisible(order, context)) return null;
  return withinOrder(order, named[1]!, number, context.now);
}

const indexes = new WeakMap<StoreOrder[], { size: number; orders: Map<string, StoreOrder> }>();

/** The order that is, or holds, the thing of that id; indexed anew when orders have been added. */
function orderHolding(shop: StoreShop, type: string, id: number): StoreOrder | undefined {
  let index = indexes.get(shop.orders);
  if (index?.size !== shop.orders.length) {
    const orders = new Map<string, StoreOrder>();
    for (const order of shop.orders) {
      orders.set(`Order/${order.id}`, order);
      for (const each of order.fulfillments) orders.set(`Fulfillment/${each.id}`, order);
      for (const each of order.fulfillmentOrders) orders.set(`FulfillmentOrder/${each.id}`, order);
      for (const each of order.returns) orders.set(`Return/${each.id}`, order);
      for (const each of order.refunds) orders.set(`Refund/${each.id}`, order);
    }
    index = { size: shop.orders.length, orders };
    indexes.set(shop.orders, index);
  }
  return index.orders.get(`${type}/${id}`);
}

function withinOrder(order: StoreOrder, type: string, id: number, now: number): unknown {
  switch (type) {
    case "Order":
      return order.id === id ? order : null;
    case "Fulfillment": {
      const fulfillment = order.fulfillments.find((each) => each.id === id && each.createdAt <= now);
      return fulfillment ? fulfillmentSource(order, fulfillment) : null;
    }
    case "FulfillmentOrder": {
      const fulfillmentOrder = order.fulfillmentOrders.find((each) => each.id === id && each.createdAt <= now);
      return fulfillmentOrder ? fulfillmentOrderSource(order, fulfillmentOrder) : null;
    }
    case "Return": {
      const returned = order.returns.find((each) => each.id === id && each.createdAt <= now);
      return returned ? { __typename: "Return", order, returned } : null;
    }
    case "Refund": {
      const refund = order.refunds.find((each) => each.id === id && each.at <= now);
      return refund ? { __typename: "Refund", order, refund } : null;
    }
    default:
      throw new GraphQLError(`The dev store finds no ${type} by id`);
  }
}

function bulkStatusFilter(query: string | undefined): Set<string> | null {
  if (!query) return null;
  const terms = query.split(/\s+(?:OR\s+)?/i).map((term) => /^status:'?(\w+)'?$/i.exec(term)?.[1]?.toUpperCase());
  if (terms.includes(undefined)) throw new GraphQLError(`The dev store does not search bulk operations by: ${query}`);
  return new Set(terms as string[]);
}
