import { readFileSync } from "node:fs";
import { buildSchema, NoDeprecatedCustomRule, specifiedRules, validate } from "graphql";
import { describe, expect, it } from "vitest";
import { readAppToml } from "../../tests/dev-store/app-toml";
import { missingAccess } from "../../tests/dev-store/access";
import {
  appDocuments,
  GENERATED_FILE,
  generateDocuments,
  readSchemaSdl,
} from "../../tests/dev-store/schema-tools/generate-documents";

const schema = buildSchema(readSchemaSdl());
const toml = readAppToml("shopify.app.toml");

/** Fields read without the scope Shopify names for them, each with the reason. */
const EXCEPTIONS: Record<string, string> = {};

describe("the documents sent to Shopify", () => {
  it("are the ones documents.generated.ts was made from", async () => {
    expect(readFileSync(GENERATED_FILE, "utf8")).toBe(await generateDocuments());
  });

  it.each(appDocuments())("$location is valid and uses nothing deprecated", ({ document }) => {
    const errors = validate(schema, document, [...specifiedRules, NoDeprecatedCustomRule]);
    expect(errors.map((error) => error.message)).toEqual([]);
  });

  it.each(appDocuments())("$location needs no scope that shopify.app.toml does not ask for", ({ document }) => {
    const missing = missingAccess(schema, document, [...toml.scopes, ...toml.optionalScopes]);
    expect(missing.filter(({ coordinate }) => !(coordinate in EXCEPTIONS))).toEqual([]);
  });

  it("ask for every scope in shopify.app.toml that reads", () => {
    const needless = toml.scopes.filter((scope) => {
      const others = toml.scopes.filter((other) => other !== scope);
      return appDocuments().every(({ document }) => missingAccess(schema, document, others).length === 0);
    });
    // The scopes no document needs: webhooks and the app proxy ask for three of them, and Shopify gives each
    // fulfilment order to the apps that may see its kind of location, whichever scope a document names.
    expect(needless).toEqual([
      "read_fulfillments",
      "read_merchant_managed_fulfillment_orders",
      "read_third_party_fulfillment_orders",
      "read_customer_merge",
      "write_app_proxy",
    ]);
  });
});
