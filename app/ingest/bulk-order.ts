import { z } from "zod";

/**
 * The objects of the two backfill documents as they stand in a bulk file, one a line. Fields Shopify withholds
 * (protected data not approved, a scope not granted) come as null, or not at all where they were not asked for: they are
 * missing, not wrong.
 */
const instant = z.iso.datetime({ offset: true });
const money = z.object({ shopMoney: z.object({ amount: z.string(), currencyCode: z.string() }) });

const fulfillment = z.object({
  id: z.string(),
  createdAt: instant,
  status: z.string(),
  displayStatus: z.string().nullable(),
  inTransitAt: instant.nullable(),
  deliveredAt: instant.nullable(),
  totalQuantity: z.number().int(),
  requiresShipping: z.boolean(),
  trackingInfo: z.array(z.object({ company: z.string().nullable() })),
});

const order = z.object({
  id: z.string(),
  name: z.string(),
  createdAt: instant,
  processedAt: instant,
  updatedAt: instant,
  cancelledAt: instant.nullable(),
  cancelReason: z.string().nullable(),
  test: z.boolean(),
  sourceName: z.string().nullable(),
  requiresShipping: z.boolean(),
  checkoutToken: z.string().nullable(),
  presentmentCurrencyCode: z.string(),
  subtotalPriceSet: money.nullable(),
  totalPriceSet: money,
  totalShippingPriceSet: money,
  customer: z.object({ id: z.string() }).nullable().default(null),
  purchasingEntity: z.object({ __typename: z.string() }).nullable().default(null),
  shippingAddress: z.object({ countryCodeV2: z.string().nullable(), provinceCode: z.string().nullable() }).nullable(),
  shippingLine: z.object({ title: z.string() }).nullable(),
  fulfillments: z.array(fulfillment),
  refunds: z.array(z.object({ id: z.string(), processedAt: instant, totalRefundedSet: money })),
});

const lineItem = z.object({
  id: z.string(),
  __parentId: z.string(),
  quantity: z.number().int(),
  currentQuantity: z.number().int(),
  requiresShipping: z.boolean(),
  vendor: z.string().nullable(),
});

const fulfillmentOrder = z.object({
  id: z.string(),
  __parentId: z.string(),
  createdAt: instant,
  status: z.string(),
  assignedLocation: z.object({ name: z.string() }),
  deliveryMethod: z
    .object({
      methodType: z.string(),
      maxDeliveryDateTime: instant.nullable(),
      presentedName: z.string().nullable(),
    })
    .nullable(),
  fulfillmentHolds: z.array(z.object({ reason: z.string() })),
});

const orderReturn = z.object({
  id: z.string(),
  __parentId: z.string(),
  createdAt: instant,
  closedAt: instant.nullable(),
  status: z.string(),
});

const returnLineItem = z.object({
  id: z.string(),
  __parentId: z.string(),
  quantity: z.number().int(),
  returnReasonDefinition: z.object({ handle: z.string() }).nullable(),
});

const scan = z.object({ id: z.string(), __parentId: z.string(), status: z.string(), happenedAt: instant });

export type OrderNode = z.infer<typeof order>;
export type LineItemNode = z.infer<typeof lineItem>;
export type FulfillmentOrderNode = z.infer<typeof fulfillmentOrder>;
export type ReturnNode = z.infer<typeof orderReturn>;
export type ReturnLineItemNode = z.infer<typeof returnLineItem>;
export type ScanNode = z.infer<typeof scan>;

/** One order with everything that was found of it, however far apart it stood in the files. */
export interface BulkOrder {
  order: OrderNode;
  lineItems: LineItemNode[];
  fulfillmentOrders: FulfillmentOrderNode[];
  returns: ReturnNode[];
  returnLineItems: ReturnLineItemNode[];
  scans: ScanNode[];
}

/** Every node type of the backfill documents: how it is checked and where it hangs. */
export const nodeTypes = {
  Order: { schema: order, parent: null },
  LineItem: { schema: lineItem, parent: "Order" },
  FulfillmentOrder: { schema: fulfillmentOrder, parent: "Order" },
  Return: { schema: orderReturn, parent: "Order" },
  ReturnLineItem: { schema: returnLineItem, parent: "Return" },
  FulfillmentEvent: { schema: scan, parent: "Fulfillment" },
} as const satisfies Record<string, { schema: z.ZodType; parent: string | null }>;

export type NodeType = keyof typeof nodeTypes;
