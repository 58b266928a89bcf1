import type { Browser, BrowserContext, FrameLocator, Page } from "playwright-core";
import { browserUserAgent } from "../setup/chromium";

export const WIDE = { width: 1280, height: 900 };
export const NARROW = { width: 375, height: 780 };

/** A person in a shop's admin, with what their browser complained of or asked of the internet meanwhile. */
export interface AdminVisit {
  page: Page;
  /** Ease, inside the admin's frame. */
  ease: FrameLocator;
  context: BrowserContext;
  /** Errors on the console and uncaught ones, of the admin and of Ease. */
  complaints: string[];
  /** Addresses of requests to anything but this machine. */
  outside: string[];
}

/** Opens a browser window of that size, at no page yet. */
export async function openWindow(browser: Browser, viewport: { width: number; height: number }): Promise<AdminVisit> {
  const context = await browser.newContext({ userAgent: browserUserAgent, viewport });
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  const outside: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(`${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => complaints.push(error.stack ?? error.message));
  page.on("request", (request) => {
    const { protocol, hostname } = new URL(request.url());
    const local = protocol === "data:" || protocol === "blob:" || hostname === "127.0.0.1" || hostname === "localhost";
    if (!local) outside.push(request.url());
  });
  return { page, ease: page.frameLocator("#app-frame"), context, complaints, outside };
}

/** Where Ease stands in the admin: path and query below the app's own address. */
export async function placeInEase(visit: AdminVisit): Promise<string> {
  const url = new URL(visit.page.url());
  return url.pathname.replace(/^.*\/apps\/ease/, "") + url.search;
}

/** Whether Ease is wider than its frame, so that it would scroll sideways. */
export function scrollsSideways(visit: AdminVisit): Promise<boolean> {
  return visit.ease.locator("html").evaluate((html) => html.scrollWidth > html.clientWidth);
}

/** What has the focus: its accessible name, or its text, in the admin or inside Ease. */
export async function focused(visit: AdminVisit): Promise<string> {
  const nameOfActive = () => {
    const active = document.activeElement;
    if (!active || active === document.body) return "";
    const label = active instanceof HTMLInputElement ? active.labels?.[0]?.textContent : null;
    return (active.getAttribute("aria-label") ?? label ?? active.textContent ?? "").trim();
  };
  const inFrame = await visit.page.evaluate(() => document.activeElement?.id === "app-frame");
  const frame = visit.page.frames().find((one) => one.parentFrame());
  return inFrame && frame ? frame.evaluate(nameOfActive) : visit.page.evaluate(nameOfActive);
}

/** Presses a key until that has the focus; throws, with what was passed, when it is not reached. */
export async function pressUntilFocused(visit: AdminVisit, key: "Tab" | "Shift+Tab", name: RegExp): Promise<string> {
  const passed: string[] = [];
  for (let presses = 0; presses < 60; presses++) {
    await visit.page.keyboard.press(key);
    const now = await focused(visit);
    if (name.test(now)) return now;
    passed.push(now);
  }
  throw new Error(`${String(name)} was not reached by ${key}; passed: ${passed.join(" | ")}`);
}
