import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { parse } from "csv-parse";
import type {
  StoreFulfillment, StoreFulfillmentOrder, StoreLineItem, StoreOrder, StoreScan, StoreShop,
} from "../model";
import { DAY, instantOf, wallTime } from "../simulator/local-time";

const TIME_ZONE = "America/Sao_Paulo";
const WEEK = 7 * DAY;

/**
 * The data says that an order was cancelled, or that its goods were not to be had, and never when. It is taken to be
 * two days after the last step that has a time, which is later than everything known to have happened before.
 */
const CANCELLED_AFTER_LAST_STEP = 2 * DAY;

/** The data names no carrier and no shipping method; one name each stands for all. */
const CARRIER = "Marketplace carrier";
const METHOD = "Marketplace delivery";

const COLUMNS = [
  "order_id", "customer_id", "status", "purchased_at", "approved_at", "handed_to_carrier_at", "delivered_at",
  "promised_at", "items", "vendor", "category", "items_value", "freight_value", "customer_state", "vendor_state",
  "payment_value",
] as const;

type Row = Record<(typeof COLUMNS)[number], string>;

/**
 * Reads the real marketplace orders in `dir`/orders.csv.gz as the orders of one shop. Their dates are moved by a whole
 * number of weeks (`shiftWeeks`), so that the last purchase lies within the week before `until` (epoch ms) and weekdays
 * and hours stay what they were. What zone the file's times are in is not stated; they show the daily rhythm of Brazil,
 * so they are taken for wall times of São Paulo, moved as such and read as that zone's instants. Throws where the file
 * is missing, a column is missing, or a row cannot be read, naming which.
 */
export async function readOlist(
  dir: string,
  { until }: { until: number },
): Promise<{ shop: StoreShop; shiftWeeks: number }> {
  const rows = await readRows(join(dir, "orders.csv.gz"));
  const purchases = rows.map((row, index) => required(row.purchased_at, "purchased_at", index));
  const last = purchases.reduce((latest, at) => Math.max(latest, at), -Infinity);
  const shiftWeeks = rows.length === 0 ? 0 : Math.floor((wallTime(TIME_ZONE, until) - last) / WEEK);
  const ids = new Map<number, string>();
  const orders = rows.map((row, index) => {
    const id = numericId(row.order_id);
    const known = ids.get(id);
    if (known !== undefined) throw new Error(`Orders ${known} and ${row.order_id} come to the same id.`);
    ids.set(id, row.order_id);
    return readOrder(row, index, id, shiftWeeks * WEEK);
  });
  orders.sort((a, b) => a.placedAt - b.placedAt || a.id - b.id);
  orders.forEach((order, index) => {
    order.name = `#${1001 + index}`;
  });
  return { shop: { ...SHOP, grantableScopes: [...SHOP.grantableScopes], orders }, shiftWeeks };
}

const SHOP = {
  domain: "olist.myshopify.com",
  id: 68_120_347_003,
  name: "Olist marketplace",
  currency: "BRL",
  timeZone: TIME_ZONE,
  grantableScopes: [
    "read_orders", "read_all_orders", "read_customers", "read_fulfillments", "read_returns",
    "read_assigned_fulfillment_orders", "read_merchant_managed_fulfillment_orders",
    "read_third_party_fulfillment_orders", "write_app_proxy",
  ],
};

async function readRows(file: string): Promise<Row[]> {
  if (!existsSync(file)) throw new Error(`There is no ${file}.`);
  const rows: Row[] = [];
  await pipeline(
    createReadStream(file),
    createGunzip(),
    parse({ columns: (header: string[]) => checkHeader(header, file), skip_empty_lines: true }),
    async (parsed: AsyncIterable<Row>) => {
      for await (const row of parsed) rows.push(row);
    },
  );
  return rows;
}

/** Keeps the columns read here and drops the rest: false is the parser's word for a column to leave out. */
function checkHeader(header: string[], file: string): (string | false)[] {
  const missing = COLUMNS.filter((column) => !header.includes(column));
  if (missing.length > 0) throw new Error(`${file} lacks the column ${missing.join(", ")}.`);
  return header.map((name) => ((COLUMNS as readonly string[]).includes(name) ? name : false));
}

function readOrder(row: Row, index: number, id: number, shift: number): StoreOrder {
  const instant = (column: "approved_at" | "handed_to_carrier_at" | "delivered_at") => {
    const wall = readWall(row[column], column, index);
    return wall === null ? null : instantOf(TIME_ZONE, wall + shift);
  };
  const placedAt = instantOf(TIME_ZONE, required(row.purchased_at, "purchased_at", index) + shift);
  const approvedAt = instant("approved_at");
  const handedOverAt = instant("handed_to_carrier_at");
  const deliveredAt = instant("delivered_at");
  const calledOff = row.status === "canceled" || row.status === "unavailable";
  const lastStep = Math.max(placedAt, approvedAt ?? 0, handedOverAt ?? 0, deliveredAt ?? 0);
  const cancelledAt = calledOff ? lastStep + CANCELLED_AFTER_LAST_STEP : null;
  const lineItems = readLines(row, index, id);
  const fulfillmentOrder: StoreFulfillmentOrder = {
    id: id + 1,
    createdAt: placedAt,
    location: row.vendor_state === "" ? "Sellers" : `Sellers in ${row.vendor_state}`,
    methodType: "SHIPPING",
    presentedName: METHOD,
    minDeliveryAt: null,
    maxDeliveryAt: endOfPromisedDay(row, index, shift),
    // Between purchase and approval the order waits for its payment (a boleto is paid days later). What was sent with
    // no approval on record waited until then.
    holds: approvedAt !== null && approvedAt <= placedAt ? [] : [
      { id: id + 2, reason: "AWAITING_PAYMENT", from: placedAt, until: approvedAt ?? handedOverAt ?? cancelledAt },
    ],
  };
  return {
    id,
    name: "",
    placedAt,
    sourceName: "web",
    test: false,
    company: false,
    cancelledAt,
    // Why an order was cancelled is not in the data; that it was unavailable is.
    cancelReason: row.status === "unavailable" ? "INVENTORY" : calledOff ? "OTHER" : null,
    customerId: numericId(row.customer_id),
    checkoutToken: null,
    presentmentCurrency: "BRL",
    presentmentRate: 1,
    shippingPrice: minorUnits(row, "freight_value", index),
    shippingTitle: METHOD,
    country: "BR",
    province: row.customer_state === "" ? null : row.customer_state,
    lineItems,
    fulfillmentOrders: [fulfillmentOrder],
    fulfillments: readParcel(id, lineItems, handedOverAt, deliveredAt),
    refunds: [],
    returns: [],
  };
}

/**
 * The promise is a date (always at 00:00): the shopper was told a day, and a parcel that comes on it is in time. So it
 * runs to that day's last second.
 */
function endOfPromisedDay(row: Row, index: number, shift: number): number | null {
  const wall = readWall(row.promised_at, "promised_at", index);
  if (wall === null) return null;
  const isDate = wall % DAY === 0;
  return isDate ? instantOf(TIME_ZONE, wall + shift + DAY) - 1000 : instantOf(TIME_ZONE, wall + shift);
}

/** The order's one parcel: the data knows when the carrier took it and when it was delivered, and nothing between. */
function readParcel(
  id: number,
  lines: readonly StoreLineItem[],
  handedOverAt: number | null,
  deliveredAt: number | null,
): StoreFulfillment[] {
  const createdAt = Math.min(handedOverAt ?? Infinity, deliveredAt ?? Infinity);
  if (createdAt === Infinity) return [];
  const scans: StoreScan[] = [];
  // A few rows are delivered before they were handed over: the shopper's side is believed, the hand-over left out.
  if (handedOverAt !== null && handedOverAt === createdAt) {
    scans.push({ id: id + 4, status: "CARRIER_PICKED_UP", happenedAt: handedOverAt });
  }
  if (deliveredAt !== null) scans.push({ id: id + 5, status: "DELIVERED", happenedAt: deliveredAt });
  return [{
    id: id + 3,
    fulfillmentOrderId: id + 1,
    createdAt,
    cancelledAt: null,
    carrier: CARRIER,
    quantity: lines.reduce((sum, line) => sum + line.quantity, 0),
    scans,
    arrivedAt: deliveredAt,
  }];
}

/**
 * The file has the number of items and their price in sum. Each costs the average, and the centavos that do not divide
 * make a second line of items one centavo dearer, so that the sum is the file's. Orders whose items are not listed get
 * one item for what was paid, its vendor "".
 */
function readLines(row: Row, index: number, id: number): StoreLineItem[] {
  const count = readNumber(row, "items", index);
  const sum = minorUnits(row, count > 0 ? "items_value" : "payment_value", index);
  const units = Math.max(1, count);
  const price = Math.floor(sum / units);
  const dearer = sum - price * units;
  const category = row.category.replaceAll("_", " ");
  const line = (offset: number, quantity: number, unitPrice: number): StoreLineItem => ({
    id: id + offset,
    title: category === "" ? "Item not listed" : category,
    vendor: row.vendor,
    productType: category,
    quantity,
    unitPrice,
    requiresShipping: true,
    removed: null,
  });
  const lines = [line(6, units - dearer, price)];
  if (dearer > 0) lines.push(line(7, dearer, price + 1));
  return lines;
}

/** An id from a text: 48 bits of its SHA-256, times 16 to leave room for an order's parts; below 2 ** 52. */
function numericId(text: string): number {
  return createHash("sha256").update(text).digest().readUIntBE(0, 6) * 16;
}

function minorUnits(row: Row, column: "items_value" | "freight_value" | "payment_value", index: number): number {
  return Math.round(readNumber(row, column, index) * 100);
}

/** "" is 0: an order whose items are not listed has neither a price of them nor freight. */
function readNumber(row: Row, column: keyof Row, index: number): number {
  const number = Number(row[column]);
  if (Number.isNaN(number)) throw new Error(`Row ${index + 2} has no readable ${column}: ${row[column]}.`);
  return number;
}

function required(text: string, column: string, index: number): number {
  const wall = readWall(text, column, index);
  if (wall === null) throw new Error(`Row ${index + 2} has no ${column}.`);
  return wall;
}

/** "2017-10-02 10:56:33" as wall time; null where empty. */
function readWall(text: string, column: string, index: number): number | null {
  if (text === "") return null;
  const wall = Date.parse(`${text.replace(" ", "T")}Z`);
  if (Number.isNaN(wall)) throw new Error(`Row ${index + 2} has no readable ${column}: ${text}.`);
  return wall;
}
