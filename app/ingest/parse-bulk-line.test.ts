import { describe, expect, it } from "vitest";
import { parseBulkLine } from "./parse-bulk-line";

const order = {
  id: "gid://shopify/Order/1",
  name: "#1001",
  createdAt: "2026-05-04T09:00:00Z",
  processedAt: "2026-05-04T09:00:00Z",
  updatedAt: "2026-05-05T09:00:00Z",
  cancelledAt: null,
  cancelReason: null,
  test: false,
  sourceName: "web",
  requiresShipping: true,
  checkoutToken: "t",
  presentmentCurrencyCode: "EUR",
  subtotalPriceSet: { shopMoney: { amount: "45.0", currencyCode: "EUR" } },
  totalPriceSet: { shopMoney: { amount: "50.0", currencyCode: "EUR" } },
  totalShippingPriceSet: { shopMoney: { amount: "5.0", currencyCode: "EUR" } },
  customer: null,
  purchasingEntity: null,
  shippingAddress: null,
  shippingLine: null,
  fulfillments: [],
  refunds: [],
};
const scan = {
  id: "gid://shopify/FulfillmentEvent/3",
  __parentId: "gid://shopify/Fulfillment/2",
  status: "DELIVERED",
  happenedAt: "2026-05-07T12:00:00+02:00",
};

describe("parseBulkLine", () => {
  it("reads a node with its parent", () => {
    expect(parseBulkLine(JSON.stringify(scan), "scans")).toMatchObject({
      kind: "node",
      type: "FulfillmentEvent",
      id: "3",
      parentType: "Fulfillment",
      parentId: "2",
    });
  });

  it("takes what Shopify withholds for missing, not for wrong", () => {
    expect(parseBulkLine(JSON.stringify(order), "orders").kind).toBe("node");
  });

  it("keeps only the fields that were asked for", () => {
    const line = parseBulkLine(JSON.stringify({ ...order, email: "someone@example.com" }), "orders");
    expect(line.kind === "node" && line.body).not.toContain("someone@example.com");
  });

  it("learns from a fulfilment which order its scans are of", () => {
    const fulfillment = { id: "gid://shopify/Fulfillment/2", __parentId: "gid://shopify/FulfillmentOrder/9", order: { id: order.id } };
    expect(parseBulkLine(JSON.stringify(fulfillment), "scans")).toEqual({ kind: "fulfillment", id: "2", orderId: "1" });
  });

  it("passes over the fulfilment orders that only hold the scans together", () => {
    expect(parseBulkLine('{"id":"gid://shopify/FulfillmentOrder/9"}', "scans")).toEqual({ kind: "skipped" });
  });

  it.each([
    ["cut off in the middle", JSON.stringify(order).slice(0, 80), "not JSON"],
    ["no object", "42", "no id"],
    ["no id", "{}", "no id"],
    ["an id that is none", '{"id":"42"}', "no id"],
    ["a type nobody asked for", '{"id":"gid://shopify/Customer/1"}', "Customer: not asked for"],
    ["a child without its parent's name", JSON.stringify({ ...scan, __parentId: undefined }), "FulfillmentEvent.__parentId: invalid_type"],
    ["a child of something else", JSON.stringify({ ...scan, __parentId: "gid://shopify/Order/1" }), "FulfillmentEvent: wrong parent"],
    ["a time that is none", JSON.stringify({ ...scan, happenedAt: "yesterday" }), "FulfillmentEvent.happenedAt: invalid_format"],
    ["money that is missing", JSON.stringify({ ...order, totalPriceSet: null }), "Order.totalPriceSet: invalid_type"],
  ])("sets aside a line with %s, without a word of its content", (_case, line, reason) => {
    expect(parseBulkLine(line, "orders")).toEqual({ kind: "set-aside", reason });
  });
});
