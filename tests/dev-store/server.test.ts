import { execFile } from "node:child_process";
import { createServer, type IncomingMessage, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { shopifyApi } from "@shopify/shopify-api";
import "@shopify/shopify-api/adapters/node";
import { afterEach, describe, expect, it } from "vitest";
import { API_KEY, API_SECRET, exchangeRequest, exchangeToken, testDevStore } from "../factories/dev-store";
import { storeOrder, storeShop } from "../factories/store-order";
import { signProxyRequest } from "./proxy-signature";
import { serveDevStore } from "./server";

const DOMAIN = "lamp-house.myshopify.com";
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const api = shopifyApi({
  apiKey: API_KEY,
  apiSecretKey: API_SECRET,
  hostName: "ease.example",
  isEmbeddedApp: true,
  apiVersion: "2026-07" as never,
  logger: { level: 0 },
});

/** An app that answers each request with the next status, then 200, and remembers what came. */
async function listeningApp(statuses: number[] = []) {
  const received: { request: IncomingMessage; body: string }[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      received.push({ request, body });
      response.writeHead(statuses.shift() ?? 200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => new Promise((resolve) => server.close(() => resolve())));
  return { received, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function served(url?: string) {
  const shop = storeShop({ orders: [storeOrder()] });
  const store = await testDevStore([shop], { url });
  const server = await serveDevStore(store, { port: 0 });
  closing.push(() => server.close());
  const send = (path: string, options: { host?: string; body?: unknown; token?: string } = {}) =>
    new Promise<{ status: number; body: string }>((resolve, reject) => {
      const request = httpRequest(
        {
          host: "127.0.0.1",
          port: server.port,
          path,
          method: options.body === undefined ? "GET" : "POST",
          headers: {
            host: options.host ?? DOMAIN,
            "content-type": "application/json",
            ...(options.token ? { "x-shopify-access-token": options.token } : {}),
          },
        },
        (response) => {
          let body = "";
          response.on("data", (chunk: Buffer) => (body += chunk.toString()));
          response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
        },
      );
      request.on("error", reject).end(options.body === undefined ? undefined : JSON.stringify(options.body));
    });
  return { store, shop, send, port: server.port };
}

describe("the Admin API over HTTP", () => {
  const path = "/admin/api/2026-07/graphql.json";
  const body = { query: "{ shop { name } }" };

  it("answers with the token of an exchange", async () => {
    const { store, send } = await served();
    const exchanged = await send("/admin/oauth/access_token", { body: exchangeRequest(await store.idToken(DOMAIN)) });
    const { access_token: token } = JSON.parse(exchanged.body) as { access_token: string };
    const answered = await send(path, { body, token });
    expect(answered.status).toBe(200);
    expect(JSON.parse(answered.body)).toMatchObject({ data: { shop: { name: "Lamp House" } } });
  });

  it.each([
    ["no token", path, 401, {}],
    ["a wrong token", path, 401, { token: "shpat_wrong" }],
    ["a version it does not know", "/admin/api/2020-01/graphql.json", 404, {}],
    ["a shop it does not know", path, 404, { host: "nobody.myshopify.com" }],
  ])("refuses %s", async (_, to, status, options) => {
    const { send } = await served();
    expect((await send(to, { body, ...options })).status).toBe(status);
  });

  it("serves a bulk result once it is complete", async () => {
    const { store, send } = await served();
    const { access_token: token } = (await exchangeToken(store, DOMAIN)) as { access_token: string };
    const query = `mutation { bulkOperationRunQuery(query: "{ orders { nodes { id } } }") { bulkOperation { id } } }`;
    await send(path, { body: { query }, token });
    const operation = [...store.bulkOperations.values()][0]!;
    await expect.poll(() => operation.status, { timeout: 10_000 }).toBe("COMPLETED");
    expect(await send(`/__bulk/${operation.id}.jsonl`)).toEqual({
      status: 200,
      body: `{"id":"gid://shopify/Order/1001"}\n`,
    });
    expect((await send("/__bulk/1.jsonl")).status).toBe(404);
  });
});

describe("webhooks", () => {
  const validate = (delivery: { request: IncomingMessage; body: string }) =>
    api.webhooks.validate({ rawBody: delivery.body, rawRequest: delivery.request, rawResponse: undefined as never });

  it("carry a signature Shopify's library accepts", async () => {
    const app = await listeningApp();
    const { store } = await served(app.url);
    const outcomes = await store.sendWebhook(DOMAIN, "app/scopes_update", { current: ["read_orders"] });
    expect(outcomes).toMatchObject([{ kind: "delivered", status: 200, attempts: 1 }]);
    expect(app.received[0]!.request.url).toBe("/webhooks");
    expect(await validate(app.received[0]!)).toMatchObject({ valid: true, topic: "APP_SCOPES_UPDATE", domain: DOMAIN });
  });

  it("do not, when they are tampered with", async () => {
    const app = await listeningApp([401]);
    const { store } = await served(app.url);
    const outcomes = await store.sendWebhook(DOMAIN, "shop/redact", {}, { tamper: true, retries: 0 });
    expect(outcomes).toMatchObject([{ kind: "refused", status: 401 }]);
    expect(await validate(app.received[0]!)).toMatchObject({ valid: false });
  });

  it("come again under the same id, when sent twice and when refused", async () => {
    const app = await listeningApp([500]);
    const { store } = await served(app.url);
    await store.sendWebhook(DOMAIN, "app/scopes_update", {}, { duplicate: true });
    expect(app.received).toHaveLength(3);
    expect(new Set(app.received.map(({ request }) => request.headers["x-shopify-webhook-id"])).size).toBe(1);
  });

  it("tell of an uninstallation, and of nothing the app did not subscribe to", async () => {
    const app = await listeningApp();
    const { store } = await served(app.url);
    await exchangeToken(store, DOMAIN);
    await store.uninstall(DOMAIN);
    expect(await store.sendWebhook(DOMAIN, "carts/create", {})).toEqual([]);
    expect(app.received.map(({ request }) => request.headers["x-shopify-topic"])).toEqual(["app/uninstalled"]);
  });
});

describe("the app proxy", () => {
  const signed = { shop: DOMAIN, customerId: null, pathPrefix: "/apps/ease", apiSecret: API_SECRET };
  const valid = (params: URLSearchParams) => {
    const query: Record<string, string | string[]> = {};
    for (const key of params.keys()) {
      const values = params.getAll(key);
      query[key] = values.length > 1 ? values : values[0]!;
    }
    return api.utils.validateHmac(query as never, { signator: "appProxy" });
  };

  it("signs what it passes on as Shopify's library expects, over what a shopper pretends", async () => {
    const params = new URLSearchParams("ids=1&ids=2&shop=evil.myshopify.com&signature=x");
    const out = signProxyRequest(params, { ...signed, now: Date.now() });
    expect(out.get("shop")).toBe(DOMAIN);
    expect(out.getAll("ids")).toEqual(["1", "2"]);
    expect(await valid(out)).toBe(true);
    out.set("shop", "evil.myshopify.com");
    expect(await valid(out)).toBe(false);
  });

  it("is too old after 90 seconds", async () => {
    const out = signProxyRequest(new URLSearchParams(), { ...signed, now: Date.now() - 91_000 });
    await expect(valid(out)).rejects.toThrow("timestamp");
  });
});

describe("the preload", () => {
  const run = async (code: string, env: Record<string, string>) => {
    const flags = ["--import", "./tests/dev-store/preload.mjs", "--input-type=module", "-e", code];
    const { stdout } = await promisify(execFile)(process.execPath, flags, {
      env: { ...process.env, NODE_OPTIONS: "", ...env },
    });
    return JSON.parse(stdout) as Record<string, unknown>;
  };

  it("sends a shop's address to the store, and refuses the rest", async () => {
    const { port } = await served();
    const printed = await run(
      `const url = "https://${DOMAIN}/admin/api/2026-07/graphql.json";
      const answered = await fetch(url, { method: "POST", body: "{}" });
      const refused = await fetch("https://example.com/").then(() => null, (error) => error.cause ?? error);
      const local = await fetch("http://127.0.0.1:${port}/nothing-here");
      const statuses = [answered.status, local.status];
      console.log(JSON.stringify({ statuses, body: await answered.json(), refused: refused?.message }));`,
      { DEV_STORE_PORT: String(port) },
    );
    expect(printed.statuses).toEqual([401, 404]);
    expect(printed.body).toMatchObject({ errors: expect.stringContaining("Invalid API key") as string });
    expect(printed.refused).toContain("No network here");
  });

  it("follows the store clock", async () => {
    const { store } = await served();
    store.clock.advance(1_000_000_000);
    const printed = await run(
      `const made = new Date();
      const kept = [made instanceof Date, made.constructor === Date, new Date(0).toISOString(), typeof Date()];
      console.log(JSON.stringify({ now: Date.now(), made: made.getTime(), kept }));`,
      { DEV_STORE_CLOCK_FILE: store.clock.file! },
    );
    expect(Math.abs((printed.now as number) - store.clock.now())).toBeLessThan(2_000);
    expect(Math.abs((printed.made as number) - store.clock.now())).toBeLessThan(2_000);
    expect(printed.kept).toEqual([true, true, "1970-01-01T00:00:00.000Z", "string"]);
  });
});
