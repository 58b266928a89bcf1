import { createHmac } from "node:crypto";

/**
 * The signature Shopify puts on an app proxy request: hex HMAC-SHA256 over the sorted `key=value` pairs, run together
 * without separators, several values of one key joined by commas, `signature` itself left out.
 */
export function proxySignature(params: URLSearchParams, apiSecret: string): string {
  const keys = [...new Set(params.keys())].filter((key) => key !== "signature");
  const text = keys
    .map((key) => `${key}=${params.getAll(key).join(",")}`)
    .sort()
    .join("");
  return createHmac("sha256", apiSecret).update(text).digest("hex");
}

/**
 * The query string with which a storefront request to `/apps/ease/*` reaches the app: the shopper's own parameters, and
 * Shopify's `shop`, `logged_in_customer_id` ("" when nobody is logged in), `path_prefix`, `timestamp` and `signature`.
 * `now` is store time, epoch ms. A request's body is not signed, at Shopify neither.
 */
export function signProxyRequest(
  params: URLSearchParams,
  signed: { shop: string; customerId: number | null; pathPrefix: string; now: number; apiSecret: string },
): URLSearchParams {
  const all = new URLSearchParams(params);
  // A shopper who sends Shopify's own parameters along must not be believed.
  all.delete("signature");
  all.set("shop", signed.shop);
  all.set("logged_in_customer_id", signed.customerId === null ? "" : String(signed.customerId));
  all.set("path_prefix", signed.pathPrefix);
  all.set("timestamp", String(Math.floor(signed.now / 1_000)));
  all.set("signature", proxySignature(all, signed.apiSecret));
  return all;
}
