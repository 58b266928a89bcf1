import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import { env } from "~/env.server";
import { handlers } from "~/jobs/handlers/handlers.server";
import { taskList } from "~/jobs/run-jobs.server";
import { log } from "~/log.server";
import type * as LogModuleNames from "~/log.server";
import { storeOrder, storeShop } from "../factories/store-order";
import { signWebhook } from "../dev-store/webhooks";
import { rows, storeWithEase } from "./store-with-ease";

const written = vi.hoisted((): string[] => []);

// Everything that would be logged, at every level.
vi.mock("~/log.server", async (original) => {
  const real = await original<LogModule>();
  const { default: pino } = await import("pino");
  const to = { write: (line: string) => void written.push(line) };
  return { ...real, log: pino({ ...real.logOptions, level: "trace" }, to) };
});

type LogModule = typeof LogModuleNames;

/** Stands in every personal field, and nowhere else. */
const MARK = "Quintrosa";

/** What Shopify knows of a person, by the names its payloads give it, also where a sample happens to lack it. */
const PERSONAL = {
  email: `${MARK}@example.com`,
  contact_email: `${MARK}@example.com`,
  phone: `+49 151 ${MARK}`,
  first_name: MARK,
  last_name: MARK,
  firstName: MARK,
  lastName: MARK,
  displayName: MARK,
  address1: `${MARK} street 1`,
  address2: MARK,
  city: MARK,
  zip: MARK,
  postal_code: MARK,
  latitude: MARK,
  longitude: MARK,
  company_name: MARK,
  browser_ip: MARK,
  user_agent: MARK,
  client_details: { browser_ip: MARK, user_agent: MARK },
  note: `please call ${MARK}`,
  note_attributes: [{ name: MARK, value: MARK }],
  message: MARK,
  gift_message: MARK,
  tags: MARK,
  landing_site: `/?utm=${MARK}`,
  referring_site: MARK,
  order_status_url: `https://x/${MARK}`,
  abandoned_checkout_url: `https://x/${MARK}`,
  tracking_number: MARK,
  tracking_numbers: [MARK],
  tracking_url: MARK,
  credit_card_name: MARK,
  shop_owner: MARK,
  customer_email: MARK,
  address: MARK,
  receipt: { payer: MARK },
};

/** Objects whose `name` is a person's. Elsewhere it is an order's or a shipping method's. */
const PERSONS = [
  "customer", "shipping_address", "billing_address", "shippingAddress", "destination", "user", "default_address",
];

/** The same with every object knowing everything of a person. */
function enriched(value: unknown, under = ""): unknown {
  if (Array.isArray(value)) return value.map((one) => enriched(one, under));
  if (value === null || typeof value !== "object") return value;
  const inner = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, enriched(one, key)]));
  const address = "country_code" in inner || "countryCodeV2" in inner ? { provinceName: MARK, country_name: MARK } : {};
  return { ...inner, ...PERSONAL, ...address, ...(PERSONS.includes(under) ? { name: MARK, company: MARK } : {}) };
}

const ease = storeWithEase(() => []);
const domain = "rich.myshopify.com";
const orders = [1001, 1002, 1003].map((id) => storeOrder({ id, customerId: 41 }));

async function send(topic: string, body: string): Promise<number> {
  const response = await fetch(`${ease.store.app.url}/webhooks`, {
    method: "POST",
    body,
    headers: {
      "Content-Type": "application/json",
      "X-Shopify-Topic": topic,
      "X-Shopify-Hmac-Sha256": signWebhook(body, env.SHOPIFY_API_SECRET),
      "X-Shopify-Shop-Domain": domain,
      "X-Shopify-Webhook-Id": randomUUID(),
      "X-Shopify-Triggered-At": new Date().toISOString(),
    },
  });
  return response.status;
}

/** Every column of every row of every table of the database, from the catalog, partitions and libraries' tables too. */
async function whereMarked(): Promise<string[]> {
  const tables = await rows(
    `select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'm') and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_toast'`,
  );
  expect(tables.length).toBeGreaterThan(25);
  const marked: string[] = [];
  for (const { name } of tables) {
    const found = await rows(`select to_jsonb(t) as row from ${name as string} t where t::text ilike $1`, [`%${MARK}%`]);
    for (const { row } of found) marked.push(`${name as string}: ${JSON.stringify(row).slice(0, 500)}`);
  }
  return marked;
}

describe("what Shopify knows of a shopper", () => {
  it("is stored nowhere and logged nowhere, whatever came by bulk file, webhook or reading by id", async () => {
    ease.addShop(storeShop({ id: 1, domain, orders }));
    const shop = await ease.startImport(domain);

    // Bulk files: every line knows everything, and some cannot be read at all.
    const [backfill] = await rows("select orders_operation, scans_operation from backfill where shop_id = $1", [shop.id]);
    for (const operation of [backfill!.orders_operation, backfill!.scans_operation] as string[]) {
      const { path, lines } = ease.bulkFile(operation);
      const rich = lines.map((line) => JSON.stringify(enriched(JSON.parse(line))));
      const spoilt = [
        `{"email": "${MARK}`,
        `{"id": "${MARK}"}`,
        `{"id": "gid://shopify/Order/1", "name": {"${MARK}": "${MARK}"}, "${MARK}": 1}`,
        `{"id": "gid://shopify/Person/1", "email": "${MARK}"}`,
        JSON.stringify({ ...(JSON.parse(rich[0]!) as object), createdAt: MARK, test: MARK }),
      ];
      writeFileSync(path, `${[...rich, ...spoilt].join("\n")}\n`);
    }

    // Answers of the Admin API from here on.
    const plainFetch = globalThis.fetch;
    const answers = vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
      const response = await plainFetch(input, init);
      const url = input instanceof Request ? input.url : String(input);
      if (!url.includes("/graphql.json")) return response;
      const body = enriched(await response.json());
      return new Response(JSON.stringify(body), { status: response.status, headers: response.headers });
    });
    await ease.runQueue();
    expect(await rows("select order_id from order_fact where shop_id = $1 order by 1", [shop.id])).toHaveLength(3);

    // Webhooks with all their fields, as if no field had been asked for; and some that cannot be read.
    const folder = "tests/fixtures/webhook-samples";
    const samples = readdirSync(folder).filter((file) => file.endsWith(".json") && !/^(shop-redact|app-un)/.test(file));
    expect(samples.length).toBeGreaterThan(20);
    for (const file of samples) {
      const topic = file.replace(/\.json$/, "").replace("-", "/");
      const sample = JSON.parse(readFileSync(`${folder}/${file}`, "utf8")) as Record<string, unknown>;
      const named = topic.startsWith("customers/") || topic.startsWith("shop/") ? {} : { order_id: 1001 };
      // What shop/update says of the shop itself is kept: its name is no person's.
      for (const one of [sample, topic.startsWith("orders/") ? { ...sample, id: 1002 } : { ...sample, ...named }]) {
        expect(await send(topic, JSON.stringify(enriched(one)))).toBe(200);
      }
      expect(await send(topic, `{"email": "${MARK}", `)).toBe(200);
      const wrong = { id: MARK, name: { [MARK]: MARK }, [MARK]: [MARK], created_at: MARK };
      expect(await send(topic, JSON.stringify(wrong))).toBe(200);
    }
    await handlers["read-orders"]({ shopId: shop.id, orderIds: ["1001", "1002"] }, Date.now());
    await ease.runQueue();
    expect(answers).toHaveBeenCalled();
    answers.mockRestore();

    const inbox = await rows("select count(*)::int as n, count(unreadable)::int as unreadable from inbox_delivery");
    expect(inbox[0]!.n).toBeGreaterThan(60);
    expect(inbox[0]!.unreadable).toBeGreaterThan(20);
    expect(await whereMarked()).toEqual([]);
    expect(written.filter((line) => line.includes(MARK))).toEqual([]);
    expect(written.length).toBeGreaterThan(5);
  });

  it("is found where it is looked for", async () => {
    await rows("update shop set name = $1 where domain = $2 returning id", [`of ${MARK.toUpperCase()}`, domain]);
    expect(await whereMarked()).toHaveLength(1);
    await rows("update shop set name = 'Rich' where domain = $1 returning id", [domain]);
  });
});

describe("a job that fails over something of a shopper's", () => {
  it("leaves neither in the queue nor in the log what it was", async () => {
    const [shop] = await rows("select id from shop where domain = $1", [domain]);
    const failing = Object.assign(new Error(`could not parse "${MARK}" of ${MARK}@example.com: {"name":"${MARK}"}`), {
      detail: MARK,
      response: { data: MARK },
    });
    vi.spyOn(handlers, "renew-scores").mockRejectedValue(failing);
    await rows("select graphile_worker.add_job('renew-scores', json_build_object('shopId', $1::int, 'orders', 'all'))", [
      shop!.id,
    ]);
    const errors = await ease.runDueJobs();
    vi.mocked(handlers["renew-scores"]).mockRestore();
    expect(errors.map((error) => error.message)).toEqual(["could not parse “…” of [address]: …"]);
    const [job] = await rows("select last_error from graphile_worker._private_jobs where last_error is not null");
    expect(job!.last_error).toContain("could not parse");
    expect(await whereMarked()).toEqual([]);
    const line = JSON.parse(written.at(-1)!) as object;
    expect(line).toMatchObject({ level: "warn", job: "renew-scores", attempt: 1, shopId: shop!.id, msg: "job failed" });
    expect(written.filter((one) => one.includes(MARK))).toEqual([]);
    await rows("delete from graphile_worker._private_jobs");
    expect(Object.keys(taskList)).toContain("renew-scores");
  });
});

describe("the log", () => {
  it("withholds tokens, addresses and names wherever they are put", () => {
    const before = written.length;
    const person = { accessToken: MARK, session: { accessToken: MARK }, a: { b: { email: MARK } } };
    log.info({ ...person, headers: { cookie: MARK } }, "x");
    log.error({ err: new Error(`duplicate key ("${MARK}")`, { cause: new Error(`'${MARK}'`) }) }, "y");
    const lines = written.slice(before);
    expect(lines).toHaveLength(2);
    expect(lines.join()).not.toContain(MARK);
    expect(JSON.parse(lines[0]!)).toMatchObject({ accessToken: "[withheld]", a: { b: { email: "[withheld]" } } });
  });
});
