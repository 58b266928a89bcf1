import "@shopify/shopify-api/adapters/node";
import { ApiVersion, LogSeverity, shopifyApi } from "@shopify/shopify-api";
import type { IncomingMessage } from "node:http";
import { expect, it } from "vitest";

import { fixtureSecret, fixtureStore, serveLocally, servePages } from "./fixture-store";

const api = shopifyApi({
  apiKey: "key", apiSecretKey: fixtureSecret, apiVersion: ApiVersion.July26, isEmbeddedApp: true,
  hostName: "ease.example",
  logger: { level: LogSeverity.Error },
});

it("forwards the storefront's proxy path to the app, signed, without cookies either way", async () => {
  let seen: IncomingMessage | null = null;
  const app = await serveLocally((req, res) => {
    seen = req;
    res.writeHead(200, { "content-type": "text/plain", "set-cookie": "app=1" }).end("from the app");
  });
  const store = await fixtureStore(app.origin, Date.now());
  const pages = await servePages(() => store);
  const response = await fetch(`${pages.origin}/storefront/tiny-tea/apps/ease/survey/7?lang=de`, {
    headers: { cookie: "shopper=1" },
  });
  expect(await response.text()).toBe("from the app");
  expect(response.headers.get("set-cookie")).toBeNull();
  const request = seen as IncomingMessage | null;
  expect(request?.headers.cookie).toBeUndefined();
  const url = new URL(request?.url ?? "", app.origin);
  expect(url.pathname).toBe("/proxy/survey/7");
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    lang: "de", shop: "tiny-tea.myshopify.com", path_prefix: "/apps/ease", logged_in_customer_id: "",
  });
  const forwarded = Object.fromEntries(url.searchParams);
  expect(await api.utils.validateHmac(forwarded, { signator: "appProxy" })).toBe(true);
  expect(await api.utils.validateHmac({ ...forwarded, lang: "en" }, { signator: "appProxy" })).toBe(false);
  await Promise.all([app.close(), pages.close()]);
});
