import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { northwindOutdoor, tinyTea } from "../dev-store/simulator/presets";
import { simulateShop } from "../dev-store/simulator/shop";
import { launchChromium } from "../setup/chromium";
import { runEase, type RunningEase } from "../setup/run-ease";
import {
  NARROW, openWindow, placeInEase, pressUntilFocused, scrollsSideways, WIDE, type AdminVisit,
} from "./admin-visit";

// A Tuesday at noon: the shops, and with them every figure on screen, are the same whenever the tests run.
const NOW = Date.parse("2026-09-15T10:00:00Z");
const SHOPS = [
  { spec: { ...northwindOutdoor, ordersPerDay: 40 }, days: 75 },
  { spec: { ...tinyTea, ordersPerDay: 16 }, days: 40 },
];
const northwind = "northwind-outdoor";
const tea = "tiny-tea";
/** A row's link, in the wide table and in the narrow list. */
const ORDER_LINK = "a[data-primary-link]";

let folder: string;
let running: RunningEase;
let browser: Browser;
let visit: AdminVisit;
/** What the first visit showed while the orders came in, in that order. */
const whileImporting: string[] = [];
const said: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "ease-browser-"));
  [running, browser] = await Promise.all([
    runEase({
      dataDir: folder,
      shops: (until) => SHOPS.map(({ spec, days }) => simulateShop(spec, { seed: "browser", until, days })),
      postgresSettings: ["fsync=off", "full_page_writes=off", "synchronous_commit=off"],
      firstPort: 4600,
      until: NOW,
      step: () => undefined,
      said: (name, text) => said.push(`${name}: ${text}`),
    }),
    launchChromium(),
  ]);
  visit = await openWindow(browser, WIDE);
  await install(northwind);
  await install(tea);
  await visit.context.close();
});

afterAll(async () => {
  await browser?.close();
  await running?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  visit = await openWindow(browser, WIDE);
});

afterEach(async () => {
  await visit.context.close();
  expect(visit.complaints).toEqual([]);
  expect(visit.outside).toEqual([]);
});

const address = (shop: string, place = "/app") => `${running.urls.devStore}/admin/store/${shop}/apps/ease${place}`;

/** Goes to a place in Ease and waits until it stands there. */
async function go(shop: string, place = "/app"): Promise<void> {
  await visit.page.goto(address(shop, place));
  await visit.ease.getByRole("heading", { level: 1 }).waitFor();
}

/** Opens Ease for the first time, from the app's own address, and watches until the orders are scored. */
async function install(shop: string): Promise<void> {
  await visit.page.goto(address(shop, ""));
  const heading = visit.ease.getByRole("heading", { level: 1 });
  for (const until = Date.now() + 60_000; ; ) {
    const sentence = await heading.textContent();
    if (sentence && sentence !== whileImporting.at(-1)) whileImporting.push(sentence);
    const importing = await visit.ease.getByRole("progressbar").count();
    if (/out of 100/.test(sentence ?? "") && importing === 0) return;
    if (Date.now() > until) throw new Error(`${shop} was not imported in time: ${whileImporting.join(" / ")}`);
    await visit.page.waitForTimeout(100);
  }
}

const number = (text: string) => Number(text.replaceAll(",", "").replace("−", "-"));

describe("the first visit", () => {
  it("installs Ease and shows the orders come in until there is a score", () => {
    expect(whileImporting[0]).toBe("Your orders are being read.");
    expect(whileImporting.at(-1)).toMatch(/^Delivery .*\d+ out of 100/);
    expect([...running.store.shops.keys()]).toHaveLength(2);
    expect(said.filter((text) => /error/i.test(text))).toEqual([]);
  });
});

describe("a frame that is loaded without what Shopify gave it", () => {
  const reload = (search: string) =>
    visit.ease.locator("html").evaluate((_html, to) => location.assign(to), `/app?${search}`);

  it("gets a new session token, and is where it was", async () => {
    await go(northwind);
    const host = Buffer.from(`admin.shopify.com/store/${northwind}`).toString("base64").replace(/=+$/, "");
    await reload(`period=7&embedded=1&shop=${northwind}.myshopify.com&host=${host}`);
    await visit.ease.getByRole("heading", { level: 1, name: "last 7 days" }).waitFor();
  });

  it("says where to open Ease when it is not known for which shop", async () => {
    await go(northwind);
    await reload("period=7");
    await visit.ease.getByRole("heading", { name: "Open Ease in your Shopify admin" }).waitFor();
  });
});

describe("Home", () => {
  beforeEach(() => go(northwind));

  it("shows the score with its range and how many orders it is of", async () => {
    const score = visit.ease.locator(".Polaris-ShadowBevel", { hasText: "Delivery score" }).first();
    expect(await score.innerText()).toMatch(/Delivery score\s+\d+(\.\d)?\s+±\d+(\.\d)?/);
    expect(await score.innerText()).toMatch(/Mean of [\d,]+ orders placed/);
    await score.getByText("Show as table").click();
    expect(await score.getByRole("row").count()).toBeGreaterThan(20);
  });

  it("shows the share on time with what it is of, and what it leaves out", async () => {
    const onTime = await visit.ease.locator(".Polaris-ShadowBevel", { hasText: "On time" }).first().innerText();
    const [, kept, due, broken] =
      onTime.match(/([\d,]+) of ([\d,]+) promises that came due were kept, ([\d,]+) broken/) ?? [];
    const [, percent, low, high] = onTime.match(/(\d+)%\s+(\d+)%–(\d+)%/) ?? [];
    const share = (number(kept ?? "") / number(due ?? "")) * 100;
    expect(Math.abs(share - Number(percent))).toBeLessThanOrEqual(0.5);
    expect(Number(low)).toBeLessThan(share);
    expect(Number(high)).toBeGreaterThan(share);
    expect(number(kept ?? "") + number(broken ?? "")).toBe(number(due ?? ""));
    const [, uncounted, all] = onTime.match(/([\d,]+) of the ([\d,]+) orders in the score/) ?? [];
    const outside = [...onTime.matchAll(/^([\d,]+)\s+(Promised|Nothing|Cancelled)/gm)].map((row) => number(row[1] ?? ""));
    expect(outside.length).toBeGreaterThan(2);
    expect(outside.reduce((sum, one) => sum + one, 0)).toBe(number(uncounted ?? ""));
    expect(number(uncounted ?? "") + number(due ?? "")).toBe(number(all ?? ""));
  });

  it("leads from each number of orders on time to just those orders", async () => {
    for (const [name, phrase] of [
      [/broken promises/, "with a promise that was broken"],
      [/: Nothing was promised/, "without a promise"],
      [/: Cancelled/, "that were cancelled"],
    ] as const) {
      const link = visit.ease.getByRole("link", { name });
      const orders = number(await link.innerText());
      await link.click();
      const heading = visit.ease.getByRole("heading", { level: 1, name: phrase });
      expect(number((await heading.innerText()).match(/^[\d,]+/)?.[0] ?? "")).toBe(orders);
      await go(northwind);
    }
  });

  it("leads from a reason to the orders that lost points for it", async () => {
    const reason = visit.ease.locator(".ease-reasons li").first();
    const orders = number((await reason.innerText()).match(/([\d,]+) orders?,/)?.[1] ?? "");
    const title = await reason.getByRole("link").innerText();
    await reason.getByRole("link").click();
    const heading = visit.ease.getByRole("heading", { level: 1, name: title });
    await heading.waitFor();
    await visit.ease.getByRole("columnheader", { name: title }).first().waitFor();
    expect(number((await heading.innerText()).match(/^[\d,]+/)?.[0] ?? "")).toBe(orders);
    expect(await placeInEase(visit)).toMatch(/^\/app\/orders\?reason=\w+&from=2026-\d\d-\d\d&to=2026-09-\d\d$/);
  });

  it("keeps the period in the address", async () => {
    await visit.ease.getByLabel("Period").selectOption("90");
    await visit.page.waitForURL("**/app?period=90");
    await visit.page.reload();
    // Of the 90 days 75 are known, and the figure says which.
    await visit.ease.getByText(/^Mean of [\d,]+ orders placed Jul 3 – .* Ease knows no order before Jul 3/).waitFor();
    expect(await visit.ease.getByLabel("Period").inputValue()).toBe("90");
  });
});

describe("Orders", () => {
  const names = () => visit.ease.locator(ORDER_LINK).allInnerTexts();

  it("keeps filters, order and page in the address, through reload and back", async () => {
    await go(northwind, "/app/orders");
    await visit.ease.getByRole("button", { name: "Search and filter results" }).click();
    await visit.ease.getByRole("button", { name: "Add filter" }).click();
    await visit.ease.getByRole("menuitem", { name: "Score" }).click();
    await visit.ease.getByRole("checkbox", { name: /^Strained/ }).click();
    await visit.page.waitForURL("**/app/orders?band=strained");
    await visit.page.keyboard.press("Escape");
    await visit.ease.getByRole("button", { name: "Sort the results" }).click();
    await visit.ease.locator("label", { hasText: "Placed" }).click();
    await visit.page.waitForURL("**/app/orders?sort=oldest&band=strained");
    await visit.ease.getByRole("button", { name: "Newest first" }).click();
    await visit.page.waitForURL("**/app/orders?sort=newest&band=strained");
    await visit.page.keyboard.press("Escape");
    const first = await names();
    await visit.ease.getByRole("link", { name: "Next" }).click();
    await visit.page.waitForURL("**/app/orders?sort=newest&band=strained&after=*");
    const next = await names();
    expect(next.filter((name) => first.includes(name))).toEqual([]);

    await visit.page.goBack();
    await visit.page.waitForURL("**/app/orders?sort=newest&band=strained");
    await visit.ease.getByRole("link", { name: first[0] ?? "" }).waitFor();
    expect(await names()).toEqual(first);
    await visit.page.goForward();
    await visit.page.waitForURL("**/app/orders?sort=newest&band=strained&after=*");
    await visit.page.reload();
    await visit.ease.getByRole("heading", { level: 1 }).waitFor();
    expect(await names()).toEqual(next);
  });

  it("shows a filter as chosen at once, and a second one asked for meanwhile beside it", async () => {
    await go(northwind, "/app/orders");
    await visit.ease.getByRole("button", { name: "Search and filter results" }).click();
    await visit.ease.getByRole("button", { name: "Add filter" }).click();
    await visit.ease.getByRole("menuitem", { name: "Score" }).click();
    const strained = visit.ease.getByRole("checkbox", { name: /^Strained/ });
    const hard = visit.ease.getByRole("checkbox", { name: /^Hard/ });
    let answer = () => {};
    const held = new Promise<void>((settle) => (answer = settle));
    await visit.page.route(/\/app\/orders.*band=/, async (route) => {
      await held;
      // The request for one filter alone is given up for the one for both.
      await route.continue().catch(() => undefined);
    });
    await strained.check();
    await hard.check();
    expect([await strained.isChecked(), await hard.isChecked()]).toEqual([true, true]);
    expect(await placeInEase(visit)).toBe("/app/orders");
    answer();
    await visit.page.waitForURL("**/app/orders?band=strained&band=hard");
    expect([await strained.isChecked(), await hard.isChecked()]).toEqual([true, true]);
  });

  it("shows the hardest first", async () => {
    await go(northwind, "/app/orders");
    const scores = await visit.ease.locator("tbody .Polaris-Badge").allInnerTexts();
    const values = scores.map((text) => Number.parseFloat(text));
    expect(values).toEqual([...values].sort((a, b) => a - b));
    expect(values.length).toBeGreaterThan(20);
  });

  it("says so when nothing matches, and what it could not understand", async () => {
    await go(northwind, "/app/orders?search=no-such-order");
    await visit.ease.getByRole("heading", { name: "No order matches these filters." }).waitFor();
    await go(northwind, "/app/orders?band=purple&after=nonsense");
    await visit.ease.getByText("Left aside: band, page.").waitFor();
    expect((await names()).length).toBeGreaterThan(20);
  });

  it("counts what has no score, and leads there from Home", async () => {
    await go(northwind);
    const link = visit.ease.getByRole("link", { name: /left out: Sold in person/ });
    const orders = number(await link.innerText());
    await link.click();
    const heading = visit.ease.getByRole("heading", { name: /left out of the score \(sold in person\)/ });
    expect(Number.parseInt(await heading.innerText(), 10)).toBe(orders);
  });
});

describe("Order", () => {
  it("explains its score in points that sum to what is missing, and what happened in order", async () => {
    await go(northwind, "/app/orders?band=strained");
    await visit.ease.locator(ORDER_LINK).first().click();
    await visit.ease.getByRole("heading", { name: "Where the points went" }).waitFor();
    await visit.ease.getByText("Show as table").click();
    const rows = (await visit.ease.locator("figure tbody tr, details tbody tr").allInnerTexts()).map((row) =>
      row.split("\t").map((cell) => cell.trim()),
    );
    const steps = rows.slice(1, -1).map((row) => -number(row[1] ?? ""));
    const score = Number(rows.at(-1)?.[2]);
    expect(steps.length).toBeGreaterThan(1);
    const taken = steps.reduce((sum, one) => sum + one, 0);
    // Each step and the score are written with one decimal.
    expect(Math.abs(100 - taken - score)).toBeLessThan(0.05 * (steps.length + 1) + 1e-9);

    const moments = await visit.ease.locator(".ease-timeline time").evaluateAll((times) =>
      times.map((time) => time.getAttribute("datetime") ?? ""),
    );
    expect(moments.length).toBeGreaterThan(3);
    expect(moments).toEqual([...moments].sort());
  });

  it("says when there is none such, and shows no other shop's", async () => {
    const other = [...running.store.shops.values()].find((shop) => shop.domain.startsWith(tea))?.orders[0]?.id;
    for (const id of ["1", "nonsense", String(other)]) {
      await go(northwind, `/app/orders/${id}`);
      await visit.ease.getByRole("heading", { name: "There is no such order here." }).waitFor();
    }
    // A browser logs a document that is not found.
    const logged = visit.complaints.splice(0);
    expect(logged).toEqual(logged.filter((text) => text.includes("404 (Not Found)")));
  });
});

describe("a second shop", () => {
  it("sees its own orders alone", async () => {
    const own = new Set([...running.store.shops.values()].find((shop) => shop.domain.startsWith(tea))
      ?.orders.map((order) => String(order.id)));
    await go(tea, "/app/orders?sort=newest");
    const links = visit.ease.locator(ORDER_LINK);
    const ids = await links.evaluateAll((all) => all.map((link) => link.getAttribute("href")?.split("/").at(-1) ?? ""));
    expect(ids.length).toBeGreaterThan(20);
    expect(ids.filter((id) => !own.has(id))).toEqual([]);
    await go(tea, "/app/settings");
    await visit.ease.getByText("Hackney courier").waitFor();
    expect(await visit.ease.getByText("Berlin courier").count()).toBe(0);
  });
});

describe("Settings", () => {
  const bar = () => visit.page.getByRole("region", { name: "Unsaved changes" });

  it("sets a promise for a method that quotes none, and its orders are scored by it", async () => {
    await go(northwind, "/app/settings");
    await visit.ease.getByLabel("Economy").fill("3");
    await bar().getByRole("button", { name: "Save" }).click();
    await visit.page.getByRole("status").getByText("Promises saved").waitFor();
    await bar().waitFor({ state: "hidden" });
    await visit.page.reload();
    await visit.ease.getByRole("heading", { level: 1 }).waitFor();
    expect(await visit.ease.getByLabel("Economy").inputValue()).toBe("3");

    const judged = () => visit.ease.getByText("your own promise for the method", { exact: false }).count();
    for (const until = Date.now() + 20_000; ; ) {
      await go(northwind, "/app/orders?method=Economy&state=delivered");
      await visit.ease.locator(ORDER_LINK).first().click();
      await visit.ease.getByRole("heading", { name: "What happened" }).waitFor();
      if ((await judged()) > 0) break;
      if (Date.now() > until) throw new Error("the orders were not scored again by the new promise");
      await visit.page.waitForTimeout(500);
    }
  });

  it("saves nothing that is no number of days, and says what is wrong beside it", async () => {
    await go(northwind, "/app/settings");
    await visit.ease.getByLabel("Letter").fill("soon");
    await bar().getByRole("button", { name: "Save" }).click();
    await visit.ease.getByText("“soon” is not a number of days.").waitFor();
    expect(await visit.ease.getByLabel("Letter").inputValue()).toBe("soon");
    await visit.page.waitForTimeout(300);
    expect(await bar().isVisible()).toBe(true);
    // The refusal answers with 422, which a browser logs.
    expect(visit.complaints.splice(0)).toEqual([expect.stringContaining("422 (Unprocessable Entity)")]);
    await bar().getByRole("button", { name: "Discard" }).click();
    await bar().waitFor({ state: "hidden" });
    expect(await visit.ease.getByLabel("Letter").inputValue()).toBe("");
    expect(await visit.ease.getByText("is not a number of days").count()).toBe(0);
  });
});

describe("by Tab and Enter alone", () => {
  it("from Home to an order and back", async () => {
    await go(northwind);
    const reason = await visit.ease.locator(".ease-reasons a").first().innerText();
    await pressUntilFocused(visit, "Tab", new RegExp(`^${reason}$`));
    await visit.page.keyboard.press("Enter");
    await visit.page.waitForURL("**/app/orders?reason=*");
    await pressUntilFocused(visit, "Tab", /^#\d+$/);
    await visit.page.keyboard.press("Enter");
    await visit.ease.getByRole("heading", { name: "Where the points went" }).waitFor();
    await pressUntilFocused(visit, "Shift+Tab", /^(Back: )?Orders$/);
    await visit.page.keyboard.press("Enter");
    await visit.page.waitForURL("**/app/orders**");
  });

  it("sets a promise and saves it", async () => {
    await go(tea, "/app/settings");
    await pressUntilFocused(visit, "Tab", /^Economy$/);
    await visit.page.keyboard.type("5");
    await pressUntilFocused(visit, "Shift+Tab", /^Save$/);
    await visit.page.keyboard.press("Enter");
    await visit.page.getByRole("status").getByText("Promises saved").waitFor();
  });
});

describe.each([["wide", WIDE], ["narrow", NARROW]])("on a %s screen", (_name, viewport) => {
  it.each([
    ["Home", "/app"],
    ["Orders", "/app/orders"],
    ["filtered Orders", "/app/orders?band=hard&state=delivered"],
    ["orders left out", "/app/orders?leftOut=any"],
    ["an order", null],
    ["Settings", "/app/settings"],
    ["Activity", "/app/activity?period=week"],
  ])("%s fits and axe finds nothing", async (_screen, place) => {
    await visit.context.close();
    visit = await openWindow(browser, viewport);
    await go(northwind, place ?? "/app/orders");
    if (place === null) {
      await visit.ease.locator(ORDER_LINK).first().click();
      await visit.ease.getByRole("heading", { name: "What happened" }).waitFor();
    }
    expect(await scrollsSideways(visit)).toBe(false);
    const { violations, passes } = await new AxeBuilder({ page: visit.page }).include("#app-frame").analyze();
    const found = violations.map((one) => `${one.impact} ${one.id}: ${one.nodes.map((node) => node.html).join(" ")}`);
    expect(found).toEqual([]);
    // Had axe not come into the frame, it would have found nothing either.
    expect(passes.length).toBeGreaterThan(15);
  });
});
