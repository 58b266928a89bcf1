import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BulkOperationRecord } from "./bulk-operations";
import { createClock, type StoreClock } from "./clock";
import { iso } from "./ids";
import type { WebhookFaults } from "./life-feed";
import type { StoreOrder, StoreShop } from "./model";
import { orderPayload } from "./rest-payloads";
import { signSessionToken } from "./tokens";
import { sendWebhook } from "./webhooks";

/** What Shopify knows of the app from its shopify.app.toml. */
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
  /** Store time, epoch ms. */
  installedAt: number;
  tokens: StoreToken[];
}

/** An access token with its refresh token, instants in store time, epoch ms. */
export interface StoreToken {
  accessToken: string;
  kind: "offline" | "online";
  userId: number | null;
  /** Null never expires. */
  expiresAt: number | null;
  revokedAt: number | null;
  refreshToken: string | null;
  refreshTokenExpiresAt: number | null;
  /** When the refresh token was first used, and the one it was used for. */
  refreshedAt: number | null;
  replacedBy: string | null;
  /** When its replacement was used, which ends it. */
  refreshTokenRetiredAt: number | null;
}

/** What became of one webhook delivery after its last attempt. */
export type WebhookOutcome =
  | { kind: "delivered"; status: number; attempts: number; webhookId: string }
  | { kind: "refused"; status: number | null; attempts: number; webhookId: string; reason: string };

export interface WebhookOptions {
  /** Sends the same delivery, same webhook id, twice. */
  duplicate?: boolean;
  /** Real milliseconds to wait before the first attempt. */
  delayMs?: number;
  /** Changes the body after it was signed. */
  tamper?: boolean;
  /** Store time the webhook says it was triggered at, epoch ms; now when left out. */
  triggeredAt?: number;
  /** Attempts after the first, 8 when left out. */
  retries?: number;
}

export type BulkFault =
  | { kind: "fail"; errorCode: "ACCESS_DENIED" | "INTERNAL_SERVER_ERROR" | "TIMEOUT" }
  | { kind: "expire" }
  /** So many of the file's lines are cut in the middle. */
  | { kind: "malformed"; lines: number };

/** Bad days to come: the next bulk operations take one fault each, the next `throttleNext` calls answer THROTTLED. */
export interface StoreFaults {
  bulk: BulkFault[];
  throttleNext: number;
  /** So many of the next token refreshes are refused. */
  refuseRefreshes: number;
  /** How the webhooks of the orders' lives go wrong on the way; null is a good day. */
  webhooks: WebhookFaults | null;
  /** Fields ("Order.customer") and types ("Order") refused as protected customer data that is not approved. */
  unapproved: string[];
}

export interface DevStore {
  /** By domain. */
  readonly shops: Map<string, StoreShop>;
  readonly clock: StoreClock;
  readonly app: DevStoreApp;
  readonly faults: StoreFaults;
  readonly stateDir: string;
  readonly bulkOperations: Map<number, BulkOperationRecord>;
  /** A feed sends what happens in the orders' lives, so that placing one sends nothing by itself. */
  followsLives: boolean;
  /** Work under way: bulk operations and webhooks. */
  readonly background: Set<Promise<unknown>>;
  /** A session token as App Bridge gives it: JWT, HS256 with the app's secret, good for 60 s of real time. */
  idToken(domain: string, userId?: number): Promise<string>;
  installation(domain: string): Installation | null;
  /** Records the installation with the scopes the merchant grants; token exchange does this by itself. */
  install(domain: string): Installation;
  grantedScopes(domain: string): string[];
  /** Adds the order, keeps it over restarts, and sends orders/create where the app subscribes to it. */
  placeOrder(domain: string, order: StoreOrder): void;
  /** Revokes the app's tokens and sends app/uninstalled. */
  uninstall(domain: string): Promise<void>;
  /** Sends to each subscription of the topic; nothing is sent, and [] returned, where there is none. */
  sendWebhook(domain: string, topic: string, payload: unknown, options?: WebhookOptions): Promise<WebhookOutcome[]>;
  persist(): Promise<void>;
  /** Stops bulk operations under way, which will have failed at the next start, and keeps the state. */
  close(): Promise<void>;
}

export interface DevStoreOptions {
  /** Folder for what outlives a restart: tokens, clock, placed orders, bulk files. */
  stateDir: string;
  shops: StoreShop[];
  app: DevStoreApp;
  /** Store time on the very first start, epoch ms; real time when left out. */
  now?: number;
}

interface KeptState {
  /** Store time minus real time when it was kept, in ms. */
  clockOffset: number;
  installations: Installation[];
  bulkOperations: BulkOperationRecord[];
}

const STATE_FILE = "state.json";
const ORDERS_FILE = "placed-orders.jsonl";
const KEEP_EVERY_MS = 5_000;

/**
 * Opens the store on what `stateDir` holds from earlier runs. Store time goes on where it stood, plus the real time
 * since, at normal speed; bulk operations the last run left unfinished have failed. Orders placed then are added to the
 * shops given here.
 */
export async function openDevStore(options: DevStoreOptions): Promise<DevStore> {
  const { stateDir, app } = options;
  mkdirSync(stateDir, { recursive: true });
  const kept = readState(stateDir);
  const start = kept ? Date.now() + kept.clockOffset : (options.now ?? Date.now());
  const clock = createClock(start, join(stateDir, "clock.json"));
  const shops = new Map(options.shops.map((shop) => [shop.domain, shop]));
  addPlacedOrders(stateDir, shops);
  const installations = new Map((kept?.installations ?? []).map((each) => [each.domain, each]));
  const bulkOperations = new Map((kept?.bulkOperations ?? []).map((each) => [each.id, interrupted(each, clock.now())]));
  const background = new Set<Promise<unknown>>();

  const shopOf = (domain: string): StoreShop => {
    const shop = shops.get(domain);
    if (!shop) throw new Error(`The dev store has no shop ${domain}; it has ${[...shops.keys()].join(", ")}`);
    return shop;
  };
  const persist = async () => {
    const state: KeptState = {
      clockOffset: clock.now() - Date.now(),
      installations: [...installations.values()],
      bulkOperations: [...bulkOperations.values()],
    };
    // Written beside and renamed, so that a stop in the middle leaves the old state whole.
    const path = join(stateDir, STATE_FILE);
    writeFileSync(`${path}.new`, JSON.stringify(state));
    renameSync(`${path}.new`, path);
  };
  const keeping = setInterval(() => {
    if (clock.speed !== 1) void persist();
  }, KEEP_EVERY_MS);
  keeping.unref();

  const inBackground = <T>(work: Promise<T>): Promise<T> => {
    background.add(work);
    void work.finally(() => background.delete(work)).catch(() => undefined);
    return work;
  };

  const store: DevStore = {
    shops,
    clock,
    app,
    faults: { bulk: [], throttleNext: 0, refuseRefreshes: 0, webhooks: null, unapproved: [] },
    stateDir,
    bulkOperations,
    background,
    followsLives: false,
    async idToken(domain, userId = 1) {
      return signSessionToken(store, shopOf(domain).domain, userId);
    },
    installation: (domain) => installations.get(domain) ?? null,
    install(domain) {
      const { grantableScopes } = shopOf(domain);
      const optional = app.toml.optionalScopes.filter((scope) => grantableScopes.includes(scope));
      const installation: Installation = {
        domain,
        grantedScopes: [...app.toml.scopes, ...optional],
        installedAt: clock.now(),
        tokens: [],
      };
      installations.set(domain, installation);
      return installation;
    },
    grantedScopes: (domain) => installations.get(domain)?.grantedScopes ?? [],
    placeOrder(domain, order) {
      const shop = shopOf(domain);
      if (shop.orders.some((each) => each.id === order.id))
        throw new Error(`${domain} has an order ${order.id} already`);
      shop.orders.push(order);
      appendFileSync(join(stateDir, ORDERS_FILE), `${JSON.stringify({ domain, order })}\n`);
      if (!store.followsLives) {
        void store.sendWebhook(domain, "orders/create", orderPayload(shop, order, clock.now()));
      }
    },
    async uninstall(domain) {
      const shop = shopOf(domain);
      installations.delete(domain);
      await persist();
      await store.sendWebhook(domain, "app/uninstalled", {
        id: shop.id,
        name: shop.name,
        domain,
        myshopify_domain: domain,
        updated_at: iso(clock.now()),
      });
    },
    sendWebhook: (domain, topic, payload, sending) =>
      inBackground(sendWebhook(store, shopOf(domain).domain, topic, payload, sending)),
    persist,
    async close() {
      clearInterval(keeping);
      for (const operation of bulkOperations.values()) {
        if (operation.status === "RUNNING" || operation.status === "CREATED")
          Object.assign(operation, { status: "CANCELING" });
      }
      await persist();
    },
  };
  await persist();
  return store;
}

function readState(stateDir: string): KeptState | null {
  const path = join(stateDir, STATE_FILE);
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as KeptState) : null;
}

function addPlacedOrders(stateDir: string, shops: Map<string, StoreShop>): void {
  const path = join(stateDir, ORDERS_FILE);
  if (!existsSync(path)) return;
  for (const line of readFileSync(path, "utf8").split("\n")) {
    if (line === "") continue;
    const { domain, order } = JSON.parse(line) as { domain: string; order: StoreOrder };
    const orders = shops.get(domain)?.orders;
    if (orders && !orders.some((each) => each.id === order.id)) orders.push(order);
  }
}

function interrupted(operation: BulkOperationRecord, now: number): BulkOperationRecord {
  if (!["CREATED", "RUNNING", "CANCELING"].includes(operation.status)) return operation;
  return { ...operation, status: "FAILED", errorCode: "INTERNAL_SERVER_ERROR", completedAt: now };
}
