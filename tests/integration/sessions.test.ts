import { randomBytes } from "node:crypto";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { requireShop } from "~/admin-session.server";
import { env } from "~/env.server";
import { loader as frame } from "~/routes/app";
import { action as askAgain, loader as home } from "~/routes/app._index/route";
import { loader as order } from "~/routes/app.orders.$orderId/route";
import { loader as orders } from "~/routes/app.orders._index/route";
import { action as savePromises, loader as settings } from "~/routes/app.settings/route";
import { askAdmin } from "~/shopify/admin-client.server";
import { ShopDetailsDocument } from "~/shopify/documents.generated";
import { forgetToken, renewEverySession } from "~/shopify/encrypted-sessions.server";
import { sessionStorage } from "~/shopify.server";
import type { DevStore } from "../dev-store/dev-store";
import { signSessionToken } from "../dev-store/tokens";
import { storeOrder, storeShop } from "../factories/store-order";
import { adminRequest, everythingStored, iso, passTime, rows, storeWithEase } from "./store-with-ease";

const MINUTE = 60_000;

const ease = storeWithEase(() => []);
let shops = 0;

function openShop() {
  const id = ++shops;
  const shop = storeShop({ id, domain: `shop-${id}.myshopify.com`, orders: [storeOrder()] });
  ease.addShop(shop);
  return shop;
}

// What a test leaves to be done is about its own shop, which may be beyond help by then.
afterEach(() => rows("delete from graphile_worker._private_jobs"));

const rowOf = async (domain: string) => (await rows("select * from session where shop = $1", [domain]))[0];
const sessionOf = async (domain: string) => (await sessionStorage.findSessionsByShop(domain))[0];

const asked = (domain: string) => askAdmin(domain, ShopDetailsDocument, {});

/** The token another app, or somebody without the app's secret, would sign. */
function foreignToken(domain: string, app: { apiKey?: string; apiSecret?: string }): string {
  const store = { clock: ease.store.clock, app: { ...ease.store.app, ...app } } as DevStore;
  return signSessionToken(store, domain, 1);
}

function unsignedToken(domain: string): string {
  const [, claims] = foreignToken(domain, {}).split(".");
  return `${Buffer.from('{"alg":"none","typ":"JWT"}').toString("base64url")}.${claims}.`;
}

type Route = (args: { request: Request; params: Record<string, string>; context: object }) => Promise<unknown>;

const routes: [string, string, Route, "GET" | "POST"][] = [
  ["the frame", "/app", frame as Route, "GET"],
  ["Home", "/app?index", home as Route, "GET"],
  ["Home's form", "/app?index", askAgain as Route, "POST"],
  ["Orders", "/app/orders", orders as Route, "GET"],
  ["an order", "/app/orders/1001", order as Route, "GET"],
  ["Settings", "/app/settings", settings as Route, "GET"],
  ["Settings' form", "/app/settings", savePromises as Route, "POST"],
];

/** What a route threw: the answer the framework sends. */
async function refusal(route: Route, request: Request): Promise<Response> {
  try {
    await route({ request, params: { orderId: "1001" }, context: {} });
  } catch (thrown) {
    if (thrown instanceof Response) return thrown;
    throw thrown;
  }
  throw new Error("The route let the request in");
}

describe.each(routes)("%s", (_, place, route, method) => {
  let domain: string;
  beforeAll(async () => {
    ({ domain } = openShop());
    await ease.visit(domain);
  });
  const body = () => (method === "POST" ? new URLSearchParams({ method: "Standard", days: "3" }) : undefined);

  it.each<[string, (domain: string) => Promise<string> | string]>([
    ["that is no token", () => "not-a-token"],
    [
      "that has run out",
      async (domain) => {
        const token = await ease.store.idToken(domain);
        passTime(2 * MINUTE);
        return token;
      },
    ],
    ["made for another app", (domain) => foreignToken(domain, { apiKey: "another-app" })],
    ["signed with another secret", (domain) => foreignToken(domain, { apiSecret: "another-secret" })],
    ["that is not signed", unsignedToken],
  ])("answers 401 to a session token %s, and writes nothing", async (_, token) => {
    const before = await everythingStored();
    const request = await adminRequest(ease.store, domain, place, { method, body: body(), token: await token(domain) });
    const { status, headers } = await refusal(route, request);
    expect(status).toBe(401);
    // App Bridge fetches a new token and asks once more.
    expect(headers.get("X-Shopify-Retry-Invalid-Session-Request")).toBe("1");
    expect(await everythingStored()).toBe(before);
  });

  it.each<[string, (url: URL) => void, string]>([
    ["without a token is sent to fetch one", () => undefined, "/auth/session-token"],
    ["without a shop is sent to the entrance", (url) => url.searchParams.delete("shop"), "/auth/login"],
    ["with a shop that is none", (url) => url.searchParams.set("shop", "evil.example"), "/auth/login"],
    ["without a host", (url) => url.searchParams.delete("host"), "/auth/login"],
    ["with a host that is none", (url) => url.searchParams.set("host", btoa("evil.example/admin")), "/auth/login"],
  ])("asked for by a page %s, and writes nothing", async (_, spoil, target) => {
    const before = await everythingStored();
    const whole = await adminRequest(ease.store, domain, place, { token: null });
    const url = new URL(whole.url);
    spoil(url);
    const { status, headers } = await refusal(
      route,
      new Request(url, { method, body: body(), headers: whole.headers })
    );
    expect(status).toBe(302);
    expect(new URL(headers.get("Location")!, env.SHOPIFY_APP_URL).pathname).toBe(target);
    expect(await everythingStored()).toBe(before);
  });

  it("answers 410 to a machine that says it is one", async () => {
    const { tokens } = structuredClone(ease.store.installation(domain)!);
    const before = await everythingStored();
    const userAgent = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";
    const request = await adminRequest(ease.store, domain, place, { method, body: body(), userAgent });
    expect((await refusal(route, request)).status).toBe(410);
    expect(ease.store.installation(domain)!.tokens).toEqual(tokens);
    expect(await everythingStored()).toBe(before);
  });
});

describe("the first visit", () => {
  it("installs Ease: an expiring token, the shop as Shopify describes it, the request for its history", async () => {
    const { domain } = openShop();
    const { shop, scope, locale } = await ease.visit(domain);
    expect(await sessionOf(domain)).toMatchObject({
      accessToken: expect.stringMatching(/^shpat_/) as string,
      refreshToken: expect.stringMatching(/^shprt_/) as string,
    });
    expect(await rowOf(domain)).toMatchObject({
      id: `offline_${domain}`,
      isOnline: false,
      accessToken: expect.stringMatching(/^enc1:test:/) as string,
      refreshToken: expect.stringMatching(/^enc1:test:/) as string,
      expires: iso(Date.now() + 60 * MINUTE),
      userId: null,
      email: null,
    });
    expect(shop).toMatchObject({
      domain,
      name: "Lamp House",
      currency: "EUR",
      timeZone: "Europe/Berlin",
      installedAt: new Date(),
      uninstalledAt: null,
    });
    expect(shop.scopes).toEqual(ease.store.grantedScopes(domain));
    expect(scope.shopId).toBe(shop.id);
    expect(locale).toBe("en");
    expect(await rows("select id, state from backfill where shop_id = $1", [shop.id])).toEqual([
      { id: 1, state: "requested" },
    ]);
  });

  it("by several requests at once, as a page makes them, installs it once", async () => {
    const { domain } = openShop();
    const visits = await Promise.all(Array.from({ length: 5 }, () => ease.visit(domain)));
    expect(new Set(visits.map(({ shop }) => shop.id)).size).toBe(1);
    expect(await rows("select id, state from backfill where shop_id = $1", [visits[0]!.shop.id])).toEqual([
      { id: 1, state: "requested" },
    ]);
    await ease.runQueue();
    expect(await rows("select order_id from order_fact where shop_id = $1", [visits[0]!.shop.id])).toHaveLength(1);
  });

  it("is remembered: the second asks Shopify for nothing", async () => {
    const { domain } = openShop();
    await ease.visit(domain);
    const before = await everythingStored();
    const { tokens } = structuredClone(ease.store.installation(domain)!);
    await ease.visit(domain);
    expect(ease.store.installation(domain)!.tokens).toEqual(tokens);
    expect(await everythingStored()).toBe(before);
  });

  it("takes the language from the address, and English where that is none", async () => {
    const { domain } = openShop();
    const localeFor = async (asked: string) =>
      (await requireShop(await adminRequest(ease.store, domain, `/app?locale=${asked}`))).locale;
    expect(await localeFor("pt-br")).toBe("pt-BR");
    expect(await localeFor("not_a_locale!")).toBe("en");
  });
});

describe("a token that is about to run out", () => {
  it("is refreshed once, however many ask at the same moment", async () => {
    const { domain } = openShop();
    await ease.visit(domain);
    const first = await sessionOf(domain);
    passTime(56 * MINUTE);
    const answers = await Promise.all(Array.from({ length: 10 }, () => asked(domain)));
    expect(answers.map(({ shop }) => shop.name)).toEqual(Array.from({ length: 10 }, () => "Lamp House"));

    const { tokens } = ease.store.installation(domain)!;
    const second = await sessionOf(domain);
    expect(tokens.map((token) => token.refreshToken)).toEqual([first!.refreshToken, second!.refreshToken]);
    expect(second).toMatchObject({ expires: new Date(Date.now() + 60 * MINUTE) });
    expect(second!.accessToken).not.toBe(first!.accessToken);
  });

  it("is refreshed also after it has, and Ease goes on", async () => {
    const { domain } = openShop();
    const { shop } = await ease.visit(domain);
    passTime(24 * 60 * MINUTE);
    await ease.runQueue();
    expect(await rows("select state from backfill where shop_id = $1", [shop.id])).toEqual([{ state: "done" }]);
  });

  it("fails the work with a word when Shopify does not refresh it, and the next visit connects again", async () => {
    const { domain } = openShop();
    await ease.visit(domain);
    ease.store.installation(domain)!.tokens.splice(0);
    passTime(2 * 60 * MINUTE);
    await expect(asked(domain)).rejects.toMatchObject({ code: "admin_api_unreachable" });
    await ease.visit(domain);
    expect((await asked(domain)).shop.name).toBe("Lamp House");
  });
});

describe("a token at rest", () => {
  const tokens = async (domain: string) => {
    const { accessToken, refreshToken } = (await sessionOf(domain))!;
    return { accessToken, refreshToken };
  };
  const keep = (domain: string, { accessToken, refreshToken }: { accessToken?: string; refreshToken?: string }) =>
    rows('update session set "accessToken" = $2, "refreshToken" = $3 where shop = $1 returning id', [
      domain,
      accessToken,
      refreshToken,
    ]);

  it("is nowhere to be read, and is the one Shopify gave", async () => {
    const { domain } = openShop();
    await ease.visit(domain);
    const given = ease.store.installation(domain)!.tokens[0]!;
    expect(await tokens(domain)).toEqual({ accessToken: given.accessToken, refreshToken: given.refreshToken });
    const stored = await everythingStored();
    expect(stored).not.toContain(given.accessToken);
    expect(stored).not.toContain(given.refreshToken);
  });

  it("kept plain from before is read, and encrypted when it is met", async () => {
    const { domain } = openShop();
    await ease.visit(domain);
    const plain = await tokens(domain);
    await keep(domain, plain);
    expect((await asked(domain)).shop.name).toBe("Lamp House");
    expect(await rowOf(domain)).toMatchObject({ accessToken: expect.stringMatching(/^enc1:test:/) as string });
    expect(await tokens(domain)).toEqual(plain);
    expect(await everythingStored()).not.toContain(plain.accessToken);
  });

  it("under an older key is read and comes under the new one, all of them at once too", async () => {
    const { domain } = openShop();
    await ease.visit(domain);
    const plain = await tokens(domain);
    const keys = new Map([...env.ENCRYPTION_KEY.keys, ["former", randomBytes(32)]]);
    const sessions = await renewEverySession({ current: "former", keys });
    expect(sessions).toBeGreaterThan(1);
    expect(await rowOf(domain)).toMatchObject({ refreshToken: expect.stringMatching(/^enc1:former:/) as string });
    expect(await renewEverySession({ current: "test", keys })).toBe(sessions);
    expect(await renewEverySession({ current: "test", keys })).toBe(0);
    expect(await tokens(domain)).toEqual(plain);
  });

  it("cannot be put to use in another shop's row", async () => {
    const [mine, theirs] = [openShop().domain, openShop().domain];
    await ease.visit(mine);
    await ease.visit(theirs);
    await keep(mine, (await rowOf(theirs))!);
    await expect(asked(mine)).rejects.toThrow();
    await rows("delete from session where shop = $1 returning id", [mine]);
  });

  it("that a newer one replaced meanwhile is not what is forgotten", async () => {
    const { domain } = openShop();
    await ease.visit(domain);
    const session = (await sessionOf(domain))!;
    await forgetToken(env.ENCRYPTION_KEY, { id: session.id, accessToken: "shpat_older" });
    expect(await sessionOf(domain)).toBeDefined();
    await forgetToken(env.ENCRYPTION_KEY, session);
    expect(await sessionOf(domain)).toBeUndefined();
  });
});

describe("a token Shopify no longer takes", () => {
  const revoke = (domain: string) => {
    for (const token of ease.store.installation(domain)!.tokens) token.revokedAt = Date.now();
  };

  it("is forgotten, and the next visit connects again", async () => {
    const { domain } = openShop();
    await ease.visit(domain);
    revoke(domain);
    await expect(asked(domain)).rejects.toMatchObject({ code: "token_refused" });
    expect(await sessionOf(domain)).toBeUndefined();
    await expect(asked(domain)).rejects.toMatchObject({ code: "shop_uninstalled" });

    await ease.visit(domain);
    expect((await asked(domain)).shop.name).toBe("Lamp House");
  });

  it("does not stop an installation: the visitor's own token gets a new one", async () => {
    const { domain } = openShop();
    const { shop } = await ease.visit(domain);
    // Uninstalled and installed again, and the webhook that says so came, but the old token was stored once more.
    await rows("update shop set uninstalled_at = now() where id = $1 returning id", [shop.id]);
    revoke(domain);
    const again = await ease.visit(domain);
    expect(again.shop).toMatchObject({ id: shop.id, uninstalledAt: null });
    expect((await asked(domain)).shop.name).toBe("Lamp House");
  });
});

describe("installing again after uninstalling", () => {
  it("works, keeps what was known, and finds what happened meanwhile", async () => {
    const { domain } = openShop();
    const { shop } = await ease.visit(domain);
    await ease.runQueue();
    await ease.store.uninstall(domain);
    await ease.runQueue();
    expect(await sessionOf(domain)).toBeUndefined();
    await expect(asked(domain)).rejects.toMatchObject({ code: "shop_uninstalled" });

    passTime(60 * MINUTE);
    ease.store.shops.get(domain)!.orders.push(storeOrder({ id: 1002, placedAt: Date.now() - 30 * MINUTE }));
    const again = await ease.visit(domain);
    expect(again.shop).toMatchObject({ id: shop.id, installedAt: new Date(), uninstalledAt: null });
    await ease.runQueue();
    expect(
      await rows("select id, state, orders_recorded from backfill where shop_id = $1 order by 1", [shop.id])
    ).toEqual([
      { id: 1, state: "done", orders_recorded: 1 },
    ]);
    expect(await rows("select order_id from order_fact where shop_id = $1 order by 1", [shop.id])).toHaveLength(2);
  });

  it("while the first import was under way begins with a new one", async () => {
    const { domain } = openShop();
    const shop = await ease.startImport(domain);
    await ease.store.uninstall(domain);
    await ease.runQueue();
    await ease.visit(domain);
    await ease.runQueue();
    const imports = await rows("select state from backfill where shop_id = $1 order by id", [shop.id]);
    expect(imports.at(-1)).toEqual({ state: "done" });
    expect(await rows("select order_id from order_fact where shop_id = $1", [shop.id])).toHaveLength(1);
  });
});
