import { existsSync, realpathSync } from "node:fs";
import { chromium as playwright, type Browser, type Page, type PageScreenshotOptions } from "playwright-core";

/** A browser's real user agent: Shopify's library answers 410 to "HeadlessChrome", which it takes for a bot. */
export const browserUserAgent =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36";

const systemBrowsers = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome-stable",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

// Without these, Chromium looks up hosts of its own at every start, which a machine without internet refuses.
const quiet = [
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-dev-shm-usage",
  "--disable-domain-reliability",
  "--disable-gpu",
  "--disable-quic",
  "--disable-sync",
  "--font-render-hinting=none",
  "--no-first-run",
  "--no-pings",
];

export interface ChromiumChoice {
  executablePath: string;
  args: string[];
  source: "CHROMIUM_PATH" | "system" | "playwright" | "npm";
}

/**
 * Which Chromium to start: CHROMIUM_PATH, one the system has, one Playwright installed, else the one that comes from
 * npm (Linux only). Throws where `path` names no file.
 */
export async function chooseChromium(path: string | undefined): Promise<ChromiumChoice> {
  const args = [...quiet, ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])];
  if (path) {
    if (!existsSync(path)) throw new Error(`CHROMIUM_PATH names no file: ${path}`);
    return { executablePath: path, args, source: "CHROMIUM_PATH" };
  }
  const system = systemBrowsers.find((one) => existsSync(one));
  if (system) return { executablePath: realpathSync(system), args, source: "system" };
  const managed = playwright.executablePath();
  if (managed && existsSync(managed)) return { executablePath: managed, args, source: "playwright" };
  // The package's own flags are left out: they switch web security off, and with it what a test should notice.
  const { default: packaged } = await import("@sparticuz/chromium");
  return { executablePath: await packaged.executablePath(), args, source: "npm" };
}

/** Starts a headless Chromium. Give every context `userAgent: browserUserAgent`. */
export async function launchChromium(): Promise<Browser> {
  const { executablePath, args } = await chooseChromium(process.env["CHROMIUM_PATH"]);
  return playwright.launch({ executablePath, args, headless: true });
}

/**
 * Takes a screenshot, twice if need be: on a busy machine Chromium fails about one capture in a hundred ("Unable to
 * capture screenshot") for want of a drawn frame, and has one a moment later.
 */
export async function captureScreenshot(page: Page, options: PageScreenshotOptions): Promise<Buffer> {
  try {
    return await page.screenshot(options);
  } catch (error) {
    if (!(error instanceof Error) || !error.message.includes("Unable to capture screenshot")) throw error;
    return page.screenshot(options);
  }
}
