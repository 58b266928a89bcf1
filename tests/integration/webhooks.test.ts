import { randomUUID } from "node:crypto";
import { type IncomingHttpHeaders, request as httpRequest } from "node:http";
import { describe, expect, it, vi } from "vitest";
import { env } from "~/env.server";
import { ALLOW_LIST_VERSION } from "~/ingest/topics";
import { handlers } from "~/jobs/handlers/handlers.server";
import { signWebhook } from "../dev-store/webhooks";
import { answerTokenRequest } from "../dev-store/tokens";
import { DAY, HOUR, storeOrder, storeShop } from "../factories/store-order";
import { everythingOf, everythingStored, iso, passTime, rows, storeWithEase, tablesOfShops } from "./store-with-ease";

const ease = storeWithEase(() => []);
let shops = 0;

async function installed(customerId?: number) {
  const id = ++shops;
  const orders = [
    storeOrder({ id: 1001, customerId: customerId ?? 41 }),
    storeOrder({ id: 1002, customerId: customerId ?? 41 }),
    storeOrder({ id: 1003, customerId: 42 }),
  ];
  const shop = storeShop({ id, domain: `shop-${id}.myshopify.com`, orders });
  ease.addShop(shop);
  const visit = await ease.visit(shop.domain);
  await ease.runQueue();
  return visit.shop;
}

interface Sent {
  domain: string;
  topic: string;
  body?: string;
  method?: string;
  headers?: Record<string, string | null>;
}

/** Sends a webhook over HTTP as Shopify signs it, with headers replaced or, by null, left out. */
function send({ domain, topic, body = "{}", method = "POST", headers = {} }: Sent): Promise<Answer> {
  const all: Record<string, string | null> = {
    "Content-Type": "application/json",
    "Content-Length": String(Buffer.byteLength(body)),
    "X-Shopify-Topic": topic,
    "X-Shopify-Hmac-Sha256": signWebhook(body, env.SHOPIFY_API_SECRET),
    "X-Shopify-Shop-Domain": domain,
    "X-Shopify-Webhook-Id": randomUUID(),
    "X-Shopify-Triggered-At": new Date().toISOString(),
    ...headers,
  };
  const kept = Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null));
  return new Promise((settle, fail) => {
    const request = httpRequest(`${ease.store.app.url}/webhooks`, { method, headers: kept }, (response) => {
      response.resume();
      settle({ status: response.statusCode!, headers: response.headers });
    });
    request.once("error", fail);
    request.end(body);
  });
}

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
}

const inbox = (shopId: number, topic: string) =>
  rows("select * from inbox_delivery where shop_id = $1 and topic = $2", [shopId, topic]);

describe("a webhook that is not as Shopify sends it", () => {
  const topic = "app/uninstalled";
  const largest = 5_000_000;
  it.each<[string, number, Partial<Sent>]>([
    ["without a signature", 401, { headers: { "X-Shopify-Hmac-Sha256": null } }],
    ["with an empty signature", 401, { headers: { "X-Shopify-Hmac-Sha256": "" } }],
    ["with a wrong signature", 401, { headers: { "X-Shopify-Hmac-Sha256": signWebhook("{}", "another secret") } }],
    [
      "with the signature of another body",
      401,
      { headers: { "X-Shopify-Hmac-Sha256": signWebhook("{ }", "test-api-secret") } },
    ],
    [
      "with half a signature",
      401,
      { headers: { "X-Shopify-Hmac-Sha256": signWebhook("{}", "test-api-secret").slice(0, 20) } },
    ],
    ["without a shop", 400, { headers: { "X-Shopify-Shop-Domain": null } }],
    ["without a topic", 400, { headers: { "X-Shopify-Topic": null } }],
    ["without an id", 400, { headers: { "X-Shopify-Webhook-Id": null } }],
    ["by another method", 405, { method: "PUT" }],
    ["larger than it says any is", 413, { headers: { "Content-Length": String(largest + 1) } }],
    ["from a shop that never installed Ease", 200, { domain: "nobody.myshopify.com" }],
    ["of a topic Ease does not take", 200, { topic: "themes/update" }],
    ["named like a property of every object", 200, { topic: "constructor" }],
    ["with an id no index could hold", 400, { headers: { "X-Shopify-Webhook-Id": "1".repeat(3000) } }],
  ])("%s is answered %i and leaves nothing behind", async (_, status, sent) => {
    const shop = await installed();
    const before = await everythingStored();
    expect((await send({ domain: shop.domain, topic, ...sent })).status).toBe(status);
    await ease.runQueue();
    expect(await everythingStored()).toBe(before);
  });

  it.each([
    ["is not JSON", "shop/redact", '{"id": 1, "secret": "one@example.com"', "not JSON"],
    ["is not what the topic says", "app/scopes_update", '{"current":"one@example.com"}', "current: invalid_type"],
    // PostgreSQL has no text with a NUL in it.
    ["holds what no database column can", "app/scopes_update", '{"current":["\\u0000"]}', "not storable: SQLSTATE 22P05"],
  ])("whose body %s is kept by its headers and the reason alone", async (_, topic, body, reason) => {
    const shop = await installed();
    const webhookId = randomUUID();
    const sent = { domain: shop.domain, topic, body, headers: { "X-Shopify-Webhook-Id": webhookId } };
    expect((await send(sent)).status).toBe(200);
    expect((await send(sent)).status).toBe(200);
    await ease.runQueue();
    expect(await inbox(shop.id, topic)).toMatchObject([
      { webhook_id: webhookId, payload: null, unreadable: reason, recorded_at: iso(Date.now()) },
    ]);
    expect(await everythingStored()).not.toContain("one@example.com");
  });

  it("is not read at all when it is a visit", async () => {
    const { status, headers } = await send({ domain: "nobody.myshopify.com", topic, method: "GET" });
    expect([status, headers.allow]).toEqual([405, "POST"]);
  });
});

describe("a webhook as Shopify sends it", () => {
  it("is stored with the fields Ease keeps and no other, and recorded once", async () => {
    const shop = await installed();
    const outcomes = await ease.store.sendWebhook(
      shop.domain,
      "app/scopes_update",
      { id: 1, previous: [], current: ["read_orders"], updated_at: "2026-06-11", email: "somebody@example.com" },
      { duplicate: true }
    );
    expect(outcomes).toMatchObject([
      { kind: "delivered", status: 200, attempts: 1 },
      { kind: "delivered", status: 200, attempts: 1 },
    ]);
    await ease.runDueJobs();
    expect(await inbox(shop.id, "app/scopes_update")).toEqual([
      {
        shop_id: shop.id,
        webhook_id: outcomes[0]!.webhookId,
        topic: "app/scopes_update",
        event_id: expect.any(String) as string,
        triggered_at: iso(Date.now()),
        received_at: iso(Date.now()),
        recorded_at: iso(Date.now()),
        allow_list: ALLOW_LIST_VERSION,
        unreadable: null,
        payload: { current: ["read_orders"] },
      },
    ]);
    expect(await rows("select scopes from shop where id = $1", [shop.id])).toEqual([{ scopes: ["read_orders"] }]);
  });

  it("that was tampered with on the way is refused, and Shopify is told", async () => {
    const shop = await installed();
    const outcomes = await ease.store.sendWebhook(shop.domain, "shop/redact", {}, { tamper: true, retries: 0 });
    expect(outcomes).toMatchObject([{ kind: "refused", status: 401 }]);
    expect(await inbox(shop.id, "shop/redact")).toEqual([]);
  });

  it("counts by when it was sent, not by when it came", async () => {
    const shop = await installed();
    const change = (current: string[], at: number) =>
      send({
        domain: shop.domain,
        topic: "app/scopes_update",
        body: JSON.stringify({ current }),
        headers: { "X-Shopify-Triggered-At": iso(at) },
      });
    await change(["read_orders", "read_returns"], Date.now() + HOUR);
    await change(["read_orders"], Date.now());
    await ease.runDueJobs();
    expect(await rows("select scopes from shop where id = $1", [shop.id])).toEqual([
      { scopes: ["read_orders", "read_returns"] },
    ]);
  });

  it("about a finished bulk operation takes the import further, before anybody looks again", async () => {
    const shop = storeShop({ id: ++shops, domain: `shop-${shops}.myshopify.com`, orders: [storeOrder()] });
    ease.addShop(shop);
    const { id } = await ease.startImport(shop.domain);
    expect(await inbox(id, "bulk_operations/finish")).toHaveLength(2);
    // The next look of our own is a second away and not due.
    await ease.runDueJobs();
    expect(await rows("select state, orders_recorded from backfill where shop_id = $1", [id])).toEqual([
      { state: "done", orders_recorded: 1 },
    ]);
  });
});

it("an order told of while the job that records runs, or by a clock ahead of ours, is in the facts", async () => {
  const shop = await installed();
  const at = Date.now();
  const order = {
    id: 9001,
    name: "#9001",
    created_at: iso(at),
    updated_at: iso(at),
    test: false,
    currency: "EUR",
    total_price_set: { shop_money: { amount: "10.00" } },
  };
  const triggered = { "X-Shopify-Triggered-At": iso(at + 30_000) };
  await send({ domain: shop.domain, topic: "orders/create", body: JSON.stringify(order), headers: triggered });
  await handlers["record-inbox"]({ shopId: shop.id }, at - 30_000);
  expect(await rows("select name from order_fact where shop_id = $1 and order_id = 9001", [shop.id])).toEqual([
    { name: "#9001" },
  ]);
});

describe("app/uninstalled", () => {
  it("closes the shop and deletes its tokens; nothing more is asked of Shopify", async () => {
    const shop = await installed();
    const other = await installed();
    await ease.store.uninstall(shop.domain);
    await ease.runQueue();
    expect(await rows("select uninstalled_at from shop where id = $1", [shop.id])).toEqual([
      { uninstalled_at: iso(Date.now()) },
    ]);
    expect(await rows("select id from session where shop = $1", [shop.domain])).toEqual([]);
    expect(await rows("select id from session where shop = $1", [other.domain])).toHaveLength(1);
    expect(await rows("select uninstalled_at from shop where id = $1", [other.id])).toEqual([{ uninstalled_at: null }]);

    const before = await everythingOf(shop.id);
    await handlers["renew-scores"]({ shopId: shop.id, orders: "all" }, Date.now() + DAY);
    await handlers["advance-backfill"]({ shopId: shop.id }, Date.now());
    expect(await everythingOf(shop.id)).toEqual(before);
  });

  it("of an installation that is over is not about the present one", async () => {
    const shop = await installed();
    const sent = await send({
      domain: shop.domain,
      topic: "app/uninstalled",
      headers: { "X-Shopify-Triggered-At": iso(shop.installedAt.getTime() - 1000) },
    });
    expect(sent.status).toBe(200);
    await ease.runQueue();
    expect(await inbox(shop.id, "app/uninstalled")).toMatchObject([{ recorded_at: iso(Date.now()) }]);
    expect(await rows("select uninstalled_at from shop where id = $1", [shop.id])).toEqual([{ uninstalled_at: null }]);
    expect(await rows("select id from session where shop = $1", [shop.domain])).toHaveLength(1);
  });
});

describe("shop/redact", () => {
  it("leaves no row of the shop in any table, and every row of the others", async () => {
    const shop = await installed();
    const other = await installed();
    const others = await everythingOf(other.id);
    await ease.store.uninstall(shop.domain);
    await ease.runQueue();
    passTime(2 * DAY);
    expect(await ease.store.sendWebhook(shop.domain, "shop/redact", { shop_id: 1 })).toMatchObject([
      { kind: "delivered" },
    ]);
    await ease.runQueue();

    for (const table of await tablesOfShops()) {
      expect(await rows(`select * from "${table}" where shop_id = $1`, [shop.id]), table).toEqual([]);
    }
    expect(await rows("select * from shop where id = $1", [shop.id])).toEqual([]);
    expect(await everythingStored()).not.toContain(shop.domain);
    expect(await everythingOf(other.id)).toEqual(others);
  });

  it("of a shop that has installed Ease again is not about what it has now", async () => {
    const shop = await installed();
    const before = await everythingOf(shop.id, ["inbox_delivery", "inbox_key"]);
    await ease.store.sendWebhook(shop.domain, "shop/redact", {});
    await ease.runQueue();
    expect(await everythingOf(shop.id, ["inbox_delivery", "inbox_key"])).toEqual(before);
    expect(before.order_fact).toHaveLength(3);
  });
});

describe("customers/redact", () => {
  const shopper = 8_812_345_671;

  it("removes the shopper's number and checkouts from the whole database, and keeps the orders", async () => {
    const shop = await installed(shopper);
    const scores = await rows("select order_id, score from delivery_score where shop_id = $1", [shop.id]);
    expect(await everythingStored()).toContain(String(shopper));
    await ease.store.sendWebhook(shop.domain, "customers/redact", {
      shop_domain: shop.domain,
      customer: { id: shopper, email: "somebody@example.com", phone: "555-625-1199" },
      orders_to_redact: [1001, 1002],
    });
    await ease.runQueue();

    // The tombstone keeps the number alone, so that a late delivery is recognised.
    expect(await everythingStored(["public.tombstone"])).not.toContain(String(shopper));
    expect(await everythingStored()).not.toContain("somebody@example.com");
    expect(
      await rows("select order_id, customer_id, checkout_token from order_fact where shop_id = $1 order by 1", [
        shop.id,
      ])
    ).toEqual([
      { order_id: "1001", customer_id: null, checkout_token: null },
      { order_id: "1002", customer_id: null, checkout_token: null },
      { order_id: "1003", customer_id: "42", checkout_token: "token-1003" },
    ]);
    expect(await rows("select order_id, score from delivery_score where shop_id = $1", [shop.id])).toEqual(scores);
  });

  it("still holds after the history was read again", async () => {
    const shop = await installed(shopper);
    await ease.store.sendWebhook(shop.domain, "customers/redact", { customer: { id: shopper } });
    await ease.runQueue();
    await ease.store.uninstall(shop.domain);
    await ease.runQueue();
    // Away for so long that comparing would not do.
    passTime(100 * DAY);
    await ease.visit(shop.domain);
    await ease.runQueue();
    expect(await rows("select id, state from backfill where shop_id = $1 order by 1", [shop.id])).toEqual([
      { id: 1, state: "done" },
      { id: 2, state: "done" },
    ]);
    expect(await everythingStored(["public.tombstone"])).not.toContain(String(shopper));
  });

  it("and data requests are kept with their answer and change nothing else", async () => {
    const shop = await installed();
    const but = ["inbox_delivery", "inbox_key", "data_request"];
    const before = await everythingOf(shop.id, but);
    await ease.store.sendWebhook(shop.domain, "customers/data_request", {
      customer: { id: 41 },
      orders_requested: [1],
    });
    await ease.runQueue();
    expect(await inbox(shop.id, "customers/data_request")).toMatchObject([{ payload: { customer: { id: 41 } } }]);
    expect(await everythingOf(shop.id, but)).toEqual(before);
  });
});

describe("a webhook to a shop whose token has run out and is not refreshed", () => {
  it("is verified, stored and recorded all the same", async () => {
    const shop = await installed();
    passTime(2 * HOUR);
    // Shopify refuses the refresh token.
    ease.store.installation(shop.domain)!.tokens.splice(0);
    const fetched = vi.spyOn(globalThis, "fetch");
    const sent = await send({ domain: shop.domain, topic: "app/scopes_update", body: '{"current":["read_orders"]}' });
    expect(sent.status).toBe(200);
    await ease.runDueJobs();
    expect(fetched).not.toHaveBeenCalled();
    fetched.mockRestore();
    expect(await rows("select scopes from shop where id = $1", [shop.id])).toEqual([{ scopes: ["read_orders"] }]);
    const [session] = await rows('select "refreshToken" from session where shop = $1', [shop.domain]);
    const refresh = await answerTokenRequest(ease.store, ease.store.shops.get(shop.domain)!, {
      client_id: env.SHOPIFY_API_KEY,
      client_secret: env.SHOPIFY_API_SECRET,
      grant_type: "refresh_token",
      refresh_token: session!.refreshToken,
    });
    expect(refresh.status).toBe(400);
  });
});
