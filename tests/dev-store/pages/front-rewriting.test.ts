import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";

import {
  allowFraming, markupRewriter, rewriteLocation, rewriteMarkup, rewriteText, withoutCdnLinks,
} from "./front-rewriting";

const admin = "http://127.0.0.1:4000";

describe("allowFraming", () => {
  it.each([
    ["frame-ancestors https://x.myshopify.com https://admin.shopify.com;",
      `frame-ancestors https://x.myshopify.com https://admin.shopify.com ${admin};`],
    ["default-src 'self'; frame-ancestors 'none'", `default-src 'self';frame-ancestors ${admin}`],
    ["default-src 'self'", "default-src 'self'"],
  ])("%j", (policy, allowed) => {
    expect(allowFraming(policy, admin)).toBe(allowed);
  });
});

describe("rewriting what a page loads", () => {
  const bridge = "https://cdn.shopify.com/shopifycloud/app-bridge.js";

  it("puts the stand-in in App Bridge's place and drops links to the CDN", () => {
    const markup = '<link rel="preconnect" href="https://cdn.shopify.com/"><link rel="stylesheet" href="/app.css">'
      + `<script data-api-key="k" src="${bridge}"></script><img src="https://cdn.shopify.com/s/files/empty.svg">`;
    expect(rewriteMarkup(markup)).toBe(
      '<link rel="stylesheet" href="/app.css"><script data-api-key="k" src="/__dev-store/app-bridge.js"></script>'
      + '<img src="/__dev-store/nothing/s/files/empty.svg">',
    );
  });

  it("rewrites the same address in scripts, so that hydration finds what the server sent", () => {
    expect(rewriteText(`const url="${bridge}"`)).toBe('const url="/__dev-store/app-bridge.js"');
  });

  it.each([1, 2, 7, 64])("rewrites alike when the page arrives in pieces of %i bytes", async (size) => {
    const markup = `<p>Grüße</p><link href="https://cdn.shopify.com/a.css"><script src="${bridge}"></script> end`;
    const bytes = Buffer.from(markup);
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
      bytes.subarray(index * size, (index + 1) * size));
    expect(await text(Readable.from(pieces).pipe(markupRewriter()))).toBe(rewriteMarkup(markup));
  });
});

describe("withoutCdnLinks", () => {
  it("keeps only what does not ask the CDN", () => {
    const cdn = '<https://cdn.shopify.com/shopifycloud/app-bridge.js>; rel="preload"; as="script";';
    expect(withoutCdnLinks(cdn)).toBeNull();
    expect(withoutCdnLinks(`${cdn}, </app.css>; rel=preload`)).toBe(" </app.css>; rel=preload");
  });
});

it("leads redirects to Shopify admin to the dev store's admin", () => {
  expect(rewriteLocation("https://admin.shopify.com/store/tiny-tea/apps/ease", admin))
    .toBe(`${admin}/admin/store/tiny-tea/apps/ease`);
  expect(rewriteLocation("/auth/login", admin)).toBe("/auth/login");
});
