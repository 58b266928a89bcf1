import type { OrderState } from "./order-state";

/** Why an order has no delivery score. */
export type LeftOut =
  | "test"
  | "point_of_sale"
  | "draft"
  | "renewal"
  | "company"
  | "digital"
  | "pickup"
  | "cancelled_by_shopper";

type PopulationInput = Pick<
  OrderState,
  "test" | "sourceName" | "company" | "requiresShipping" | "methodType" | "cancelledAt" | "cancelReason" | "shipments"
>;

const PICKUP_METHODS = new Set(["PICK_UP", "PICKUP_POINT", "RETAIL"]);
const NOT_THE_SHOPS_DOING = new Set(["CUSTOMER", "FRAUD", "DECLINED"]);

/**
 * Who has a delivery to experience, and why the others have not: null when the order is in. One place decides, so that
 * every score, rate and list counts the same orders.
 */
export function population(order: PopulationInput): LeftOut | null {
  if (order.test) return "test";
  if (order.sourceName === "pos") return "point_of_sale";
  // The merchant typed a draft in; there was no promise and no shopper's checkout.
  if (order.sourceName === "shopify_draft_order") return "draft";
  if (order.sourceName?.startsWith("subscription_contract")) return "renewal";
  if (order.company) return "company";
  if (!order.requiresShipping || order.methodType === "NONE") return "digital";
  if (order.methodType !== null && PICKUP_METHODS.has(order.methodType)) return "pickup";
  const sent = order.shipments.some((shipment) => shipment.cancelledAt === null);
  if (order.cancelledAt !== null && !sent && NOT_THE_SHOPS_DOING.has(order.cancelReason ?? "")) {
    return "cancelled_by_shopper";
  }
  return null;
}
