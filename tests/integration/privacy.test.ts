import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { forShop } from "~/db.server";
import { handlers } from "~/jobs/handlers/handlers.server";
import { answerDataRequest, redactCustomer, redactLateDeliveries } from "~/privacy/redact.server";
import { shopperRows } from "~/privacy/shopper-rows";
import { DAY, storeOrder, storeShop } from "../factories/store-order";
import { everythingOf, everythingStored, iso, rows, storeWithEase, tablesOfShops } from "./store-with-ease";

const ease = storeWithEase(() => []);
let shops = 0;

/** Numbers no other test file, port or price has. */
const SHOPPER = 7_734_511_908;
const FORMER = 7_734_511_909;
const BYSTANDER = 7_734_511_910;

async function installed() {
  const id = ++shops;
  const orders = [
    storeOrder({ id: 1001, customerId: SHOPPER }),
    storeOrder({ id: 1002, customerId: SHOPPER }),
    storeOrder({ id: 1003, customerId: BYSTANDER }),
    storeOrder({ id: 1004, customerId: BYSTANDER }),
  ];
  const shop = storeShop({ id, domain: `private-${id}.myshopify.com`, orders });
  ease.addShop(shop);
  const visit = await ease.visit(shop.domain);
  await ease.runQueue();
  return visit.shop;
}

/** A row of the shopper's in every table that can have one. */
async function rowsEverywhere(shopId: number): Promise<void> {
  const token = await tokenOf(shopId, 1001);
  await rows(
    `with a as (insert into checkout_fact (shop_id, token, started_at, updated_at, source)
       values ($1, $2, now(), now(), 'webhook'), ($1, 'bystander', now(), now(), 'webhook')),
     b as (insert into customer_alias values ($1, ${FORMER}, ${SHOPPER}))
     insert into data_request (shop_id, webhook_id, customer_id, asked_at, answered_at, answer)
       values ($1, 'r1', ${SHOPPER}, now(), now(), '{"orders": [1001]}'), ($1, 'r2', ${BYSTANDER}, now(), now(), '{}')
     returning shop_id`,
    [shopId, token],
  );
  await deliver(shopId, "orders/updated", { id: 1001, customer: { id: SHOPPER } }, true);
  await deliver(shopId, "fulfillments/update", { id: 5, order_id: 1002 }, true);
  await deliver(shopId, "checkouts/update", { token }, true);
  const kept = { admin_graphql_api_customer_kept_id: `gid://shopify/Customer/${SHOPPER}` };
  await deliver(shopId, "customers/merge", kept, true);
  await deliver(shopId, "orders/updated", { id: 1003, customer: { id: BYSTANDER } }, true);
}

async function tokenOf(shopId: number, orderId: number): Promise<string> {
  const sql = "select checkout_token from order_fact where shop_id = $1 and order_id = $2";
  return (await rows(sql, [shopId, orderId]))[0]!.checkout_token as string;
}

async function deliver(shopId: number, topic: string, payload: object, recorded: boolean): Promise<void> {
  await rows("select ease_ensure_partition('inbox_delivery', $1)", [new Date()]);
  await rows(
    `insert into inbox_delivery (shop_id, received_at, webhook_id, topic, triggered_at, payload, recorded_at)
     values ($1, $2, $3, $4, $2, $5, $6) returning shop_id`,
    [shopId, new Date(), randomUUID(), topic, payload, recorded ? new Date() : null],
  );
}

describe("the list of what tables hold of a shopper", () => {
  it("names every table of shops, and none that is not there", async () => {
    expect(Object.keys(shopperRows).toSorted()).toEqual(await tablesOfShops());
  });

  it("names every column that could tell of a shopper: by its name, or because it takes whatever it is given", async () => {
    const suspects = await rows(
      `select c.relname || '.' || a.attname as name
       from pg_attribute a join pg_class c on c.oid = a.attrelid
       where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
         and c.relname = any($1) and a.attnum > 0 and not a.attisdropped
         and (a.attname ~ '(customer|checkout|token|order_id|email|phone|address|street|zip|contact|payload|answer|note)'
           or a.atttypid in ('json'::regtype, 'jsonb'::regtype, 'bytea'::regtype, 'xml'::regtype))
         and a.atttypid not in ('int'::regtype, 'timestamptz'::regtype)
       order by 1`,
      [await tablesOfShops()],
    );
    const named = Object.entries(shopperRows).flatMap(([table, { columns }]) => columns.map((one) => `${table}.${one}`));
    expect(suspects.map((one) => one.name).filter((one) => !named.includes(one as string))).toEqual([]);
  });

  it("names no column that is not there", async () => {
    const there = await rows(
      "select table_name || '.' || column_name as name from information_schema.columns where table_schema = 'public'",
    );
    const names = new Set(there.map((one) => one.name));
    for (const [table, { columns }] of Object.entries(shopperRows)) {
      for (const column of columns) expect(names).toContain(`${table}.${column}`);
    }
  });
});

describe("a shopper who is to be forgotten", () => {
  it("is, in every table, with what they were called before a merge; the orders and everybody else stay", async () => {
    const shop = await installed();
    await rowsEverywhere(shop.id);
    const token = await tokenOf(shop.id, 1001);
    const scores = await rows("select * from delivery_score where shop_id = $1 order by order_id", [shop.id]);
    const bystander = await rows("select * from order_fact where shop_id = $1 and customer_id = $2", [shop.id, BYSTANDER]);
    expect(bystander).toHaveLength(2);

    await ease.store.sendWebhook(shop.domain, "customers/redact", {
      customer: { id: SHOPPER, email: "rosa@example.com", phone: "+4915112345678" },
      orders_to_redact: [1002, 4711],
    });
    await ease.runQueue();

    const left = await everythingOf(shop.id, ["tombstone"]);
    for (const [table, found] of Object.entries(left)) {
      const text = JSON.stringify(found);
      for (const trace of [String(SHOPPER), String(FORMER), token, "rosa@example.com", "15112345678"]) {
        expect(text, table).not.toContain(trace);
      }
    }
    expect(await rows("select kind, id from tombstone where shop_id = $1 order by kind, id", [shop.id])).toEqual([
      { kind: "checkout_deleted", id: "token-1001" },
      { kind: "checkout_deleted", id: "token-1002" },
      { kind: "customer_redacted", id: String(SHOPPER) },
      { kind: "customer_redacted", id: String(FORMER) },
      { kind: "order_redacted", id: "1001" },
      { kind: "order_redacted", id: "1002" },
      { kind: "order_redacted", id: "4711" },
    ]);
    expect(await rows("select * from delivery_score where shop_id = $1 order by order_id", [shop.id])).toEqual(scores);
    expect(await rows("select * from order_fact where shop_id = $1 and customer_id = $2", [shop.id, BYSTANDER])).toEqual(
      bystander,
    );
    expect(await rows("select token from checkout_fact where shop_id = $1", [shop.id])).toEqual([{ token: "bystander" }]);
    expect(await rows("select customer_id from data_request where shop_id = $1 order by webhook_id", [shop.id])).toEqual([
      { customer_id: null },
      { customer_id: String(BYSTANDER) },
    ]);
    const full = "select payload from inbox_delivery where shop_id = $1 and payload <> '{}' and topic like 'orders/%'";
    expect(await rows(full, [shop.id])).toEqual([
      { payload: { id: 1003, customer: { id: BYSTANDER } } },
    ]);
  });

  it("stays forgotten when the history is read again", async () => {
    const shop = await installed();
    await redactCustomer(forShop(shop.id), { customerId: String(SHOPPER), orderIds: [] }, new Date());
    const later = storeOrder({ id: 1005, customerId: SHOPPER });
    ease.store.shops.get(shop.domain)!.orders.push(later);
    await handlers["read-orders"]({ shopId: shop.id, orderIds: ["1001", "1005"] }, Date.now());
    await rows("update shop set uninstalled_at = now() - interval '1 year' where id = $1 returning id", [shop.id]);
    await rows("delete from reconciliation where shop_id = $1 returning shop_id", [shop.id]);
    await ease.visit(shop.domain);
    await ease.runQueue();
    expect(await rows("select order_id from order_fact where shop_id = $1 order by 1", [shop.id])).toHaveLength(5);
    const left = JSON.stringify(await everythingOf(shop.id, ["tombstone"]));
    expect(left).not.toContain(String(SHOPPER));
  });

  it("is taken out of what came late and was recorded after it, on the daily round", async () => {
    const shop = await installed();
    await redactCustomer(forShop(shop.id), { customerId: String(SHOPPER), orderIds: [] }, new Date());
    await deliver(shop.id, "orders/updated", { id: 1001, customer: { id: SHOPPER } }, true);
    await redactLateDeliveries(forShop(shop.id), new Date(Date.now() - DAY));
    expect(JSON.stringify(await everythingOf(shop.id, ["tombstone"]))).not.toContain(String(SHOPPER));
  });

  it("in one shop is not touched in another", async () => {
    const [ours, theirs] = [await installed(), await installed()];
    const before = await everythingOf(theirs.id);
    await redactCustomer(forShop(ours.id), { customerId: String(SHOPPER), orderIds: ["1003"] }, new Date());
    expect(await everythingOf(theirs.id)).toEqual(before);
  });

  it("twice, or never known, is no trouble", async () => {
    const shop = await installed();
    const unknown = { customerId: "999", orderIds: [] };
    await redactCustomer(forShop(shop.id), unknown, new Date());
    await redactCustomer(forShop(shop.id), { customerId: String(SHOPPER), orderIds: [] }, new Date());
    const once = await everythingOf(shop.id);
    await redactCustomer(forShop(shop.id), { customerId: String(SHOPPER), orderIds: [] }, new Date());
    await redactCustomer(forShop(shop.id), { customerId: null, orderIds: [] }, new Date());
    expect(await everythingOf(shop.id)).toEqual(once);
  });
});

describe("a shopper who asks what is known of them", () => {
  it("is answered from every table, with nothing of anybody else, for the merchant to fetch", async () => {
    const shop = await installed();
    await rowsEverywhere(shop.id);
    await rows("delete from data_request where shop_id = $1 returning shop_id", [shop.id]);
    const [sent] = await ease.store.sendWebhook(shop.domain, "customers/data_request", {
      customer: { id: FORMER, email: "rosa@example.com" },
      orders_requested: [1001],
      data_request: { id: 1 },
    });
    await ease.runQueue();
    const [kept] = await rows("select * from data_request where shop_id = $1", [shop.id]);
    expect(kept).toMatchObject({
      webhook_id: sent!.webhookId,
      customer_id: String(FORMER),
      asked_at: iso(Date.now()),
      answered_at: iso(Date.now()),
    });
    const answer = kept!.answer as Record<string, { order_id?: number }[]>;
    const told = Object.entries(shopperRows).filter(([, one]) => one.tell !== null).map(([table]) => table);
    // The request itself is kept with the answer, so nothing is told of it.
    expect(Object.keys(answer).toSorted()).toEqual(told.filter((one) => one !== "data_request").toSorted());
    expect(answer.order_fact!.map((one) => one.order_id)).toEqual([1001, 1002]);
    expect(answer.delivery_score!.map((one) => one.order_id)).toEqual([1001, 1002]);
    const text = JSON.stringify(answer);
    expect(text).not.toContain(String(BYSTANDER));
    expect(text).not.toContain("1003");
    expect(text).not.toContain("rosa@example.com");
  });

  it("after having been forgotten is not brought back by asking", async () => {
    const shop = await installed();
    const scope = forShop(shop.id);
    await redactCustomer(scope, { customerId: String(SHOPPER), orderIds: [] }, new Date());
    const asked = { webhookId: "late", customerId: String(SHOPPER), orderIds: [], askedAt: new Date() };
    await answerDataRequest(scope, asked, new Date());
    expect(await rows("select * from data_request where shop_id = $1", [shop.id])).toEqual([]);
  });
});

describe("a shop", () => {
  it("that uninstalls is left alone at once: no token, no job but the inbox, no work in those that run", async () => {
    const shop = await installed();
    await rows("insert into staff_contact values ($1, 1, '\\x00', now() + interval '1 day') returning shop_id", [shop.id]);
    await rows(
      `select graphile_worker.add_job('renew-scores', json_build_object('shopId', $1::int, 'orders', 'all')),
              graphile_worker.add_job('renew-scores', json_build_object('shopId', 999999, 'orders', 'all'))`,
      [shop.id],
    );
    await ease.store.uninstall(shop.domain);
    await ease.settled();
    await handlers["record-inbox"]({ shopId: shop.id }, Date.now());
    expect(await rows("select 1 from session where shop = $1", [shop.domain])).toEqual([]);
    expect(await rows("select 1 from staff_contact where shop_id = $1", [shop.id])).toEqual([]);
    const jobs = await rows(
      `select payload ->> 'shopId' as shop from graphile_worker._private_jobs j
       join graphile_worker._private_tasks t on t.id = j.task_id where t.identifier <> 'record-inbox'`,
    );
    expect(jobs.map((job) => job.shop)).toEqual(["999999"]);
    await rows("delete from graphile_worker._private_jobs");

    const before = await everythingOf(shop.id);
    await handlers["renew-scores"]({ shopId: shop.id, orders: "all" }, Date.now() + DAY);
    await handlers["advance-backfill"]({ shopId: shop.id }, Date.now() + DAY);
    expect(await everythingOf(shop.id)).toEqual(before);
  });

  it("that is to be forgotten leaves no row in any table, partition or queue", async () => {
    const shop = await installed();
    await rowsEverywhere(shop.id);
    await ease.store.uninstall(shop.domain);
    await ease.runQueue();
    await rows("select graphile_worker.add_job('renew-scores', json_build_object('shopId', $1::int, 'orders', 'all'))", [
      shop.id,
    ]);
    await ease.store.sendWebhook(shop.domain, "shop/redact", { shop_domain: shop.domain });
    await ease.runQueue();
    for (const [table, found] of Object.entries(await everythingOf(shop.id))) expect(found, table).toEqual([]);
    const stored = await everythingStored();
    expect(stored).not.toContain(shop.domain);
    expect(stored).not.toContain(`"shopId": ${shop.id}}`);
  });
});
