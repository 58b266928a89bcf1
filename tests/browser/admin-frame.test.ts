import AxeBuilder from "@axe-core/playwright";
import type { Browser, BrowserContext, FrameLocator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import type { DevStore } from "../dev-store/dev-store";
import { serveAppFront, type AppFront } from "../dev-store/pages/app-front";
import { fixtureKey, fixtureStore, serveLocally, servePages, type Served } from "../dev-store/pages/fixture-store";
import { browserUserAgent, launchChromium } from "../setup/chromium";
import { fixtureApp, type FixtureApp } from "./fixture-app";

/** All that App Bridge's own types promise; a name that joins them fails to compile until it is here. */
const promised: Record<keyof typeof shopify, true> = {
  app: true, config: true, environment: true, idToken: true, intents: true, loading: true, modal: true, origin: true,
  picker: true, pos: true, ready: true, resourcePicker: true, reviews: true, saveBar: true, scanner: true, scopes: true,
  setSignals: true, shopifyQL: true, support: true, toast: true, tools: true, user: true, webVitals: true,
};

const base = "/admin/store/tiny-tea/apps/ease";
const wide = { width: 1280, height: 800 };
const narrow = { width: 375, height: 740 };

let browser: Browser;
let pages: Served;
let upstream: Served;
let front: AppFront;
let store: DevStore;
let app: FixtureApp;
let context: BrowserContext;
let page: Page;
let frame: FrameLocator;
let outside: string[];

beforeAll(async () => {
  app = fixtureApp(
    () => store.app.url,
    () => [...store.shops.values()][0]?.orders[0]?.id ?? 0,
  );
  upstream = await serveLocally(app.listener);
  pages = await servePages(() => store);
  front = await serveAppFront({ port: 0, upstream: upstream.origin, adminOrigin: pages.origin, apiKey: fixtureKey });
  store = await fixtureStore(`http://127.0.0.1:${front.port}`, Date.now());
  browser = await launchChromium();
}, 60_000);
afterAll(() => Promise.all([browser.close(), front.close(), upstream.close(), pages.close()]));

beforeEach(() => open(wide));
afterEach(() => context.close());

async function open(viewport: { width: number; height: number }): Promise<void> {
  context = await browser.newContext({ userAgent: browserUserAgent, viewport });
  context.setDefaultTimeout(10_000);
  page = await context.newPage();
  outside = [];
  page.on("request", (request) => {
    if (!request.url().startsWith("http://127.0.0.1:")) outside.push(request.url());
  });
  frame = page.frameLocator("#app-frame");
}

async function visit(path = ""): Promise<void> {
  await page.goto(pages.origin + base + path);
  await frame.locator("#heading").waitFor();
}

const answers = (text: string) => frame.locator("#answer", { hasText: text }).waitFor();
const address = () => page.evaluate(() => location.pathname + location.search);

describe("the admin frame", () => {
  it("loads the app on its own origin, with nothing asked of the internet", async () => {
    await visit();
    expect(new URL(page.frames()[1]?.url() ?? "").origin).toBe(store.app.url);
    expect(await page.title()).toBe("Home · Ease · Tiny Tea · Dev store");
    expect(outside).toEqual([]);
  });

  it("keeps the place in its address: by menu, by link, on reload, back and forward", async () => {
    await visit();
    await page.getByRole("link", { name: "Settings" }).click();
    await page.waitForURL(`**${base}/settings`);
    expect(await page.getByRole("link", { name: "Settings" }).getAttribute("aria-current")).toBe("page");
    await frame.getByRole("link", { name: "Worst orders" }).click();
    await page.waitForURL(`**${base}/orders?sort=worst`);
    await page.reload();
    await frame.locator("#heading", { hasText: "orders" }).waitFor();
    expect(await address()).toBe(`${base}/orders?sort=worst`);

    await page.getByRole("link", { name: "Settings" }).click();
    await page.waitForURL(`**${base}/settings`);
    await page.goBack();
    await page.waitForURL(`**${base}/orders?sort=worst`);
    await page.goForward();
    await page.waitForURL(`**${base}/settings`);
  });

  it("opens a deep link, and what Shopify adds is not in it", async () => {
    await visit("/orders?sort=worst");
    expect(app.documents.at(-1)).toMatch(/^\/orders\?sort=worst&embedded=1&host=.+&id_token=.+&hmac=\w{64}$/);
    expect(await address()).toBe(`${base}/orders?sort=worst`);
  });

  it("goes to Home by the app's name", async () => {
    await visit("/settings");
    await page.getByRole("link", { name: "Ease", exact: true }).click();
    await page.waitForURL(`**${base}`);
  });

  it("opens an order's page in the admin", async () => {
    await visit();
    await frame.getByRole("link", { name: "In the admin" }).click();
    await page.waitForURL("**/admin/store/tiny-tea/orders/*");
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toMatch(/^Order #1001/);
  });
});

describe("session tokens", () => {
  it("are sent with the app's own calls", async () => {
    await visit();
    await frame.locator("#call").click();
    await answers("200 pong");
  });

  it("are renewed once when one is refused", async () => {
    await visit();
    app.refuseNext();
    await frame.locator("#call").click();
    await answers("200 pong");
  });

  it("come with the page again after a bounce", async () => {
    app.refuseNext();
    const before = app.documents.length;
    await visit("/orders?sort=worst");
    expect(app.documents.slice(before)).toHaveLength(1);
    expect(await address()).toBe(`${base}/orders?sort=worst`);
  });
});

describe("what the app asks its frame for", () => {
  it("is all there, by the types of App Bridge", async () => {
    await visit();
    const missing = await frame.locator("body").evaluate(
      (_body, names) => names.filter((name) => !(name in shopify)),
      Object.keys(promised),
    );
    expect(missing).toEqual([]);
    expect(await frame.locator("body").evaluate(() => shopify.config)).toMatchObject({
      apiKey: fixtureKey, shop: "tiny-tea.myshopify.com", locale: "en",
    });
  });

  it("toasts, with an action", async () => {
    await visit();
    await frame.locator("#complain").click();
    const toast = page.getByRole("alert");
    await toast.getByText("Could not save").waitFor();
    await toast.getByRole("button", { name: "Try again" }).click();
    await answers("again");
    await toast.getByRole("button", { name: "Dismiss" }).click();
    expect(await toast.getByText("Could not save").count()).toBe(0);
  });

  it("title bar actions", async () => {
    await visit();
    await page.getByRole("button", { name: "Take it" }).click();
    await answers("primary action");
    await page.getByRole("button", { name: "Export" }).click();
    await answers("exported");
  });

  it("a save bar that saves, discards, and asks before leaving", async () => {
    await visit("/settings");
    const bar = page.getByRole("region", { name: "Unsaved changes" });
    await frame.getByLabel("Name").fill("Other");
    await bar.getByRole("button", { name: "Discard" }).click();
    await bar.waitFor({ state: "hidden" });
    expect(await frame.getByLabel("Name").inputValue()).toBe("Ease");

    await frame.getByLabel("Name").fill("Other");
    await bar.waitFor();
    await page.getByRole("link", { name: "Orders" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Stay" }).click();
    expect(await address()).toBe(`${base}/settings`);
    await bar.getByRole("button", { name: "Save" }).click();
    await page.getByRole("status").getByText("Saved", { exact: true }).waitFor();
    await bar.waitFor({ state: "hidden" });
  });

  it("a modal, with the rest of the admin out of reach meanwhile", async () => {
    await visit();
    await frame.locator("#ask").click();
    const modal = frame.getByRole("dialog", { name: "A question" });
    await modal.getByText("Really?").waitFor();
    expect(await page.locator(".admin-menu").evaluate((element) => (element as HTMLElement).inert)).toBe(true);
    await modal.getByRole("button", { name: "Yes" }).click();
    await answers("agreed");
    await modal.waitFor({ state: "hidden" });
    expect(await page.locator(".admin-menu").evaluate((element) => (element as HTMLElement).inert)).toBe(false);
  });

  it("granted scopes; and what the dev store does not have is refused by name", async () => {
    await visit();
    await frame.locator("#scopes").click();
    await answers("read_orders read_fulfillments");
    await frame.locator("#pick").click();
    await answers("shopify.resourcePicker is not in the dev store");
  });
});

describe("on a narrow screen", () => {
  beforeEach(async () => {
    await context.close();
    await open(narrow);
  });

  it("has its menu behind a button, by keyboard too", async () => {
    await visit();
    const orders = page.getByRole("link", { name: "Orders" });
    expect(await orders.isVisible()).toBe(false);
    const button = page.getByRole("button", { name: "Menu" });
    await button.focus();
    await page.keyboard.press("Enter");
    await orders.waitFor();
    await page.keyboard.press("Escape");
    await orders.waitFor({ state: "hidden" });
    expect(await button.evaluate((element) => element === document.activeElement)).toBe(true);
    await button.click();
    await orders.click();
    await page.waitForURL(`**${base}/orders`);
  });

  it.each([base, "/", "/controls", "/storefront/tiny-tea", "/storefront/tiny-tea/products/earl-grey-125-g"])(
    "%s does not scroll sideways",
    async (path) => {
      await page.goto(pages.origin + path);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(narrow.width);
    },
  );
});

describe.each([["wide", wide], ["narrow", narrow]])("axe finds nothing, %s", (_name, viewport) => {
  it.each([
    base, "/", "/controls", "/admin/store/tiny-tea/orders/1", "/storefront/tiny-tea",
    "/storefront/tiny-tea/products/earl-grey-125-g", "/storefront/tiny-tea/cart",
  ])("on %s", async (path) => {
    await context.close();
    await open(viewport);
    await page.goto(pages.origin + path);
    if (path === base) await frame.locator("#heading").waitFor();
    const { violations } = await new AxeBuilder({ page }).exclude("iframe").analyze();
    expect(violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(" ")}`)).toEqual([]);
  });
});
