import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NARROW, openWindow, WIDE, type AdminVisit } from "../browser/admin-visit";
import { shopHandle } from "../dev-store/pages/embed";
import { northwindOutdoor, tinyTea } from "../dev-store/simulator/presets";
import { simulateShop } from "../dev-store/simulator/shop";
import { captureScreenshot, launchChromium } from "./chromium";
import { runEase } from "./run-ease";

/**
 * npm run screenshots: the pictures of the README, taken from Ease as it is now, in shops of a fixed moment so that
 * pictures change only when Ease does.
 */
const FOLDER = ".github/screenshots";
const NOW = Date.parse("2026-11-17T10:00:00Z");
const DAYS = 110;
const NORTHWIND = shopHandle(northwindOutdoor.domain);
const TEA = shopHandle(tinyTea.domain);

interface Picture {
  name: string;
  shop: string;
  place: string;
  viewport: { width: number; height: number };
  /** The whole admin rather than Ease alone. */
  admin?: boolean;
  /** What to do before the picture is taken. */
  first?: (visit: AdminVisit) => Promise<void>;
}

const PICTURES: Picture[] = [
  { name: "admin", shop: NORTHWIND, place: "/app", viewport: { width: 1280, height: 800 }, admin: true },
  { name: "home", shop: NORTHWIND, place: "/app", viewport: { width: 1240, height: 1360 } },
  { name: "home-narrow", shop: TEA, place: "/app", viewport: { ...NARROW, height: 1150 }, admin: true },
  { name: "orders", shop: NORTHWIND, place: "/app/orders?state=delivered&band=hard", viewport: WIDE },
  {
    name: "order",
    shop: NORTHWIND,
    place: `/app/orders?state=delivered&reason=promise_broken&carrier=DHL&country=AT&from=${day(28)}`,
    viewport: { width: 1240, height: 1150 },
    first: async ({ ease }) => {
      await ease.locator("a[data-primary-link]").first().click();
      await ease.getByRole("heading", { name: "What happened" }).waitFor();
    },
  },
  { name: "settings", shop: NORTHWIND, place: "/app/settings", viewport: { width: 1240, height: 720 } },
];

function day(daysAgo: number): string {
  return new Date(NOW - daysAgo * 86_400_000).toISOString().slice(0, 10);
}

const dataDir = mkdtempSync(join(tmpdir(), "ease-screenshots-"));
const ease = await runEase({
  dataDir,
  shops: (until) =>
    [northwindOutdoor, tinyTea].map((spec) => simulateShop(spec, { seed: "pictures", until, days: DAYS })),
  postgresSettings: ["fsync=off", "synchronous_commit=off"],
  firstPort: 4700,
  until: NOW,
  step: (what) => console.log(what),
  said: (name, text) => {
    if (/error/i.test(text)) console.error(`[${name}] ${text.trimEnd()}`);
  },
});
const browser = await launchChromium();
try {
  mkdirSync(FOLDER, { recursive: true });
  for (const shop of [NORTHWIND, TEA]) await imported(shop);
  for (const picture of PICTURES) {
    const path = join(FOLDER, `${picture.name}.png`);
    await take(picture, path);
    console.log(`${path}  ${Math.round(statSync(path).size / 1024)} KB`);
  }
} finally {
  await browser.close();
  await ease.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

function addressOf(shop: string, place: string): string {
  return `${ease.urls.devStore}/admin/store/${shop}/apps/ease${place}`;
}

/** Opens Ease in a shop, which installs it, and waits until its orders are scored. */
async function imported(shop: string): Promise<void> {
  console.log(`Importing the orders of ${shop}`);
  const visit = await openWindow(browser, WIDE);
  visit.context.setDefaultTimeout(120_000);
  await visit.page.goto(addressOf(shop, ""));
  await visit.ease.getByText("out of 100", { exact: false }).waitFor();
  await visit.ease.getByRole("progressbar").waitFor({ state: "detached" });
  await visit.context.close();
}

async function take({ shop, place, viewport, admin, first }: Picture, path: string): Promise<void> {
  const visit = await openWindow(browser, viewport);
  await visit.page.goto(addressOf(shop, place));
  await visit.ease.getByRole("heading", { level: 1 }).waitFor();
  await first?.(visit);
  await visit.page.evaluate(() => document.fonts.ready);
  // Charts follow the width they are given once it is measured.
  await visit.page.waitForTimeout(400);
  const box = await visit.page.locator("#app-frame").boundingBox();
  await captureScreenshot(visit.page, { path, animations: "disabled", ...(admin || !box ? {} : { clip: box }) });
  await visit.context.close();
}
