import { createHmac, timingSafeEqual } from "node:crypto";

/**
 * Whether Shopify signed this body: base64 of HMAC-SHA256 over the raw bytes with the app's secret. No session and no
 * network are needed, so a webhook is taken even while the shop's token cannot be refreshed.
 */
export function signedByShopify(rawBody: Uint8Array, signature: string | null, secret: string): boolean {
  if (!signature) return false;
  const expected = createHmac("sha256", secret).update(rawBody).digest();
  const given = Buffer.from(signature, "base64");
  return given.length === expected.length && timingSafeEqual(given, expected);
}
