import "@shopify/shopify-api/adapters/node";
import { ApiVersion, LogSeverity, shopifyApi } from "@shopify/shopify-api";
import { describe, expect, it } from "vitest";

import { appPlace, embeddedAppUrl, shopDomain, shopHandle } from "./embed";

const apiSecret = "hush";

describe("embeddedAppUrl", () => {
  const url = new URL(
    embeddedAppUrl({
      appUrl: "http://127.0.0.1:3000",
      apiSecret,
      domain: "tiny-tea.myshopify.com",
      place: "/orders?sort=worst&carrier=DHL%20%26%20Co",
      idToken: "a.b.c",
      now: Date.now(),
    }),
  );

  it("keeps the place and adds what Shopify adds", () => {
    expect(url.pathname).toBe("/orders");
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      sort: "worst", carrier: "DHL & Co", embedded: "1", locale: "en", shop: "tiny-tea.myshopify.com",
      id_token: "a.b.c",
    });
    const host = Buffer.from(url.searchParams.get("host") ?? "", "base64").toString();
    expect(host).toBe("admin.shopify.com/store/tiny-tea");
  });

  it("has a host and an hmac that Shopify's library accepts, and no longer once changed", async () => {
    const api = shopifyApi({
      apiKey: "key", apiSecretKey: apiSecret, apiVersion: ApiVersion.July26, isEmbeddedApp: true,
      hostName: "ease.example",
      logger: { level: LogSeverity.Error },
    });
    expect(api.utils.sanitizeHost(url.searchParams.get("host") ?? "")).not.toBeNull();
    expect(await api.utils.validateHmac(Object.fromEntries(url.searchParams))).toBe(true);
    const changed = { ...Object.fromEntries(url.searchParams), sort: "best" };
    expect(await api.utils.validateHmac(changed)).toBe(false);
  });
});

describe("appPlace", () => {
  it.each([
    ["", "", "/"],
    ["orders", "sort=worst", "/orders?sort=worst"],
    ["orders/1", "shop=x.myshopify.com&host=aa&id_token=t&embedded=1&hmac=h&page=2", "/orders/1?page=2"],
    ["//evil.example/x", "", "/evil.example/x"],
  ])("of %j and %j is %j", (path, search, place) => {
    expect(appPlace(path, new URLSearchParams(search))).toBe(place);
  });
});

it("turns a shop's domain into its handle and back", () => {
  expect(shopDomain(shopHandle("tiny-tea.myshopify.com"))).toBe("tiny-tea.myshopify.com");
});
