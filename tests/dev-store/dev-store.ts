import type { StoreClock } from "./clock";
import type { StoreOrder, StoreShop } from "./model";

export interface AppToml {
  name: string;
  scopes: string[];
  optionalScopes: string[];
  apiVersion: string;
  /** One a topic, compliance topics among them; `includeFields` cuts the payload where the toml says so. */
  subscriptions: { topic: string; uri: string; includeFields: string[] | null }[];
  proxy: { url: string; prefix: string; subpath: string } | null;
}

/** The app as the dev store knows it. `url` is where Ease answers, e.g. "http://127.0.0.1:3000". */
export interface DevStoreApp {
  apiKey: string;
  apiSecret: string;
  url: string;
  toml: AppToml;
}

export interface Installation {
  domain: string;
  grantedScopes: string[];
  installedAt: number;
  tokens: StoreToken[];
}

export interface StoreToken {
  accessToken: string;
  kind: "offline" | "online";
  userId: number | null;
  /** Epoch ms; null never expires. */
  expiresAt: number | null;
  refreshToken: string | null;
  refreshTokenExpiresAt: number | null;
  revokedAt: number | null;
}

/** What became of one webhook: the last attempt's answer. */
export type WebhookOutcome =
  | { kind: "delivered"; status: number; attempts: number; webhookId: string }
  | { kind: "refused"; status: number | null; attempts: number; webhookId: string; reason: string };

export interface WebhookOptions {
  /** Sends the same delivery (same webhook id) twice. */
  duplicate?: boolean;
  /** Real milliseconds to wait before the first attempt. */
  delayMs?: number;
  /** Changes the body after it was signed. */
  tamper?: boolean;
}

/** Faults the next bulk operations and calls are to suffer; each is used up once. */
export interface StoreFaults {
  bulk: BulkFault[];
  /** How many of the next Admin API calls answer THROTTLED. */
  throttleNext: number;
}

export type BulkFault =
  | { kind: "fail"; errorCode: "ACCESS_DENIED" | "INTERNAL_SERVER_ERROR" | "TIMEOUT" }
  | { kind: "expire" }
  | { kind: "malformed"; lines: number };

export interface DevStore {
  /** By domain. */
  readonly shops: Map<string, StoreShop>;
  readonly clock: StoreClock;
  readonly app: DevStoreApp;
  readonly faults: StoreFaults;
  /** Session token as App Bridge gives it: JWT HS256 signed with the app's secret, valid for 60 s. */
  idToken(domain: string, userId?: number): Promise<string>;
  installation(domain: string): Installation | null;
  grantedScopes(domain: string): string[];
  /** Adds the order, keeps it over restarts, and sends orders/create where the app subscribes to it. */
  placeOrder(domain: string, order: StoreOrder): void;
  /** Revokes the app's tokens and sends app/uninstalled. */
  uninstall(domain: string): Promise<void>;
  /** Sends to every subscription of the topic; nothing is sent, and [] returned, where there is none. */
  sendWebhook(domain: string, topic: string, payload: unknown, options?: WebhookOptions): Promise<WebhookOutcome[]>;
  persist(): Promise<void>;
}

export interface DevStoreOptions {
  /** Folder for what outlives a restart: tokens, clock, placed orders, bulk files. */
  stateDir: string;
  shops: StoreShop[];
  app: DevStoreApp;
  /** Store time on the very first start, epoch ms; real time when left out. */
  now?: number;
}

/** Opens the store on what `stateDir` holds from earlier runs. */
export async function openDevStore(_options: DevStoreOptions): Promise<DevStore> {
  throw new Error("The dev store's protocol side is being written");
}
