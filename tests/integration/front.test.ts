import { randomUUID } from "node:crypto";
import { Agent, type IncomingHttpHeaders, request as httpRequest, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import pg from "pg";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { pool } from "~/db.server";
import { closeFront, type FrontParts, openFront } from "~/front.server";
import { openInbox } from "~/ingest/inbox.server";
import { migrationsOfRelease, readiness } from "~/readiness.server";
import { signWebhook } from "../dev-store/webhooks";
import { owner, rows } from "./store-with-ease";

const SECRET = "front-secret";
const servers: Server[] = [];
const agent = new Agent({ keepAlive: true, maxSockets: 100 });
let shops: { id: number; domain: string }[] = [];

beforeEach(async () => {
  const domains = [`a-${randomUUID()}.myshopify.com`, `b-${randomUUID()}.myshopify.com`];
  shops = (await rows(
    `insert into shop (domain, name, currency, time_zone, scopes, installed_at)
     select domain, domain, 'EUR', 'UTC', '{}', now() from unnest($1::text[]) as domain returning id, domain`,
    [domains],
  )) as typeof shops;
});

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => closeFront(server, 1000)));
});

afterAll(async () => {
  agent.destroy();
  await owner.end();
});

async function front(parts: Partial<FrontParts> = {}): Promise<{ server: Server; port: number }> {
  const server = openFront({
    inbox: openInbox(pool),
    secret: SECRET,
    ready: () => readiness(pool, migrationsOfRelease()),
    pages: (_request, response) => response.writeHead(418).end(),
    ...parts,
  });
  servers.push(server);
  await new Promise<void>((settle) => server.listen(0, "127.0.0.1", settle));
  return { server, port: (server.address() as AddressInfo).port };
}

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

function ask(port: number, path: string, options: { headers?: Record<string, string>; body?: string } = {}) {
  return new Promise<Answer>((settle, fail) => {
    const method = options.body === undefined ? "GET" : "POST";
    const request = httpRequest({ port, path, method, headers: options.headers, agent }, (response) => {
      let body = "";
      response.on("data", (chunk: Buffer) => (body += chunk.toString()));
      response.on("end", () => settle({ status: response.statusCode!, headers: response.headers, body }));
    });
    request.once("error", fail);
    request.end(options.body);
  });
}

interface Sent {
  domain?: string;
  body?: string;
  webhookId?: string;
}

function headersOf({ domain = shops[0]!.domain, body = SCOPES, webhookId = randomUUID() }: Sent): Record<string, string> {
  return {
    "X-Shopify-Topic": "app/scopes_update",
    "X-Shopify-Hmac-Sha256": signWebhook(body, SECRET),
    "X-Shopify-Shop-Domain": domain,
    "X-Shopify-Webhook-Id": webhookId,
  };
}

const SCOPES = '{"current":["read_orders"]}';
const POISON = '{"current":["\\u0000"]}';

const deliver = (port: number, sent: Sent = {}) =>
  ask(port, "/webhooks", { headers: headersOf(sent), body: sent.body ?? SCOPES });

const stored = (shop: { id: number }) =>
  rows("select webhook_id, payload, unreadable, xmin::text as commit from inbox_delivery where shop_id = $1", [shop.id]);

/** Keeps every delivery from being stored until it is called. */
async function holdInbox(): Promise<() => Promise<void>> {
  const client = await owner.connect();
  await client.query("begin; lock table inbox_key in access exclusive mode");
  return async () => {
    await client.query("commit");
    client.release();
  };
}

const waitsForLock = () =>
  expect
    .poll(() => rows("select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"))
    .not.toEqual([]);

describe("deliveries that come at the same time", () => {
  it("share commits, each shop's rows being its own, with one request a shop to record them", async () => {
    const { port } = await front();
    const sent = Array.from({ length: 60 }, (_, index) => deliver(port, { domain: shops[index % 2]!.domain }));
    expect((await Promise.all(sent)).map(({ status }) => status)).toEqual(sent.map(() => 200));
    const kept = await Promise.all(shops.map(stored));
    expect(kept.map((rowsOfShop) => rowsOfShop.length)).toEqual([30, 30]);
    expect(new Set(kept.flat().map((row) => row.commit)).size).toBeLessThan(30);
    for (const { id } of shops) {
      expect(await rows("select max_attempts from graphile_worker.jobs where key = $1", [`record-inbox:${id}`])).toEqual([
        { max_attempts: 10 },
      ]);
    }
  });

  it("do not fail for one among them that the database refuses", async () => {
    const { port } = await front();
    const ids = Array.from({ length: 40 }, () => randomUUID());
    const sent = ids.map((webhookId, index) => deliver(port, { webhookId, body: index === 17 ? POISON : SCOPES }));
    expect((await Promise.all(sent)).map(({ status }) => status)).toEqual(ids.map(() => 200));
    const kept = await stored(shops[0]!);
    expect(kept).toHaveLength(40);
    expect(kept.filter((row) => row.unreadable !== null)).toMatchObject([{ webhook_id: ids[17], payload: null }]);
  });

  it("are stored once when they are the same, in one process or in two", async () => {
    const [one, other] = [await front(), await front()];
    const webhookId = randomUUID();
    const sent = [one, other, one, other, one].map(({ port }) => deliver(port, { webhookId }));
    expect((await Promise.all(sent)).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(await stored(shops[0]!)).toHaveLength(1);
  });

  it("are stored beside those of shops nobody knows, of which nothing is kept", async () => {
    const { port } = await front();
    const domains = [shops[0]!.domain, "aaa-nobody.myshopify.com", shops[1]!.domain, "zzz-nobody.myshopify.com"];
    const answers = await Promise.all(domains.map((domain) => deliver(port, { domain })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect((await Promise.all(shops.map(stored))).map((kept) => kept.length)).toEqual([1, 1]);
  });
});

it("a request to record that waits is not begun before a delivery it is to cover is there to be seen", async () => {
  const { port } = await front();
  await deliver(port);
  const [shop] = shops;
  const key = `record-inbox:${shop!.id}`;
  // As a worker takes its next job.
  const begin = () => rows("select id from graphile_worker._private_jobs where key = $1 for update skip locked", [key]);
  const [waiting] = await begin();
  const client = await pool.connect();
  await client.query("begin");
  await client.query(
    `select * from ease_receive(array[$1], array['second'], array['app/scopes_update'], array[null], array[null]::bigint[],
       array[$2]::bigint[], array[1], array['{}'], array[null], 10)`,
    [shop!.domain, Date.now()],
  );
  expect(await begin()).toEqual([]);
  await client.query("commit");
  client.release();
  expect(await begin()).toEqual([waiting]);
  expect(await stored(shop!)).toHaveLength(2);
});

it("a shop that installs is known with its very next delivery, and one that is erased with its next", async () => {
  const { port } = await front();
  const domain = `new-${randomUUID()}.myshopify.com`;
  await deliver(port, { domain });
  const [shop] = (await rows(
    `insert into shop (domain, name, currency, time_zone, scopes, installed_at)
     values ($1, 'New', 'EUR', 'UTC', '{}', now()) returning id`,
    [domain],
  )) as { id: number }[];
  await deliver(port, { domain });
  expect(await stored(shop!)).toHaveLength(1);
  await rows("delete from shop where id = $1", [shop!.id]);
  await deliver(port, { domain });
  expect(await stored(shop!)).toHaveLength(1);
});

describe("when the database does not take it", () => {
  it("nothing is acknowledged, and Shopify is told to come again", async () => {
    const nobody = new pg.Pool({ connectionString: "postgres://ease_app@127.0.0.1:1/ease", max: 2 });
    const { port } = await front({ inbox: openInbox(nobody) });
    const answers = await Promise.all(Array.from({ length: 20 }, () => deliver(port)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 503));
    expect(answers[0]!.headers["retry-after"]).toBe("5");
    expect(await stored(shops[0]!)).toEqual([]);
    await nobody.end();
  });

  it("a connection that breaks during the commit acknowledges nothing; the same delivery is taken afterwards", async () => {
    const { port } = await front();
    const webhookId = randomUUID();
    const release = await holdInbox();
    const answer = deliver(port, { webhookId });
    await waitsForLock();
    await rows(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock'`,
    );
    expect((await answer).status).toBe(503);
    await release();
    expect(await stored(shops[0]!)).toEqual([]);
    expect((await deliver(port, { webhookId })).status).toBe(200);
    expect(await stored(shops[0]!)).toHaveLength(1);
  });

  it("no more waits than the process has room for, and what waited is stored once it can be", async () => {
    const limits = { waiting: 3, waitingBytes: 1e6, group: 10, commits: 1, worthACommit: 1, commitMs: 10_000 };
    const { port } = await front({ inbox: openInbox(pool, limits) });
    const release = await holdInbox();
    const first = deliver(port);
    await waitsForLock();
    const refused: Answer[] = [];
    const others = Array.from({ length: 8 }, async () => {
      const answer = await deliver(port);
      if (answer.status === 503) refused.push(answer);
      return answer;
    });
    await expect.poll(() => refused.length).toBe(5);
    expect(refused[0]!.headers["retry-after"]).toBe("5");
    await release();
    const statuses = (await Promise.all([first, ...others])).map(({ status }) => status);
    expect(statuses.sort()).toEqual([200, 200, 200, 200, 503, 503, 503, 503, 503]);
    expect(await stored(shops[0]!)).toHaveLength(4);
  });
});

describe("a body that does not end", () => {
  it("is given up after a while", async () => {
    const { port } = await front({ bodyWithinMs: 100 });
    const answer = new Promise<number>((settle, fail) => {
      const headers = { ...headersOf({}), "Content-Length": "100" };
      const request = httpRequest({ port, path: "/webhooks", method: "POST", headers }, (response) => {
        settle(response.statusCode!);
        response.resume();
        request.destroy();
      });
      request.once("error", fail);
      request.write(SCOPES);
    });
    expect(await answer).toBe(408);
  });

  it("is refused once it is too large, without being kept", async () => {
    const { port } = await front();
    let written = 0;
    const answer = new Promise<number>((settle) => {
      const request = httpRequest({ port, path: "/webhooks", method: "POST", headers: headersOf({}) }, (response) => {
        settle(response.statusCode!);
        response.resume();
        request.destroy();
      });
      // The server hangs up on what still comes.
      request.once("error", () => undefined);
      const chunk = Buffer.alloc(100_000, "x");
      const more = () => {
        if (request.destroyed || written > 100_000_000) return;
        written += chunk.length;
        request.write(chunk, () => setImmediate(more));
      };
      more();
    });
    expect(await answer).toBe(413);
    expect(written).toBeLessThan(50_000_000);
  });
});

describe("what a load balancer asks", () => {
  it("/healthz: the process lives, whatever the database does", async () => {
    const { port } = await front({ ready: () => Promise.reject(new Error("gone")) });
    expect(await ask(port, "/healthz")).toMatchObject({ status: 200, body: '{"alive":true}' });
    expect((await ask(port, "/readyz")).status).toBe(503);
  });

  it("/readyz: ready, and how long the oldest delivery and the oldest job have waited", async () => {
    const { port } = await front();
    await deliver(port);
    const { status, headers, body } = await ask(port, "/readyz?verbose=1");
    expect([status, headers["cache-control"]]).toEqual([200, "no-store"]);
    const told = JSON.parse(body) as { oldestDeliverySeconds: number; oldestJobSeconds: number };
    expect(told).toMatchObject({ ready: true });
    expect(told.oldestDeliverySeconds).toBeGreaterThanOrEqual(0);
    expect(told.oldestDeliverySeconds).toBeLessThan(60);
    expect(told.oldestJobSeconds).toBeGreaterThanOrEqual(0);
  });

  it("/readyz: not while a migration of this release is missing", async () => {
    const { port } = await front({ ready: () => readiness(pool, [...migrationsOfRelease(), "20990101000000_next"]) });
    const { status, body } = await ask(port, "/readyz");
    expect([status, JSON.parse(body)]).toEqual([
      503,
      { ready: false, reason: "migrations not applied: 20990101000000_next" },
    ]);
  });

  it("/readyz: not without a database", async () => {
    const nobody = new pg.Pool({ connectionString: "postgres://ease_app@127.0.0.1:1/ease", max: 1 });
    const { port } = await front({ ready: () => readiness(nobody, []) });
    const { status, body } = await ask(port, "/readyz");
    expect([status, JSON.parse(body)]).toEqual([
      503,
      { ready: false, reason: "the database does not answer (ECONNREFUSED)" },
    ]);
    await nobody.end();
  });

  it("everything else goes to the pages", async () => {
    const { port } = await front();
    expect((await ask(port, "/app?x=1")).status).toBe(418);
    expect((await ask(port, "/webhooksomething")).status).toBe(418);
  });
});

it("a process that is asked to stop answers what it has begun and takes nothing new", async () => {
  const { server, port } = await front();
  const release = await holdInbox();
  const answer = deliver(port);
  await waitsForLock();
  const closed = closeFront(server, 5000);
  await release();
  expect((await answer).status).toBe(200);
  await closed;
  expect(await stored(shops[0]!)).toHaveLength(1);
  await expect(deliver(port)).rejects.toThrow(/ECONNREFUSED|ECONNRESET|socket hang up/);
});
