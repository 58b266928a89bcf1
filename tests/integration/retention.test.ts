import { beforeAll, describe, expect, it } from "vitest";
import { randomBytes } from "node:crypto";
import { forShop } from "~/db.server";
import { env } from "~/env.server";
import { handlers } from "~/jobs/handlers/handlers.server";
import { deleteExpired, historyStartsAt, readRetention, saveRetention } from "~/privacy/retention.server";
import {
  deleteStaffContact,
  getStaffContact,
  putStaffContact,
  renewStaffContacts,
} from "~/privacy/staff-contacts.server";
import { action, loader } from "~/routes/app.privacy";
import { DAY, PLACED_AT, storeOrder, storeShop } from "../factories/store-order";
import { adminRequest, everythingOf, everythingStored, passTime, rows, storeWithEase } from "./store-with-ease";

const ease = storeWithEase(() => []);
let shops = 0;

async function installed() {
  const id = ++shops;
  const orders = [
    storeOrder({ id: 1001, placedAt: PLACED_AT - 200 * DAY }),
    storeOrder({ id: 1002, placedAt: PLACED_AT - 40 * DAY }),
    storeOrder({ id: 1003 }),
  ];
  const shop = storeShop({ id, domain: `kept-${id}.myshopify.com`, orders });
  ease.addShop(shop);
  const visit = await ease.visit(shop.domain);
  await ease.runQueue();
  return { ...visit.shop, scope: forShop(visit.shop.id) };
}

async function deliver(shopId: number, webhookId: string, at: number, recorded: boolean): Promise<void> {
  const moment = new Date(at);
  await rows("select ease_ensure_partition('inbox_delivery', $1)", [moment]);
  await rows(
    `with key as (insert into inbox_key values ($1, $2, $3))
     insert into inbox_delivery (shop_id, webhook_id, received_at, topic, payload, recorded_at)
     values ($1, $2, $3, 'orders/updated', '{}', $4) returning shop_id`,
    [shopId, webhookId, moment, recorded ? moment : null],
  );
}

const ordersIn = async (table: string, shopId: number) =>
  (await rows(`select distinct order_id from ${table} where shop_id = $1 order by 1`, [shopId])).map(
    (row) => row.order_id,
  );

describe("what a shop keeps", () => {
  it("is by default what the table says", async () => {
    const { id, scope } = await installed();
    const before = await readRetention(scope);
    await rows("insert into shop_setting (shop_id) values ($1) returning shop_id", [id]);
    expect(await readRetention(scope)).toEqual(before);
  });

  it("goes whole when its time is over: an order with all that is about it; younger ones and other shops stay", async () => {
    const { id, scope } = await installed();
    const other = await installed();
    const untouched = await everythingOf(other.id);
    expect(await ordersIn("order_fact", id)).toEqual(["1001", "1002", "1003"]);
    await saveRetention(scope, { inboxDays: 30, historyMonths: 3, staffContactDays: 90 }, new Date());

    await handlers["keep-retention"]({ shopId: id }, Date.now());
    for (const table of ["order_fact", "order_event", "shipment_fact", "delivery_score"]) {
      expect(await ordersIn(table, id), table).toEqual(["1002", "1003"]);
    }
    const [first] = await rows("select min(day) as day from delivery_day where shop_id = $1", [id]);
    expect(Date.parse(first!.day as string)).toBeGreaterThanOrEqual(historyStartsAt(new Date(), 3).getTime());
    const once = await everythingOf(id);
    await handlers["keep-retention"]({ shopId: id }, Date.now());
    expect(await everythingOf(id)).toEqual(once);
    expect(await everythingOf(other.id)).toEqual(untouched);
  });

  it("of deliveries is what is younger, and what still waits to be recorded", async () => {
    const { id, scope } = await installed();
    await deliver(id, "old", Date.now() - 8 * DAY, true);
    await deliver(id, "waiting", Date.now() - 8 * DAY, false);
    await deliver(id, "young", Date.now() - 6 * DAY, true);
    await rows("insert into inbox_key values ($1, 'of a dropped partition', $2) returning shop_id", [
      id,
      new Date(Date.now() - 91 * DAY),
    ]);
    const settings = { inboxDays: 7, historyMonths: 25, staffContactDays: 90 };
    expect(await deleteExpired(scope, settings, new Date())).toMatchObject({ deliveries: 1, orders: 0 });
    for (const table of ["inbox_delivery", "inbox_key"]) {
      const sql = `select webhook_id as id from ${table} where shop_id = $1 and webhook_id !~ '-' order by 1`;
      const left = await rows(sql, [id]);
      expect(left.map((row) => row.id), table).toEqual(["waiting", "young"]);
    }
  });

  it("of answers to shoppers is 90 days", async () => {
    const { id, scope } = await installed();
    await rows(
      `insert into data_request (shop_id, webhook_id, asked_at) values ($1, 'old', $2), ($1, 'young', $3) returning shop_id`,
      [id, new Date(Date.now() - 91 * DAY), new Date(Date.now() - 89 * DAY)],
    );
    expect(await deleteExpired(scope, await readRetention(scope), new Date())).toMatchObject({ dataRequests: 1 });
    expect(await rows("select webhook_id from data_request where shop_id = $1", [id])).toEqual([{ webhook_id: "young" }]);
  });
});

describe("where a member of staff is reached", () => {
  const contact = { email: "mara.staff@example.com", phone: "+49 30 1234567" };
  const ring = env.ENCRYPTION_KEY;

  it("is read by whoever has the key and stored for nobody else to read", async () => {
    const { scope } = await installed();
    await putStaffContact(scope, ring, "77", contact, new Date());
    expect(await getStaffContact(scope, ring, "77", new Date())).toEqual(contact);
    expect(await getStaffContact(scope, ring, "78", new Date())).toBeNull();
    const stored = await everythingStored();
    for (const part of ["mara.staff", "1234567"]) expect(stored).not.toContain(part);
    for (const part of ["mara.staff", "1234567"]) {
      expect(stored).not.toContain(Buffer.from(part).toString("hex"));
      expect(stored).not.toContain(Buffer.from(part).toString("base64").slice(0, -2));
    }
    await deleteStaffContact(scope, "77");
    expect(await getStaffContact(scope, ring, "77", new Date())).toBeNull();
  });

  it("is kept as long as the shop has set, from when it was last said, and sooner gone when that is shortened", async () => {
    const { id, scope } = await installed();
    await putStaffContact(scope, ring, "77", contact, new Date());
    await putStaffContact(scope, ring, "78", contact, new Date());
    passTime(60 * DAY);
    await putStaffContact(scope, ring, "78", contact, new Date());
    passTime(31 * DAY);
    expect(await getStaffContact(scope, ring, "77", new Date())).toBeNull();
    await handlers["keep-retention"]({ shopId: id }, Date.now());
    expect(await rows("select staff_id from staff_contact where shop_id = $1", [id])).toEqual([{ staff_id: "78" }]);
    await saveRetention(scope, { inboxDays: 30, historyMonths: 25, staffContactDays: 2 }, new Date());
    passTime(3 * DAY);
    expect(await getStaffContact(scope, ring, "78", new Date())).toBeNull();
  });

  it("comes under a new key, and cannot be read in another's place", async () => {
    const { id, scope } = await installed();
    const keys = new Map([...ring.keys, ["next", randomBytes(32)]]);
    await putStaffContact(scope, ring, "77", contact, new Date());
    await renewStaffContacts(scope, { current: "next", keys });
    await expect(getStaffContact(scope, ring, "77", new Date())).rejects.toThrow("does not have: next");
    expect(await getStaffContact(scope, { current: "next", keys }, "77", new Date())).toEqual(contact);
    await rows("update staff_contact set staff_id = 78 where shop_id = $1 returning shop_id", [id]);
    await expect(getStaffContact(scope, { current: "next", keys }, "78", new Date())).rejects.toThrow();
  });
});

describe("Settings, Privacy and data", () => {
  let shop: Awaited<ReturnType<typeof installed>>;
  beforeAll(async () => {
    shop = await installed();
  });

  const save = async (form: Record<string, string>) => {
    const body = new URLSearchParams(form);
    const request = await adminRequest(ease.store, shop.domain, "/app/privacy", { method: "POST", body });
    const answer: unknown = await action({ request, params: {}, context: {} });
    return answer as { data: object; init: { status?: number } | null };
  };

  it("saves what is typed, and nothing when some of it cannot be", async () => {
    const saved = await save({ inboxDays: "14", historyMonths: "12", staffContactDays: "30" });
    expect(saved.data).toMatchObject({ problems: {}, savedAt: Date.now() });
    expect(await readRetention(shop.scope)).toEqual({ inboxDays: 14, historyMonths: 12, staffContactDays: 30 });
    const refused = await save({ inboxDays: "10", historyMonths: "2" });
    expect(refused.init?.status).toBe(422);
    expect(refused.data).toMatchObject({
      typed: { inboxDays: "10", historyMonths: "2", staffContactDays: "" },
      problems: { historyMonths: "From 3 to 60 months.", staffContactDays: "Say how many days." },
      savedAt: null,
    });
    expect(await readRetention(shop.scope)).toEqual({ inboxDays: 14, historyMonths: 12, staffContactDays: 30 });
  });

  it("gives the answer to a shopper as a file", async () => {
    await ease.store.sendWebhook(shop.domain, "customers/data_request", { customer: { id: 41 }, orders_requested: [1003] });
    await ease.runQueue();
    const [asked] = await rows("select webhook_id from data_request where shop_id = $1", [shop.id]);
    const request = await adminRequest(ease.store, shop.domain, `/app/privacy?request=${asked!.webhook_id as string}`);
    const response = await loader({ request, params: {}, context: {} });
    expect(response.headers.get("Content-Disposition")).toContain("attachment");
    expect(await response.json()).toMatchObject({ customerId: "41", answer: { order_fact: [{ order_id: 1003 }] } });
  });
});
