import { shopifyApi } from "@shopify/shopify-api";
import "@shopify/shopify-api/adapters/node";
import { describe, expect, it } from "vitest";
import { API_KEY, API_SECRET, exchangeRequest, exchangeToken, testDevStore } from "../factories/dev-store";
import { HOUR, storeShop } from "../factories/store-order";
import { answerTokenRequest, checkAccessToken } from "./tokens";

const shop = storeShop();
const other = storeShop({ domain: "other-shop.myshopify.com", id: 502, grantableScopes: [] });
const open = () => testDevStore([shop, other], { now: Date.now() });

const refreshRequest = (refreshToken: unknown) => ({
  client_id: API_KEY,
  client_secret: API_SECRET,
  grant_type: "refresh_token",
  refresh_token: refreshToken,
});

describe("session tokens", () => {
  it("satisfy Shopify's library", async () => {
    const store = await open();
    const api = shopifyApi({
      apiKey: API_KEY,
      apiSecretKey: API_SECRET,
      hostName: "ease.example",
      isEmbeddedApp: true,
      apiVersion: "2026-07" as never,
      logger: { level: 0 },
    });
    const claims = await api.session.decodeSessionToken(await store.idToken(shop.domain, 42));
    expect(claims).toMatchObject({ dest: `https://${shop.domain}`, aud: API_KEY, sub: "42" });
  });
});

describe("token exchange", () => {
  it("gives an expiring offline token and installs the app with the scopes the merchant grants", async () => {
    const store = await open();
    expect(store.installation(shop.domain)).toBeNull();
    const body = await exchangeToken(store, shop.domain);
    expect(body).toMatchObject({ expires_in: 3_600, refresh_token_expires_in: 7_776_000 });
    expect(String(body.scope).split(",")).toEqual(store.grantedScopes(shop.domain));
    expect(store.grantedScopes(shop.domain)).toContain("read_all_orders");
    expect(checkAccessToken(store, shop.domain, body.access_token as string)).toEqual({ kind: "good" });

    await exchangeToken(store, other.domain);
    expect(store.grantedScopes(other.domain)).not.toContain("read_all_orders");
    expect(checkAccessToken(store, other.domain, body.access_token as string)).toEqual({ kind: "unknown" });
  });

  it("gives an online token with its user", async () => {
    const store = await open();
    const requested = "urn:shopify:params:oauth:token-type:online-access-token";
    const request = { ...exchangeRequest(await store.idToken(shop.domain, 7)), requested_token_type: requested };
    const { body } = await answerTokenRequest(store, shop, request);
    expect(body).toMatchObject({ expires_in: 86_400, associated_user: { id: 7 } });
  });

  it("gives a token that does not expire when asked to, which the Admin API then refuses", async () => {
    const store = await open();
    const request = { ...exchangeRequest(await store.idToken(shop.domain)), expiring: "0" };
    const { body } = await answerTokenRequest(store, shop, request);
    expect(body).not.toHaveProperty("expires_in");
    expect(checkAccessToken(store, shop.domain, body.access_token as string)).toEqual({ kind: "not-expiring" });
  });

  it.each([
    [
      "a token of another shop",
      400,
      "invalid_subject_token",
      async () => ({ subject_token: await (await open()).idToken(other.domain) }),
    ],
    [
      "a changed token",
      400,
      "invalid_subject_token",
      async () => ({ subject_token: `${await (await open()).idToken(shop.domain)}x` }),
    ],
    ["no token", 400, "invalid_subject_token", async () => ({ subject_token: "" })],
    ["another app's key", 400, "application_cannot_be_found", async () => ({ client_id: "else" })],
    ["a wrong secret", 401, "invalid_client", async () => ({ client_secret: "wrong" })],
    ["another grant", 400, "unsupported_grant_type", async () => ({ grant_type: "client_credentials" })],
  ])("refuses %s", async (_, status, error, change) => {
    const store = await open();
    const request = { ...exchangeRequest(await store.idToken(shop.domain)), ...(await change()) };
    expect(await answerTokenRequest(store, shop, request)).toMatchObject({ status, body: { error } });
    expect(store.installation(shop.domain)).toBeNull();
  });

  it("refuses a session token older than a minute", async () => {
    const store = await open();
    const request = exchangeRequest(await store.idToken(shop.domain));
    store.clock.advance(61_000);
    expect(await answerTokenRequest(store, shop, request)).toMatchObject({ body: { error: "invalid_subject_token" } });
  });
});

describe("refresh", () => {
  it("gives a new pair, revokes the old access token, and survives a lost answer", async () => {
    const store = await open();
    const first = await exchangeToken(store, shop.domain);
    store.clock.advance(2 * HOUR);
    expect(checkAccessToken(store, shop.domain, first.access_token as string)).toEqual({ kind: "unknown" });

    const lost = await answerTokenRequest(store, shop, refreshRequest(first.refresh_token));
    const second = await answerTokenRequest(store, shop, refreshRequest(first.refresh_token));
    expect(second.status).toBe(200);
    expect(second.body.refresh_token).not.toBe(first.refresh_token);
    expect(checkAccessToken(store, shop.domain, lost.body.access_token as string)).toEqual({ kind: "unknown" });
    expect(checkAccessToken(store, shop.domain, second.body.access_token as string)).toEqual({ kind: "good" });
  });

  it("refuses a refresh token once its replacement has been used", async () => {
    const store = await open();
    const first = await exchangeToken(store, shop.domain);
    const second = await answerTokenRequest(store, shop, refreshRequest(first.refresh_token));
    expect(await answerTokenRequest(store, shop, refreshRequest(second.body.refresh_token))).toMatchObject({
      status: 200,
    });
    expect(await answerTokenRequest(store, shop, refreshRequest(first.refresh_token))).toMatchObject({
      status: 400,
      body: { error: "invalid_grant" },
    });
  });

  it("refuses it after ninety days, and after the app is uninstalled", async () => {
    const store = await open();
    const first = await exchangeToken(store, shop.domain);
    store.clock.advance(91 * 24 * HOUR);
    expect(await answerTokenRequest(store, shop, refreshRequest(first.refresh_token))).toMatchObject({ status: 400 });

    const second = await exchangeToken(store, shop.domain);
    void store.uninstall(shop.domain);
    expect(await answerTokenRequest(store, shop, refreshRequest(second.refresh_token))).toMatchObject({ status: 400 });
    expect(checkAccessToken(store, shop.domain, second.access_token as string)).toEqual({ kind: "unknown" });
  });
});
