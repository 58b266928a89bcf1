import { describe, expect, it } from "vitest";
import { eventsOfWebhook } from "./events-of-webhook";

const TRIGGERED = Date.parse("2026-05-04T09:00:05Z");
const tell = (topic: Parameters<typeof eventsOfWebhook>[0]["topic"], payload: unknown) =>
  eventsOfWebhook({ topic, payload, triggeredAt: TRIGGERED }, "EUR");

describe("eventsOfWebhook", () => {
  it("tells a scan, known since Shopify sent it", () => {
    const scan = { id: 5, order_id: 1, fulfillment_id: 7, status: "in_transit", happened_at: "2026-05-04T08:00:00Z" };
    expect(tell("fulfillment_events/create", scan)).toEqual({
      kind: "order",
      orderId: "1",
      read: false,
      events: [
        {
          orderId: "1", eventKey: "scanned:5", happenedAt: Date.parse("2026-05-04T08:00:00Z"), knownAt: TRIGGERED,
          assumed: false, source: "webhook", kind: "scanned", value: { shipmentId: "7", status: "IN_TRANSIT" },
        },
      ],
    });
  });

  it("has an order read where a refund was paid in another currency", () => {
    const refund = (currency: string) => ({
      id: 3, order_id: 1, created_at: "2026-05-04T08:00:00Z",
      transactions: [
        { kind: "refund", status: "success", amount: "12.50", currency },
        { kind: "refund", status: "pending", amount: "1.00", currency },
      ],
    });
    expect(tell("refunds/create", refund("EUR"))).toMatchObject({
      read: false,
      events: [{ eventKey: "refunded:3", value: { amountMinor: 1250 } }],
    });
    expect(tell("refunds/create", refund("USD"))).toMatchObject({ read: true, events: [] });
  });

  it("asks about what belongs to an order the payload does not name", () => {
    const hold = { fulfillment_order: { id: "gid://shopify/FulfillmentOrder/4" } };
    expect(tell("fulfillment_holds/added", hold)).toEqual({
      kind: "part-of-order",
      gid: "gid://shopify/FulfillmentOrder/4",
    });
    expect(tell("returns/update", { admin_graphql_api_id: "gid://shopify/Return/8" })).toEqual({
      kind: "part-of-order",
      gid: "gid://shopify/Return/8",
    });
    expect(tell("returns/process", {})).toEqual({ kind: "nothing" });
  });

  it("takes a return back that was declined, and has the order read", () => {
    expect(tell("returns/decline", { id: 8, order: { id: 1 } })).toMatchObject({
      orderId: "1",
      read: true,
      events: [{ eventKey: "return_withdrawn:8" }],
    });
  });

  it("throws at an amount that is none, rather than take it for zero", () => {
    const refund = { id: 3, order_id: 1, created_at: "2026-05-04T08:00:00Z" };
    const transactions = [{ kind: "refund", status: "success", amount: "a lot" }];
    expect(() => tell("refunds/create", { ...refund, transactions })).toThrow();
  });
});
