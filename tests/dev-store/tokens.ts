/**
 * Session tokens, token exchange and refresh, as Shopify's /admin/oauth/access_token answers them. Lifetimes are real
 * time even when the store clock runs fast: they are stretched by its speed.
 */
import { createHmac, randomBytes, randomUUID, timingSafeEqual } from "node:crypto";
import type { DevStore, Installation, StoreToken } from "./dev-store";
import type { StoreShop } from "./model";

const SESSION_TOKEN_S = 60;
const ACCESS_TOKEN_S = 3_600;
const ONLINE_TOKEN_S = 86_400;
const REFRESH_TOKEN_S = 7_776_000;
/** How long a refresh token that has been used stays good while its replacement has not been. */
const REFRESH_RETRY_S = 30 * 86_400;

const TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
const ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token";
const OFFLINE = "urn:shopify:params:oauth:token-type:offline-access-token";
const ONLINE = "urn:shopify:params:oauth:token-type:online-access-token";

interface SessionTokenClaims {
  iss: string;
  dest: string;
  aud: string;
  sub: string;
  exp: number;
  nbf: number;
  iat: number;
  jti: string;
  sid: string;
}

/** A session token as App Bridge hands it to the app's pages. */
export function signSessionToken(store: DevStore, domain: string, userId: number): string {
  const now = Math.floor(store.clock.now() / 1_000);
  const claims: SessionTokenClaims = {
    iss: `https://${domain}/admin`,
    dest: `https://${domain}`,
    aud: store.app.apiKey,
    sub: String(userId),
    exp: now + lifetime(store, SESSION_TOKEN_S),
    nbf: now,
    iat: now,
    jti: randomUUID(),
    sid: randomUUID().replaceAll("-", ""),
  };
  const unsigned = `${base64url({ alg: "HS256", typ: "JWT" })}.${base64url(claims)}`;
  return `${unsigned}.${jwtSignature(unsigned, store.app.apiSecret)}`;
}

function readSessionToken(store: DevStore, token: string, domain: string): SessionTokenClaims | null {
  const [head, body, signature, ...more] = token.split(".");
  if (!head || !body || !signature || more.length > 0) return null;
  const expected = Buffer.from(jwtSignature(`${head}.${body}`, store.app.apiSecret));
  const given = Buffer.from(signature);
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) return null;
  const claims = JSON.parse(Buffer.from(body, "base64url").toString()) as SessionTokenClaims;
  const now = store.clock.now() / 1_000;
  const valid = claims.exp > now && claims.nbf <= now + 5 && claims.aud === store.app.apiKey;
  return valid && claims.dest === `https://${domain}` ? claims : null;
}

export interface OAuthAnswer {
  status: number;
  body: Record<string, unknown>;
}

const refusal = (status: number, error: string, description: string): OAuthAnswer => ({
  status,
  body: { error, error_description: description },
});

/** Answers POST /admin/oauth/access_token; the first successful exchange installs the app. */
export async function answerTokenRequest(
  store: DevStore,
  shop: StoreShop,
  request: Record<string, unknown>,
): Promise<OAuthAnswer> {
  if (request.client_id !== store.app.apiKey) {
    return refusal(400, "application_cannot_be_found", "The application could not be found.");
  }
  if (request.client_secret !== store.app.apiSecret) {
    return refusal(401, "invalid_client", "Client authentication failed.");
  }
  if (request.grant_type === TOKEN_EXCHANGE) return exchange(store, shop, request);
  if (request.grant_type === "refresh_token") return refresh(store, shop, request);
  return refusal(400, "unsupported_grant_type", "The grant type is not supported.");
}

async function exchange(store: DevStore, shop: StoreShop, request: Record<string, unknown>): Promise<OAuthAnswer> {
  if (request.subject_token_type !== ID_TOKEN) {
    return refusal(400, "invalid_request", "The subject token type is not supported.");
  }
  const claims = readSessionToken(store, String(request.subject_token ?? ""), shop.domain);
  if (!claims) return refusal(400, "invalid_subject_token", "The subject token is invalid or has expired.");
  const type = request.requested_token_type;
  if (type !== OFFLINE && type !== ONLINE) {
    return refusal(400, "invalid_request", "The requested token type is not supported.");
  }
  const installation = store.installation(shop.domain) ?? store.install(shop.domain);
  const token = issue(store, installation, {
    kind: type === OFFLINE ? "offline" : "online",
    userId: type === ONLINE ? Number(claims.sub) : null,
    expiring: String(request.expiring ?? "0") === "1",
  });
  await store.persist();
  return { status: 200, body: tokenBody(store, installation, token) };
}

async function refresh(store: DevStore, shop: StoreShop, request: Record<string, unknown>): Promise<OAuthAnswer> {
  const invalid = refusal(400, "invalid_grant", "The refresh token is invalid, expired or has been used.");
  if (store.faults.refuseRefreshes > 0) {
    store.faults.refuseRefreshes -= 1;
    return invalid;
  }
  const installation = store.installation(shop.domain);
  const now = store.clock.now();
  const used = installation?.tokens.find((token) => token.refreshToken === request.refresh_token);
  if (!installation || !used?.refreshToken || used.refreshTokenRetiredAt !== null) return invalid;
  if (used.refreshTokenExpiresAt! <= now) return invalid;
  if (used.refreshedAt !== null && used.refreshedAt + REFRESH_RETRY_S * 1_000 <= now) return invalid;

  // Using a refresh token retires the ones before it; itself it stays good until its replacement is used.
  for (const other of installation.tokens) {
    if (other !== used && other.replacedBy === used.refreshToken) other.refreshTokenRetiredAt = now;
  }
  const token = issue(store, installation, { kind: "offline", userId: null, expiring: true });
  used.refreshedAt ??= now;
  used.replacedBy = token.refreshToken;
  await store.persist();
  return { status: 200, body: tokenBody(store, installation, token) };
}

function issue(
  store: DevStore,
  installation: Installation,
  wanted: { kind: StoreToken["kind"]; userId: number | null; expiring: boolean },
): StoreToken {
  const now = store.clock.now();
  const after = (seconds: number) => now + lifetime(store, seconds) * 1_000;
  const offline = wanted.kind === "offline";
  const expiring = !offline || wanted.expiring;
  const token: StoreToken = {
    accessToken: `${offline ? "shpat" : "shpua"}_${randomBytes(16).toString("hex")}`,
    kind: wanted.kind,
    userId: wanted.userId,
    expiresAt: expiring ? after(offline ? ACCESS_TOKEN_S : ONLINE_TOKEN_S) : null,
    refreshToken: offline && wanted.expiring ? `shprt_${randomBytes(16).toString("hex")}` : null,
    refreshTokenExpiresAt: offline && wanted.expiring ? after(REFRESH_TOKEN_S) : null,
    refreshTokenRetiredAt: null,
    refreshedAt: null,
    replacedBy: null,
    revokedAt: null,
  };
  // Only one expiring offline token is active per app and shop: a new one revokes those before it.
  if (token.refreshToken !== null) {
    for (const other of installation.tokens) if (other.refreshToken !== null) other.revokedAt ??= now;
  }
  installation.tokens = installation.tokens.filter((other) => isOfUse(other, now));
  installation.tokens.push(token);
  return token;
}

function isOfUse(token: StoreToken, now: number): boolean {
  const refreshable = token.refreshTokenRetiredAt === null && (token.refreshTokenExpiresAt ?? -Infinity) > now;
  const usable = token.revokedAt === null && (token.expiresAt ?? Infinity) > now;
  return refreshable || usable;
}

function tokenBody(store: DevStore, installation: Installation, token: StoreToken): Record<string, unknown> {
  const scope = installation.grantedScopes.join(",");
  const seconds = (instant: number) => Math.round((instant - store.clock.now()) / 1_000);
  if (token.kind === "online") {
    return {
      access_token: token.accessToken,
      scope,
      expires_in: seconds(token.expiresAt!),
      associated_user_scope: scope,
      associated_user: {
        id: token.userId,
        first_name: "Sam",
        last_name: "Sample",
        email: "sam@example.com",
        email_verified: true,
        account_owner: true,
        locale: "en",
        collaborator: false,
      },
    };
  }
  return {
    access_token: token.accessToken,
    scope,
    ...(token.refreshToken === null
      ? {}
      : {
          expires_in: seconds(token.expiresAt!),
          refresh_token: token.refreshToken,
          refresh_token_expires_in: seconds(token.refreshTokenExpiresAt!),
        }),
  };
}

export type TokenCheck = { kind: "good" } | { kind: "unknown" } | { kind: "not-expiring" };

/** Whether an access token opens the shop's Admin API now; offline tokens that never expire do not, as for public apps. */
export function checkAccessToken(store: DevStore, domain: string, accessToken: string | undefined): TokenCheck {
  const token = store.installation(domain)?.tokens.find((each) => each.accessToken === accessToken);
  if (!token || token.revokedAt !== null) return { kind: "unknown" };
  if (token.expiresAt === null) return { kind: "not-expiring" };
  return token.expiresAt > store.clock.now() ? { kind: "good" } : { kind: "unknown" };
}

function lifetime(store: DevStore, seconds: number): number {
  return Math.ceil(seconds * Math.max(1, store.clock.speed));
}

function base64url(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function jwtSignature(text: string, secret: string): string {
  return createHmac("sha256", secret).update(text).digest("base64url");
}
