import { createHmac } from "node:crypto";

/** Parameters Shopify adds to the app's URL in the frame; they are never part of the place in the app. */
const frameParams = [
  "appLoadId", "embedded", "hmac", "host", "id_token", "locale", "protocol", "session", "shop", "timestamp",
];

/** "northwind-outdoor" of "northwind-outdoor.myshopify.com". */
export function shopHandle(domain: string): string {
  return domain.replace(/\.myshopify\.com$/, "");
}

export function shopDomain(handle: string): string {
  return `${handle}.myshopify.com`;
}

/**
 * Shopify's `hmac` over query parameters: hex HMAC-SHA256 of `key=value` pairs sorted by key, URL-encoded and joined by
 * "&" (shopify-api, utils/hmac-validator).
 */
export function queryHmac(params: URLSearchParams, secret: string): string {
  const pairs = [...params]
    .filter(([key]) => key !== "hmac" && key !== "signature")
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`);
  return createHmac("sha256", secret).update(pairs.join("&")).digest("hex");
}

/** Where in the app a URL of the frame points: the path and its own query, without what Shopify adds. */
export function appPlace(path: string, search: URLSearchParams): string {
  const own = new URLSearchParams(search);
  for (const name of frameParams) own.delete(name);
  const query = own.toString();
  return `/${path.replace(/^\/+/, "")}${query ? `?${query}` : ""}`;
}

/**
 * The address Shopify loads into its frame for a place in the app: the place, then embedded, host, id_token, locale,
 * shop, timestamp and the hmac over all of them. `now` is epoch milliseconds.
 */
export function embeddedAppUrl(input: {
  appUrl: string;
  apiSecret: string;
  domain: string;
  place: string;
  idToken: string;
  now: number;
}): string {
  const url = new URL(input.place, input.appUrl);
  const host = Buffer.from(`admin.shopify.com/store/${shopHandle(input.domain)}`).toString("base64").replace(/=+$/, "");
  url.searchParams.set("embedded", "1");
  url.searchParams.set("host", host);
  url.searchParams.set("id_token", input.idToken);
  url.searchParams.set("locale", "en");
  url.searchParams.set("shop", input.domain);
  url.searchParams.set("timestamp", String(Math.floor(input.now / 1000)));
  url.searchParams.set("hmac", queryHmac(url.searchParams, input.apiSecret));
  return url.toString();
}
