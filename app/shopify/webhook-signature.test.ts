import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { signedByShopify } from "./webhook-signature.server";

const body = new TextEncoder().encode('{"id":1}');
const signature = createHmac("sha256", "secret").update(body).digest("base64");

describe("signedByShopify", () => {
  it.each([
    ["the right signature", body, signature, true],
    ["another body", new TextEncoder().encode('{"id":2}'), signature, false],
    ["a signature with another secret", body, createHmac("sha256", "other").update(body).digest("base64"), false],
    ["a short signature", body, "YWJj", false],
    ["no signature", body, null, false],
    ["an empty signature", body, "", false],
  ])("%s", (_case, signed, given, expected) => {
    expect(signedByShopify(signed, given, "secret")).toBe(expected);
  });
});
