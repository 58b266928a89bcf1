import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DAY, wallTime, weekday } from "../simulator/local-time";
import { readOlist } from "./read-olist";

const HEADER = [
  "order_id", "customer_id", "status", "purchased_at", "approved_at", "handed_to_carrier_at", "delivered_at",
  "promised_at", "handover_deadline_at", "items", "sellers", "vendor", "category", "items_value", "freight_value",
  "weight_g", "customer_state", "vendor_state", "distance_km", "payment_types", "installments", "payment_value",
  "stars", "asked_at", "answered_at", "has_comment",
];

/** Invented rows in the file's shape. */
const delivered = {
  order_id: "ab12", customer_id: "c1", status: "delivered", purchased_at: "2018-03-05 10:00:00",
  approved_at: "2018-03-05 10:20:00", handed_to_carrier_at: "2018-03-07 18:00:00", delivered_at: "2018-03-12 15:30:00",
  promised_at: "2018-03-20 00:00:00", items: "3", vendor: "v1", category: "garden_tools", items_value: "100.00",
  freight_value: "12.34", customer_state: "RJ", vendor_state: "SP", payment_value: "112.34", stars: "5",
};
const cancelled = {
  ...delivered, order_id: "ab13", customer_id: "c2", status: "canceled", purchased_at: "2018-03-06 09:00:00",
  approved_at: "", handed_to_carrier_at: "", delivered_at: "",
};
const unavailable = {
  ...cancelled, order_id: "ab14", customer_id: "c1", status: "unavailable", approved_at: "2018-03-06 12:00:00",
  items: "0", vendor: "", category: "", items_value: "", freight_value: "", vendor_state: "", payment_value: "55.10",
};
const backwards = {
  ...delivered, order_id: "ab15", purchased_at: "2018-03-07 23:30:00", delivered_at: "2018-03-07 23:50:00",
  handed_to_carrier_at: "2018-03-08 09:00:00",
};

const until = Date.UTC(2026, 9, 28, 15);
let dir = "";

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "olist-"));
});

afterEach(() => {
  rmSync(dir, { recursive: true });
});

function write(rows: Record<string, string>[], header = HEADER): void {
  const lines = [header.join(","), ...rows.map((row) => header.map((column) => row[column] ?? "").join(","))];
  writeFileSync(join(dir, "orders.csv.gz"), gzipSync(lines.join("\n") + "\n"));
}

async function read(rows: Record<string, string>[]) {
  write(rows);
  const { shop, shiftWeeks } = await readOlist(dir, { until });
  return { shop, shiftWeeks, wall: (instant: number) => wallTime("America/Sao_Paulo", instant) - shiftWeeks * 7 * DAY };
}

describe("the marketplace's orders", () => {
  it("move by whole weeks, the last purchase to the week before now", async () => {
    const { shop, wall } = await read([delivered, cancelled, unavailable, backwards]);
    const last = shop.orders.at(-1)?.placedAt ?? 0;
    expect(last).toBeLessThanOrEqual(until);
    expect(last).toBeGreaterThan(until - 7 * DAY);
    expect(shop.orders.map((order) => order.name)).toEqual(["#1001", "#1002", "#1003", "#1004"]);
    expect(wall(shop.orders[0]?.placedAt ?? 0)).toBe(Date.UTC(2018, 2, 5, 10));
    expect(weekday(wallTime("America/Sao_Paulo", shop.orders[0]?.placedAt ?? 0))).toBe(1);
  });

  it("keep promise, hand-over, delivery, money and place", async () => {
    const { shop, wall } = await read([delivered]);
    const [order] = shop.orders;
    if (!order) throw new Error("No order was read.");
    expect(order).toMatchObject({
      shippingPrice: 1234, country: "BR", province: "RJ", cancelledAt: null, presentmentCurrency: "BRL", refunds: [],
    });
    const [from] = order.fulfillmentOrders;
    expect(wall(from?.maxDeliveryAt ?? 0)).toBe(Date.UTC(2018, 2, 20, 23, 59, 59));
    expect(from?.minDeliveryAt).toBeNull();
    expect(from?.location).toBe("Sellers in SP");
    const [parcel] = order.fulfillments;
    expect(parcel?.scans.map((scan) => [scan.status, wall(scan.happenedAt)])).toEqual([
      ["CARRIER_PICKED_UP", Date.UTC(2018, 2, 7, 18)], ["DELIVERED", Date.UTC(2018, 2, 12, 15, 30)],
    ]);
    expect(parcel?.arrivedAt).toBe(parcel?.scans[1]?.happenedAt);
    expect(order.lineItems.map((line) => [line.quantity, line.unitPrice])).toEqual([[2, 3333], [1, 3334]]);
    expect(order.lineItems[0]).toMatchObject({ vendor: "v1", productType: "garden tools", requiresShipping: true });
  });

  it("are cancelled after the last known step, for want of stock where unavailable", async () => {
    const { shop, wall } = await read([cancelled, unavailable]);
    const first = shop.orders.find((order) => order.cancelReason === "OTHER");
    const second = shop.orders.find((order) => order.cancelReason === "INVENTORY");
    expect(wall(first?.cancelledAt ?? 0)).toBe(Date.UTC(2018, 2, 8, 9));
    expect(wall(second?.cancelledAt ?? 0)).toBe(Date.UTC(2018, 2, 8, 12));
    expect(second?.lineItems).toMatchObject([{ quantity: 1, unitPrice: 5510, vendor: "", title: "Item not listed" }]);
    expect(second?.fulfillments).toEqual([]);
  });

  it("believe the delivery of a parcel that was delivered before it was handed over", async () => {
    const { shop } = await read([backwards]);
    const [parcel] = shop.orders[0]?.fulfillments ?? [];
    expect(parcel?.scans.map((scan) => scan.status)).toEqual(["DELIVERED"]);
    expect(parcel?.createdAt).toBe(parcel?.arrivedAt);
  });

  it("have ids that stay the same and fit a number", async () => {
    const once = await read([delivered, cancelled]);
    const again = await read([cancelled, unavailable, delivered]);
    const ids = (shop: typeof once.shop) => new Set(shop.orders.map((order) => order.id));
    expect([...ids(once.shop)].every((id) => ids(again.shop).has(id) && Number.isSafeInteger(id + 15))).toBe(true);
    const byCustomer = again.shop.orders.map((order) => order.customerId);
    expect(new Set(byCustomer).size).toBe(2);
  });
});

describe("a file that cannot be read", () => {
  it("is named when missing", async () => {
    await expect(readOlist(dir, { until })).rejects.toThrow("There is no");
  });

  it("says which column or which row", async () => {
    write([delivered], HEADER.filter((column) => column !== "promised_at"));
    await expect(readOlist(dir, { until })).rejects.toThrow("lacks the column promised_at");
    await expect(read([delivered, { ...cancelled, purchased_at: "" }])).rejects.toThrow("Row 3 has no purchased_at");
    await expect(read([{ ...delivered, delivered_at: "soon" }])).rejects.toThrow("no readable delivered_at: soon");
    await expect(read([{ ...delivered, items: "few" }])).rejects.toThrow("Row 2 has no readable items: few");
    await expect(read([delivered, delivered])).rejects.toThrow("come to the same id");
  });
});
