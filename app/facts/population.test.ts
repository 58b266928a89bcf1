import { describe, expect, it } from "vitest";
import type { ShipmentState } from "./order-state";
import { type LeftOut, population } from "./population";

type PopulationInput = Parameters<typeof population>[0];

const online: PopulationInput = {
  test: false,
  sourceName: "web",
  company: false,
  requiresShipping: true,
  methodType: "SHIPPING",
  cancelledAt: null,
  cancelReason: null,
  shipments: [],
};
const parcel = { cancelledAt: null } as ShipmentState;

describe("population", () => {
  it.each<[string, Partial<PopulationInput>, LeftOut | null]>([
    ["an order from the online store", {}, null],
    ["one from another app's checkout", { sourceName: "mobile_app" }, null],
    ["local delivery by the shop", { methodType: "LOCAL" }, null],
    ["one without a fulfilment order yet", { methodType: null }, null],
    ["a test order", { test: true }, "test"],
    ["a sale over the counter", { sourceName: "pos" }, "point_of_sale"],
    ["a draft the merchant typed in", { sourceName: "shopify_draft_order" }, "draft"],
    ["a renewal of a subscription", { sourceName: "subscription_contract_checkout_one" }, "renewal"],
    ["a company's order", { company: true }, "company"],
    ["nothing to ship", { requiresShipping: false, methodType: "NONE" }, "digital"],
    ["picked up in the shop", { methodType: "PICK_UP" }, "pickup"],
    ["sent to a pickup point", { methodType: "PICKUP_POINT" }, "pickup"],
    ["called off by the shopper before it was sent", { cancelledAt: 1, cancelReason: "CUSTOMER" }, "cancelled_by_shopper"],
    ["called off as fraud before it was sent", { cancelledAt: 1, cancelReason: "FRAUD" }, "cancelled_by_shopper"],
    ["called off because nothing was left", { cancelledAt: 1, cancelReason: "INVENTORY" }, null],
    ["called off by the shop without a reason", { cancelledAt: 1, cancelReason: null }, null],
    ["called off by the shopper when it was under way", { cancelledAt: 1, cancelReason: "CUSTOMER", shipments: [parcel] }, null],
    [
      "called off by the shopper, its parcel too",
      { cancelledAt: 1, cancelReason: "CUSTOMER", shipments: [{ ...parcel, cancelledAt: 1 }] },
      "cancelled_by_shopper",
    ],
  ])("%s", (_case, difference, leftOut) => {
    expect(population({ ...online, ...difference })).toBe(leftOut);
  });
});
