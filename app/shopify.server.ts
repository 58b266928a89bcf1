import "@shopify/shopify-app-remix/adapters/node";
import { ApiVersion, AppDistribution, LogSeverity, shopifyApp } from "@shopify/shopify-app-remix/server";
import { env } from "~/env.server";
import { encryptedSessions } from "~/shopify/encrypted-sessions.server";

/** The Admin API version of every document under app/shopify, and of shopify.app.toml. */
export const ADMIN_API_VERSION = ApiVersion.July26;

/** The one place Shopify is configured. */
const shopify = shopifyApp({
  apiKey: env.SHOPIFY_API_KEY,
  apiSecretKey: env.SHOPIFY_API_SECRET,
  apiVersion: ADMIN_API_VERSION,
  scopes: env.SCOPES.split(",").filter(Boolean),
  appUrl: env.SHOPIFY_APP_URL,
  authPathPrefix: "/auth",
  sessionStorage: encryptedSessions(env.ENCRYPTION_KEY),
  distribution: AppDistribution.AppStore,
  logger: { level: LogSeverity.Warning },
  future: {
    unstable_newEmbeddedAuthStrategy: true,
    expiringOfflineAccessTokens: true,
  },
});

export const { addDocumentResponseHeaders, authenticate, unauthenticated, login, sessionStorage } = shopify;
