import { existsSync } from "node:fs";
import { expect, it } from "vitest";

import { browserUserAgent, chooseChromium } from "./chromium";

it("takes the browser CHROMIUM_PATH names, and says so when there is none", async () => {
  const named = await chooseChromium(process.execPath);
  expect(named).toMatchObject({ executablePath: process.execPath, source: "CHROMIUM_PATH" });
  await expect(chooseChromium("/nowhere/chromium")).rejects.toThrow("CHROMIUM_PATH names no file: /nowhere/chromium");
});

it("finds a browser without being told", async () => {
  const choice = await chooseChromium(undefined);
  expect(existsSync(choice.executablePath)).toBe(true);
  expect(choice.args).not.toContain("--disable-web-security");
});

it("names a user agent that no bot would", () => {
  expect(browserUserAgent).not.toMatch(/headless/i);
});
