import { once } from "node:events";
import { createReadStream, createWriteStream, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { finished } from "node:stream/promises";

import { between, chance, createRandom, pick, type Random, wholeBetween } from "../dev-store/simulator/random";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Lines go to this many parts by lot, and each part is shuffled whole: any line may stand anywhere in its file. */
const PARTS = 64;

const METHODS = [
  { title: "Standard", share: 0.75, cost: "4.90", days: 5 },
  { title: "Express", share: 0.2, cost: "12.90", days: 2 },
  { title: "Economy", share: 0.05, cost: "0.00", days: 8 },
];
const CARRIERS = [
  { name: "DHL", share: 0.5 },
  { name: "DPD", share: 0.25 },
  { name: "GLS", share: 0.15 },
  { name: "UPS", share: 0.1 },
];
const PLACES = [
  ["DE", "BE"], ["DE", "BY"], ["DE", "NW"], ["DE", "HH"], ["DE", "SN"], ["AT", null], ["CH", "ZH"], ["NL", null],
] as const;
const VENDORS = ["Lumen", "Fjell", "Nordlys", "Kiefer", "Talvi", "Marais"];
const RETURN_REASONS = ["wrong-item", "damaged", "size-too-small", "not-as-described", "unwanted"];
const CANCEL_REASONS = ["CUSTOMER", "INVENTORY", "FRAUD"];

/** A shop's history as the files of its two bulk operations. */
export interface BulkHistory {
  orders: string;
  scans: string;
  bytes: number;
  lines: number;
  remove(): void;
}

/**
 * Writes the history of a shop of `count` orders over the year before `until` (epoch ms) as the two files Shopify would
 * prepare, every line at a random place. The same seed writes the same files.
 */
export async function writeBulkHistory(count: number, until: number, seed: number): Promise<BulkHistory> {
  const folder = mkdtempSync(join(tmpdir(), "ease-bulk-"));
  try {
    const orders = openShuffled(join(folder, "orders.jsonl"), `${seed} orders`);
    const scans = openShuffled(join(folder, "scans.jsonl"), `${seed} scans`);
    const random = createRandom(seed);
    for (let index = 0; index < count; index++) {
      const placedAt = until - Math.floor(((count - index) / count) * 365 * DAY);
      tellOrder(index, placedAt, until, random, orders.add, scans.add);
      if (orders.full() || scans.full()) await Promise.all([orders.drained(), scans.drained()]);
    }
    const sizes = [await orders.close(), await scans.close()];
    return {
      orders: join(folder, "orders.jsonl"),
      scans: join(folder, "scans.jsonl"),
      bytes: sizes.reduce((sum, one) => sum + one.bytes, 0),
      lines: sizes.reduce((sum, one) => sum + one.lines, 0),
      remove: () => rmSync(folder, { recursive: true, force: true }),
    };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Serves the files on the loopback interface, as Shopify's storage would. */
export async function serveBulkHistory(
  history: Pick<BulkHistory, "orders" | "scans">,
): Promise<{ files: { orders: string; scans: string }; close(): void }> {
  const server: Server = createServer((request, answer) => {
    const path = request.url === "/orders" ? history.orders : history.scans;
    createReadStream(path, { highWaterMark: 256 * 1024 }).pipe(answer);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { files: { orders: `${origin}/orders`, scans: `${origin}/scans` }, close: () => void server.close() };
}

type Add = (line: string) => void;

/** One order's lines: about 1.3 items, 1.1 parcels of five scans each; some refunds and returns. */
function tellOrder(index: number, placedAt: number, until: number, random: Random, order: Add, scan: Add): void {
  const id = 5_200_000_000_000 + index * 32_768;
  let child = id;
  const gid = (type: string, number: number) => `gid://shopify/${type}/${number}`;
  const at = (time: number) => `${new Date(time).toISOString().slice(0, 19)}Z`;
  const money = (amount: string) => ({ shopMoney: { amount, currencyCode: "EUR" } });
  const method = pick(random, METHODS, (one) => one.share);
  const [country, province] = PLACES[Math.floor(random() * random() * PLACES.length)]!;
  const cancelled = chance(random, 0.02);
  const subtotal = between(random, 15, 180);
  const sent = !cancelled && placedAt < until - DAY;
  const returned = sent && placedAt < until - 20 * DAY && chance(random, 0.04);
  const refunded = returned || cancelled || chance(random, 0.02);
  let last = placedAt;

  const items = chance(random, 0.25) ? (chance(random, 0.2) ? 3 : 2) : 1;
  const itemIds: number[] = [];
  for (let item = 0; item < items; item++) {
    itemIds.push(++child);
    const quantity = chance(random, 0.15) ? 2 : 1;
    order(JSON.stringify({
      id: gid("LineItem", child), quantity, currentQuantity: cancelled ? 0 : quantity, requiresShipping: true,
      vendor: VENDORS[Math.floor(random() * VENDORS.length)], __parentId: gid("Order", id),
    }));
  }
  const fulfillmentOrder = gid("FulfillmentOrder", ++child);
  order(JSON.stringify({
    id: fulfillmentOrder, createdAt: at(placedAt + 5000), status: sent ? "CLOSED" : "OPEN",
    assignedLocation: { name: chance(random, 0.8) ? "Berlin" : "Leipzig" },
    deliveryMethod: {
      methodType: "SHIPPING",
      maxDeliveryDateTime: chance(random, 0.8) ? at(placedAt + method.days * DAY) : null,
      presentedName: method.title,
    },
    fulfillmentHolds: !sent && chance(random, 0.1) ? [{ reason: "INVENTORY_OUT_OF_STOCK" }] : [],
    __parentId: gid("Order", id),
  }));

  const fulfillments: object[] = [];
  scan(JSON.stringify({ id: fulfillmentOrder }));
  const parcels = sent ? (chance(random, 0.1) ? 2 : 1) : 0;
  for (let parcel = 0; parcel < parcels; parcel++) {
    const fulfillment = gid("Fulfillment", ++child);
    const fulfilledAt = placedAt + between(random, 0.2, 1.8) * DAY;
    let time = fulfilledAt;
    let deliveredAt: number | null = null;
    let inTransitAt: number | null = null;
    scan(JSON.stringify({ id: fulfillment, order: { id: gid("Order", id) }, __parentId: fulfillmentOrder }));
    const statuses = ["CARRIER_PICKED_UP", "IN_TRANSIT", "IN_TRANSIT", "OUT_FOR_DELIVERY"];
    if (chance(random, 0.05)) statuses.push("ATTEMPTED_DELIVERY");
    if (chance(random, 0.03)) statuses.splice(2, 0, "DELAYED");
    statuses.push("DELIVERED");
    const pace = (method.days * DAY * between(random, 0.4, 1.3)) / statuses.length;
    for (const status of statuses) {
      time += pace * between(random, 0.5, 1.5);
      if (time > until) break;
      if (status === "IN_TRANSIT") inTransitAt ??= time;
      if (status === "DELIVERED") deliveredAt = time;
      last = Math.max(last, time);
      scan(JSON.stringify({
        id: gid("FulfillmentEvent", ++child), status, happenedAt: at(time), __parentId: fulfillment,
      }));
    }
    fulfillments.push({
      id: fulfillment, createdAt: at(fulfilledAt), status: "SUCCESS",
      displayStatus: deliveredAt ? "DELIVERED" : "IN_TRANSIT", inTransitAt: inTransitAt ? at(inTransitAt) : null,
      estimatedDeliveryAt: null, deliveredAt: deliveredAt ? at(deliveredAt) : null, totalQuantity: 1,
      requiresShipping: true,
      trackingInfo: [{ company: pick(random, CARRIERS, (one) => one.share).name }],
    });
  }
  if (returned) {
    const back = gid("Return", ++child);
    const createdAt = last + between(random, 1, 9) * DAY;
    order(JSON.stringify({
      id: back, createdAt: at(createdAt), closedAt: null, status: "CLOSED", __parentId: gid("Order", id),
    }));
    order(JSON.stringify({
      id: gid("ReturnLineItem", ++child), quantity: 1,
      returnReasonDefinition: { handle: RETURN_REASONS[Math.floor(random() * RETURN_REASONS.length)] },
      __parentId: back,
    }));
    last = createdAt;
  }
  const refunds: object[] = [];
  if (refunded) {
    last += between(random, 0.2, 6) * DAY;
    refunds.push({
      id: gid("Refund", ++child), processedAt: at(Math.min(last, until)), totalRefundedSet: money(subtotal.toFixed(2)),
    });
  }
  order(JSON.stringify({
    id: gid("Order", id), name: `#${1001 + index}`, createdAt: at(placedAt), processedAt: at(placedAt),
    updatedAt: at(Math.min(Math.max(last, placedAt), until)), cancelledAt: cancelled ? at(placedAt + 8 * HOUR) : null,
    cancelReason: cancelled ? CANCEL_REASONS[Math.floor(random() * CANCEL_REASONS.length)] : null,
    test: chance(random, 0.001), sourceName: chance(random, 0.03) ? "pos" : "web", requiresShipping: true,
    checkoutToken: randomHex(random, 32), presentmentCurrencyCode: "EUR",
    subtotalPriceSet: money(subtotal.toFixed(2)),
    totalPriceSet: money((subtotal + Number(method.cost)).toFixed(2)), totalShippingPriceSet: money(method.cost),
    customer: { id: gid("Customer", 7_100_000_000_000 + wholeBetween(random, 0, index) * 64) },
    purchasingEntity: { __typename: "Customer" },
    shippingAddress: { countryCodeV2: country, provinceCode: province },
    shippingLine: { title: method.title, source: "shopify" }, fulfillments, refunds,
  }));
}

function randomHex(random: Random, length: number): string {
  let text = "";
  while (text.length < length) text += Math.floor(random() * 0x1_0000_0000).toString(16).padStart(8, "0");
  return text;
}

/** A file whose lines end up in random order, without ever holding more than a part of it in memory. */
function openShuffled(path: string, seed: string) {
  const random = createRandom(seed);
  const parts = Array.from({ length: PARTS }, (_, part) => ({ path: `${path}.${part}`, chunk: "" }));
  const streams = parts.map((part) => createWriteStream(part.path));
  let lines = 0;
  return {
    add(line: string) {
      const index = Math.floor(random() * PARTS);
      const part = parts[index]!;
      part.chunk += `${line}\n`;
      lines++;
      if (part.chunk.length < 64 * 1024) return;
      streams[index]!.write(part.chunk);
      part.chunk = "";
    },
    full: () => streams.some((stream) => stream.writableNeedDrain),
    async drained() {
      for (const stream of streams) if (stream.writableNeedDrain) await once(stream, "drain");
    },
    async close(): Promise<{ bytes: number; lines: number }> {
      for (const [index, stream] of streams.entries()) {
        stream.end(parts[index]!.chunk);
        await finished(stream);
      }
      const whole = createWriteStream(path);
      let bytes = 0;
      for (const part of parts) {
        const some = readFileSync(part.path, "utf8").trimEnd().split("\n");
        for (let index = some.length - 1; index > 0; index--) {
          const other = Math.floor(random() * (index + 1));
          [some[index], some[other]] = [some[other]!, some[index]!];
        }
        const text = some[0] === "" ? "" : `${some.join("\n")}\n`;
        bytes += Buffer.byteLength(text);
        if (!whole.write(text)) await once(whole, "drain");
        rmSync(part.path);
      }
      whole.end();
      await finished(whole);
      return { bytes, lines };
    },
  };
}
