import { z } from "zod";
import { forShop, prisma } from "~/db.server";
import { enqueue } from "~/jobs/enqueue.server";
import { ensurePartitions } from "./partitions.server";

/**
 * The topics Ease takes, each with the fields of its payload that are kept; all others are dropped before anything is
 * stored. A topic that is not listed is answered and forgotten.
 */
export const topics = {
  "app/uninstalled": z.object({}),
  "app/scopes_update": z.object({ current: z.array(z.string()) }),
  "bulk_operations/finish": z.object({ admin_graphql_api_id: z.string(), status: z.string() }),
  "customers/data_request": z.object({ customer: z.object({ id: z.number() }).optional() }),
  "customers/redact": z.object({
    customer: z.object({ id: z.number() }).optional(),
    orders_to_redact: z.array(z.number()).optional(),
  }),
  "shop/redact": z.object({}),
} as const satisfies Record<string, z.ZodType>;

export type Topic = keyof typeof topics;

/** The envelope of a webhook whose signature has been verified. */
export interface WebhookEnvelope {
  shopDomain: string;
  topic: string;
  webhookId: string;
  eventId: string | null;
  triggeredAt: string | null;
  rawBody: string;
}

export type Received =
  | { kind: "stored" }
  /** This very delivery came before. */
  | { kind: "duplicate" }
  /** From a shop Ease does not know, or of a topic it does not take. */
  | { kind: "ignored" }
  | { kind: "unreadable" };

/** Stores a verified webhook and asks for its recording, in one transaction; does nothing else. */
export async function receiveWebhook(envelope: WebhookEnvelope, now: number): Promise<Received> {
  if (!isTopic(envelope.topic)) return { kind: "ignored" };
  const shop = await prisma.shop.findUnique({ where: { domain: envelope.shopDomain }, select: { id: true } });
  if (!shop) return { kind: "ignored" };
  const payload = topics[envelope.topic].safeParse(parseJson(envelope.rawBody));
  if (!payload.success) return { kind: "unreadable" };

  await ensurePartitions("inbox_delivery", [now]);
  return forShop(shop.id).transaction(async (client) => {
    const receivedAt = new Date(now);
    const stored = await client.query(
      "insert into inbox_key (shop_id, webhook_id, received_at) values ($1, $2, $3) on conflict do nothing",
      [shop.id, envelope.webhookId, receivedAt],
    );
    if (stored.rowCount === 0) return { kind: "duplicate" };
    await client.query(
      `insert into inbox_delivery (shop_id, received_at, webhook_id, topic, event_id, triggered_at, payload)
       values ($1, $2, $3, $4, $5, $6, $7)`,
      [
        shop.id,
        receivedAt,
        envelope.webhookId,
        envelope.topic,
        envelope.eventId,
        instantOrNull(envelope.triggeredAt),
        payload.data,
      ],
    );
    await enqueue("record-inbox", { shopId: shop.id }, { client, key: `record-inbox:${shop.id}` });
    return { kind: "stored" };
  });
}

function isTopic(topic: string): topic is Topic {
  return Object.hasOwn(topics, topic);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function instantOrNull(text: string | null): Date | null {
  const at = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(at) ? null : new Date(at);
}
