import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { DevStore } from "../dev-store";
import { fixtureKey, fixtureNow, fixtureStore, servePages, type Served } from "./fixture-store";

const domain = "tiny-tea.myshopify.com";
let store: DevStore;
let pages: Served;

beforeAll(async () => {
  store = await fixtureStore("http://127.0.0.1:3999");
  pages = await servePages(() => store);
});
afterAll(() => pages.close());

const get = (path: string, cookie = "") =>
  fetch(pages.origin + path, { redirect: "manual", headers: cookie ? { cookie } : {} });
const post = (path: string, fields: Record<string, string>, cookie = "") =>
  fetch(pages.origin + path, {
    method: "POST",
    redirect: "manual",
    body: new URLSearchParams(fields),
    headers: cookie ? { cookie } : {},
  });

async function frameConfig(path: string): Promise<{ place: string; frameSrc: string; appOrigin: string }> {
  const markup = await (await get(path)).text();
  return JSON.parse(/id="frame-config">(.*?)<\/script>/s.exec(markup)?.[1] ?? "null");
}

describe("every page", () => {
  it.each(["/", "/controls", "/admin/store/tiny-tea/apps/ease", "/storefront/tiny-tea", "/storefront/nobody"])(
    "%s says that it is a stand-in",
    async (path) => {
      expect(await (await get(path)).text()).toContain("a stand-in for Shopify");
    },
  );

  it("leaves other addresses to others", async () => {
    expect((await get("/nothing/here")).status).toBe(404);
    expect((await get("/__dev-store/../model.ts")).status).toBe(404);
  });
});

describe("the admin", () => {
  it("opens the app at the place its own address names", async () => {
    const config = await frameConfig(
      "/admin/store/tiny-tea/apps/ease/orders/12?asOf=2026-10-01&shop=evil.myshopify.com",
    );
    expect(config.place).toBe("/orders/12?asOf=2026-10-01");
    const src = new URL(config.frameSrc);
    expect(src.origin).toBe("http://127.0.0.1:3999");
    expect(src.pathname).toBe("/orders/12");
    expect(src.searchParams.getAll("shop")).toEqual([domain]);
    expect(src.searchParams.get("asOf")).toBe("2026-10-01");
  });

  it("knows the app by its key too, as Shopify's own redirects do", async () => {
    expect((await frameConfig(`/admin/store/tiny-tea/apps/${fixtureKey}/orders`)).place).toBe("/orders");
  });

  it("gives the frame tokens and scopes of its shop", async () => {
    const { idToken } = (await (await get("/admin/store/tiny-tea/id-token")).json()) as { idToken: string };
    const payload = JSON.parse(Buffer.from(idToken.split(".")[1] ?? "", "base64url").toString());
    expect(payload.dest).toBe(`https://${domain}`);
    expect(await (await get("/admin/store/tiny-tea/scopes")).json()).toMatchObject({ optional: ["read_all_orders"] });
  });

  it("shows an order, but not one that is still to be placed", async () => {
    const order = store.shops.get(domain)?.orders[0];
    expect((await get(`/admin/store/tiny-tea/orders/${order?.id}`)).status).toBe(200);
    expect((await get("/admin/store/tiny-tea/orders/1")).status).toBe(404);
  });
});

describe("controls", () => {
  it("move the clock and come back with what was done", async () => {
    const before = store.clock.now();
    const response = await post("/controls", { change: "advance", ms: String(3_600_000) });
    expect(response.status).toBe(303);
    expect(store.clock.now() - before).toBeGreaterThanOrEqual(3_600_000);
    const after = await (await get(response.headers.get("location") ?? "")).text();
    expect(after).toContain("The store’s clock moved +1 hour.");
  });

  it("set the speed", async () => {
    await post("/controls", { change: "speed", factor: "60" });
    expect(store.clock.speed).toBe(60);
    await post("/controls", { change: "speed", factor: "1" });
  });

  it("place random orders", async () => {
    const shop = store.shops.get(domain);
    const before = shop?.orders.length ?? 0;
    const response = await post("/controls", { change: "orders", shop: domain, count: "12" });
    expect(response.status).toBe(303);
    expect(shop?.orders.length).toBe(before + 12);
    expect(shop?.orders.at(-1)?.placedAt).toBeGreaterThanOrEqual(fixtureNow);
  });

  it.each([
    { change: "advance", ms: "-1" },
    { change: "speed", factor: "2" },
    { change: "orders", shop: domain, count: "100000" },
    { change: "orders", shop: "nobody", count: "1" },
    { change: "no such change" },
  ])("refuse $change with a reason", async (fields) => {
    expect((await post("/controls", fields as unknown as Record<string, string>)).status).toBe(422);
  });

  it("uninstall the app", async () => {
    await post("/controls", { change: "uninstall", shop: domain });
    expect(store.installation(domain)).toBeNull();
    expect((await post("/controls", { change: "uninstall", shop: domain })).status).toBe(422);
  });
});

describe("the storefront", () => {
  const base = "/storefront/tiny-tea";
  const cookieOf = (response: Response) => (response.headers.get("set-cookie") ?? "").split(";")[0] ?? "";

  it("sells: cart, delivery with its promise, order, and its status as time goes by", async () => {
    const added = await post(`${base}/cart`, { change: "add", product: "earl-grey-125-g", quantity: "2" });
    const cart = cookieOf(added);
    expect(await (await get(`${base}/cart`, cart)).text()).toContain("£17.00");

    const checkout = await (await get(`${base}/checkout?country=GB&province=SCT`, cart)).text();
    expect(checkout).toMatch(/Standard<\/strong><br><span class="soft">by \w{3} \d+ \w{3}/);

    const bought = await post(`${base}/checkout`, { country: "GB", province: "SCT", method: "Standard" }, cart);
    expect(bought.status).toBe(303);
    const order = store.shops.get(domain)?.orders.at(-1);
    expect(order).toMatchObject({ country: "GB", province: "SCT", shippingTitle: "Standard", sourceName: "web" });
    expect(order?.lineItems).toMatchObject([{ title: "Earl Grey 125 g", quantity: 2 }]);

    const status = bought.headers.get("location") ?? "";
    expect(await (await get(status)).text()).toContain("Thank you");
    store.clock.advance(30 * 86_400_000);
    const last = order?.cancelledAt ? "Order cancelled" : "sent";
    expect(await (await get(status)).text()).toContain(last);
    expect(cookieOf(bought)).toMatch(/=$/);
  });

  it("refuses a delivery that does not go there, and an empty cart", async () => {
    const cart = cookieOf(await post(`${base}/cart`, { change: "add", product: "earl-grey-125-g" }));
    const nowhere = await post(`${base}/checkout`, { country: "JP", method: "Standard" }, cart);
    expect(nowhere.status).toBe(422);
    expect((await post(`${base}/checkout`, { country: "GB", province: "SCT", method: "Standard" })).status).toBe(422);
  });

  it("sells what is not shipped without asking where to", async () => {
    const cart = cookieOf(await post(`${base}/cart`, { change: "add", product: "gift-card" }));
    expect(await (await get(`${base}/checkout`, cart)).text()).not.toContain("Where to?");
    expect((await post(`${base}/checkout`, {}, cart)).status).toBe(303);
  });

  it("answers 404 for a product or order it does not have", async () => {
    expect((await get(`${base}/products/none`)).status).toBe(404);
    expect((await get(`${base}/orders/none`)).status).toBe(404);
  });
});
