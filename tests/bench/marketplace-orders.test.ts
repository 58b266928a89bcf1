import { describe, expect, it } from "vitest";

import { knownBefore, type MarketplaceOrder, receivedWhenAsked, stateWhenAsked } from "./marketplace-orders";

const DAY = 86_400_000;
const PURCHASED = Date.UTC(2018, 0, 1, 12);
const ASKED = Date.UTC(2018, 0, 20);

function bought(changes: Partial<MarketplaceOrder> = {}): MarketplaceOrder {
  return {
    orderId: "a",
    purchasedAt: PURCHASED,
    handedToCarrierAt: PURCHASED + 2 * DAY,
    deliveredAt: PURCHASED + 8 * DAY,
    promisedAt: PURCHASED + 15 * DAY,
    items: 1,
    sellers: 1,
    itemsValue: 50,
    freightValue: 10.5,
    customerState: "SP",
    stars: 5,
    askedAt: ASKED,
    ...changes,
  };
}

describe("what was known when the shopper was asked", () => {
  it("counts an arrival on the same calendar day, and none on the next", () => {
    const evening = bought({ deliveredAt: ASKED + DAY - 1 });
    expect(receivedWhenAsked(evening, ASKED)).toBe(true);
    expect(stateWhenAsked(evening, ASKED)).toMatchObject({
      asOf: ASKED + DAY - 1,
      state: { shipments: [{ deliveredAt: ASKED + DAY - 1 }] },
    });
    expect(receivedWhenAsked(bought({ deliveredAt: ASKED + DAY }), ASKED)).toBe(false);
  });

  it("is the same whatever came later, and whatever was answered", () => {
    const known = stateWhenAsked(bought({ handedToCarrierAt: null, deliveredAt: null }), ASKED);
    const later = bought({ handedToCarrierAt: ASKED + 1, deliveredAt: ASKED + 5 * DAY, stars: 1 });
    expect(stateWhenAsked(later, ASKED)).toEqual(known);
    expect(known.state.shipments).toEqual([]);
  });

  it("has a parcel for every vendor", () => {
    expect(stateWhenAsked(bought({ sellers: 2 }), ASKED).state.shipments).toHaveLength(2);
  });
});

describe("what was known of deliveries in general", () => {
  it("leaves out what arrived later", () => {
    const orders = [bought(), bought({ deliveredAt: PURCHASED + 100 * DAY }), bought({ deliveredAt: null })];
    const known = knownBefore(orders, PURCHASED + 90 * DAY);
    expect(known.deliveries.map(({ days }) => days)).toEqual([8]);
    expect(known.habits).toMatchObject([{ parcels: 3, deliveryReported: 1 }]);
  });
});
