import { createHmac, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { DevStore, WebhookOptions, WebhookOutcome } from "./dev-store";

/** Shopify waits this long for an answer, and tries a failed delivery again this often. */
const TIMEOUT_MS = 5_000;
const RETRIES = 8;
/** Before the first retry, then doubled; Shopify's own retries spread over four hours. */
const FIRST_BACKOFF_MS = 250;

/**
 * Sends one happening to every subscription of its topic in the app's toml, signed, and again until it is answered with
 * a 2xx; all deliveries of it share one event id. Compliance topics go out whether or not the app is installed.
 */
export async function sendWebhook(
  store: DevStore,
  domain: string,
  topic: string,
  payload: unknown,
  options: WebhookOptions = {},
): Promise<WebhookOutcome[]> {
  const eventId = randomUUID();
  const triggeredAt = new Date(options.triggeredAt ?? store.clock.now()).toISOString();
  const subscriptions = store.app.toml.subscriptions.filter((subscription) => subscription.topic === topic);
  const deliveries = subscriptions.flatMap((subscription) => {
    const body = JSON.stringify(onlyFields(payload, subscription.includeFields));
    const delivery = {
      url: new URL(subscription.uri, store.app.url).href,
      body: options.tamper ? `${body} ` : body,
      headers: {
        "Content-Type": "application/json",
        "User-Agent": "Shopify-Captain-Hook",
        "X-Shopify-Topic": topic,
        "X-Shopify-Hmac-Sha256": signWebhook(body, store.app.apiSecret),
        "X-Shopify-Shop-Domain": domain,
        "X-Shopify-API-Version": store.app.toml.apiVersion,
        "X-Shopify-Webhook-Id": randomUUID(),
        "X-Shopify-Event-Id": eventId,
        "X-Shopify-Triggered-At": triggeredAt,
      },
    };
    return options.duplicate ? [delivery, delivery] : [delivery];
  });
  if (options.delayMs) await sleep(options.delayMs);
  return Promise.all(deliveries.map((delivery) => deliver(delivery, options.retries ?? RETRIES)));
}

/** The X-Shopify-Hmac-Sha256 of a webhook body. */
export function signWebhook(body: string, apiSecret: string): string {
  return createHmac("sha256", apiSecret).update(body).digest("base64");
}

interface PendingDelivery {
  url: string;
  body: string;
  headers: Record<string, string>;
}

async function deliver(delivery: PendingDelivery, retries: number): Promise<WebhookOutcome> {
  const webhookId = delivery.headers["X-Shopify-Webhook-Id"]!;
  for (let attempts = 1; ; attempts += 1) {
    const answer = await attempt(delivery);
    if (answer.status !== null && answer.status >= 200 && answer.status < 300) {
      return { kind: "delivered", status: answer.status, attempts, webhookId };
    }
    if (attempts > retries) return { kind: "refused", ...answer, attempts, webhookId };
    await sleep(FIRST_BACKOFF_MS * 2 ** (attempts - 1), undefined, { ref: false });
  }
}

async function attempt(delivery: PendingDelivery): Promise<{ status: number | null; reason: string }> {
  try {
    const response = await fetch(delivery.url, {
      method: "POST",
      headers: delivery.headers,
      body: delivery.body,
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.arrayBuffer();
    return { status: response.status, reason: `answered ${response.status}` };
  } catch (error) {
    return { status: null, reason: error instanceof Error ? error.message : String(error) };
  }
}

/** The payload cut to the paths a subscription asks for; "line_items.quantity" takes it of every line. */
export function onlyFields(payload: unknown, fields: string[] | null): unknown {
  if (fields === null || typeof payload !== "object" || payload === null) return payload;
  if (Array.isArray(payload)) return payload.map((one) => onlyFields(one, fields));
  return Object.fromEntries(
    Object.entries(payload).flatMap(([key, value]) => {
      if (fields.includes(key)) return [[key, value]];
      const within = fields.filter((field) => field.startsWith(`${key}.`)).map((field) => field.slice(key.length + 1));
      return within.length === 0 ? [] : [[key, onlyFields(value, within)]];
    }),
  );
}
