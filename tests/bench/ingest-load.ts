import { createHmac, randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { connect } from "node:net";

/** What the sender of webhooks is told; it runs in a process of its own so that it measures the server and not itself. */
export interface LoadOrder {
  port: number;
  seconds: number;
  concurrency: number;
  /** Deliveries a second to aim at; as many as are answered when null. */
  perSecond: number | null;
  secret: string;
  domains: string[];
  /** Share of deliveries that are sent a second time. */
  duplicates: number;
  /** Deliveries made and signed before the clock runs, so that making them takes nothing from the server. */
  prepared: number;
  /** Orders of different runs have different ids. */
  run: number;
  /** File for what was acknowledged: one line a delivery. */
  ledger: string | null;
}

export interface LoadResult {
  acknowledged: number;
  refused: number;
  seconds: number;
  p50Ms: number;
  p99Ms: number;
}

/** Share of deliveries about an order already told of. */
const UPDATES = 0.4;

const PLACED_AT = Date.UTC(2026, 10, 1);
const MINUTE = 60_000;
/** Time to let the answers under way come in after the last delivery was sent. */
const LAST_ANSWERS_MS = 15_000;

interface Delivery {
  bytes: Buffer;
  /** Of the ledger: shop, order, version as its updated_at, webhook id. */
  line: string;
}

/** Sends signed orders/create and orders/updated deliveries of several shops over kept-alive connections. */
async function send(order: LoadOrder): Promise<LoadResult> {
  const make = deliveries(order);
  const prepared = Array.from({ length: order.prepared }, make).reverse();
  const next = () => prepared.pop() ?? make();
  const ledger: string[] = [];
  const latencies: number[] = [];
  let refused = 0;
  const startedAt = performance.now();
  const endsAt = startedAt + order.seconds * 1000;
  let lastAnswer = startedAt;
  let sent = 0;
  let open = order.concurrency;

  await new Promise<void>((settle) => {
    const impatience = setTimeout(settle, order.seconds * 1000 + LAST_ANSWERS_MS);
    const closed = () => {
      if (--open > 0) return;
      clearTimeout(impatience);
      settle();
    };
    for (let index = 0; index < order.concurrency; index++) {
      const socket = connect({ port: order.port, host: "127.0.0.1", noDelay: true });
      let delivery: Delivery | null = null;
      let sentAt = 0;
      let heard = "";
      const begin = () => {
        const now = performance.now();
        if (now >= endsAt) return void socket.end();
        if (order.perSecond !== null) {
          const dueAt = startedAt + (sent / order.perSecond) * 1000;
          if (dueAt > now) return void setTimeout(begin, Math.min(dueAt - now, endsAt - now));
        }
        sent++;
        delivery = next();
        sentAt = performance.now();
        socket.write(delivery.bytes);
      };
      socket.once("connect", begin);
      socket.on("data", (chunk) => {
        heard += chunk.toString("latin1");
        const status = statusOf(heard);
        if (status === null) return;
        heard = "";
        lastAnswer = performance.now();
        latencies.push(lastAnswer - sentAt);
        if (status >= 200 && status < 300) ledger.push(delivery!.line);
        else refused++;
        begin();
      });
      socket.once("error", () => undefined);
      socket.once("close", closed);
    }
  });

  if (order.ledger) writeFileSync(order.ledger, ledger.map((line) => `${line}\n`).join(""));
  latencies.sort((a, b) => a - b);
  const quantile = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
  return {
    acknowledged: ledger.length,
    refused,
    seconds: (lastAnswer - startedAt) / 1000,
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
  };
}

/** The status of an answer once it has come whole. */
function statusOf(heard: string): number | null {
  const head = heard.indexOf("\r\n\r\n");
  if (head === -1) return null;
  const length = /\r\ncontent-length: *(\d+)/i.exec(heard.slice(0, head));
  const whole = length ? heard.length >= head + 4 + Number(length[1]) : heard.endsWith("0\r\n\r\n");
  return whole ? Number(heard.slice(9, 12)) : null;
}

/** Deliveries one after the other, some about an order told of before, some sent a second time. */
function deliveries({ secret, domains, run, duplicates }: LoadOrder): () => Delivery {
  const versions: number[] = [];
  let repeat: Delivery | null = null;
  return () => {
    if (repeat) {
      const again = repeat;
      repeat = null;
      return again;
    }
    const isUpdate = versions.length > 0 && Math.random() < UPDATES;
    const index = isUpdate ? Math.floor(Math.random() * versions.length) : versions.length;
    versions[index] = isUpdate ? versions[index]! + 1 : 0;
    const id = 5_000_000_000_000 + run * 10_000_000 + index;
    const shop = index % domains.length;
    const updatedAt = PLACED_AT + (index % 20_000) * MINUTE + versions[index]! * MINUTE;
    const body = Buffer.from(orderBody(id, index, updatedAt, isUpdate));
    const webhookId = randomUUID();
    const head = [
      "POST /webhooks HTTP/1.1",
      "Host: ease.example",
      "User-Agent: Shopify-Captain-Hook",
      "Content-Type: application/json",
      `Content-Length: ${body.length}`,
      `X-Shopify-Topic: ${isUpdate ? "orders/updated" : "orders/create"}`,
      `X-Shopify-Hmac-Sha256: ${createHmac("sha256", secret).update(body).digest("base64")}`,
      `X-Shopify-Shop-Domain: ${domains[shop]}`,
      "X-Shopify-API-Version: 2026-07",
      `X-Shopify-Webhook-Id: ${webhookId}`,
      `X-Shopify-Event-Id: ${randomUUID()}`,
      `X-Shopify-Triggered-At: ${new Date().toISOString()}`,
      "Accept: */*",
      "\r\n",
    ].join("\r\n");
    const bytes = Buffer.concat([Buffer.from(head), body]);
    const delivery = { bytes, line: `${domains[shop]}\t${id}\t${new Date(updatedAt).toISOString()}\t${webhookId}` };
    if (Math.random() < duplicates) repeat = delivery;
    return delivery;
  };
}

/** An order as Shopify sends it with the fields shopify.app.toml asks for. */
function orderBody(id: number, index: number, updatedAt: number, sentOff: boolean): string {
  const placedAt = new Date(PLACED_AT + (index % 20_000) * MINUTE).toISOString();
  const at = new Date(updatedAt).toISOString();
  const gid = (type: string, one: number) => `gid://shopify/${type}/${one}`;
  const lines = [
    { quantity: 1 + (index % 3), current_quantity: 1 + (index % 3), requires_shipping: true, vendor: "Northwind" },
    { quantity: 1, current_quantity: 1, requires_shipping: true, vendor: "Fjord & Fell" },
  ].slice(0, 1 + (index % 2));
  const cents = (amount: number) => ({ shop_money: { amount: (amount / 100).toFixed(2) } });
  return JSON.stringify({
    id,
    admin_graphql_api_id: gid("Order", id),
    name: `#${1001 + index}`,
    created_at: placedAt,
    processed_at: placedAt,
    updated_at: at,
    cancelled_at: null,
    cancel_reason: null,
    test: false,
    source_name: "web",
    checkout_token: `c1-${id.toString(16)}${id.toString(36)}`,
    currency: "EUR",
    presentment_currency: "EUR",
    subtotal_price_set: cents(2_000 + (index % 9_000)),
    total_price_set: cents(2_490 + (index % 9_000)),
    total_shipping_price_set: cents(490),
    customer: { id: 7_000_000_000_000 + (index % 50_000) },
    company: null,
    shipping_address: { country_code: ["DE", "AT", "FR", "NL"][index % 4], province_code: null },
    shipping_lines: [{ title: index % 5 === 0 ? "Express" : "Standard", is_removed: false }],
    line_items: lines,
    fulfillments: sentOff
      ? [
          {
            id: id + 1_000_000_000_000,
            admin_graphql_api_id: gid("Fulfillment", id + 1_000_000_000_000),
            created_at: at,
            updated_at: at,
            status: "success",
            tracking_company: ["DHL", "GLS", "UPS"][index % 3],
            line_items: lines.map(({ quantity }) => ({ quantity, requires_shipping: true })),
          },
        ]
      : [],
    refunds: [],
  });
}

process.once("message", (order: LoadOrder) => {
  void send(order).then((result) => process.send!(result, () => process.exit(0)));
});

