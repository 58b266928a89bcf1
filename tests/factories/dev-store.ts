import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readAppToml } from "../dev-store/app-toml";
import { type DevStore, openDevStore } from "../dev-store/dev-store";
import type { StoreShop } from "../dev-store/model";
import { answerTokenRequest } from "../dev-store/tokens";
import { DAY, PLACED_AT } from "./store-order";

export const API_KEY = "test-key";
export const API_SECRET = "test-secret";

/** A dev store over the shops given, in a folder of its own, ten days after the factories' orders are placed. */
export function testDevStore(
  shops: StoreShop[],
  overrides: { now?: number; url?: string; stateDir?: string } = {},
): Promise<DevStore> {
  return openDevStore({
    stateDir: overrides.stateDir ?? mkdtempSync(join(tmpdir(), "dev-store-")),
    shops,
    app: {
      apiKey: API_KEY,
      apiSecret: API_SECRET,
      url: overrides.url ?? "http://127.0.0.1:9",
      toml: readAppToml("shopify.app.toml"),
    },
    now: overrides.now ?? PLACED_AT + 10 * DAY,
  });
}

/** The fields of a token exchange as Shopify's library sends them. */
export function exchangeRequest(idToken: string): Record<string, unknown> {
  return {
    client_id: API_KEY,
    client_secret: API_SECRET,
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    subject_token: idToken,
    subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
    requested_token_type: "urn:shopify:params:oauth:token-type:offline-access-token",
    expiring: "1",
  };
}

/** Installs the app by token exchange and gives the answer's body. */
export async function exchangeToken(store: DevStore, domain: string): Promise<Record<string, unknown>> {
  const shop = store.shops.get(domain)!;
  const { body } = await answerTokenRequest(store, shop, exchangeRequest(await store.idToken(domain)));
  return body;
}
