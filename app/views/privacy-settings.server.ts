import { z } from "zod";
import type { ShopScope } from "~/db.server";
import type { RetentionSettings } from "~/privacy/retention-settings";
import { readRetention } from "~/privacy/retention.server";

/** A shopper's request to be told what is known of them, as Shopify passed it on. */
export interface DataRequest {
  webhookId: string;
  /** Null once the shopper has been forgotten, or where Shopify named orders only. */
  customerId: string | null;
  /** Epoch ms. */
  askedAt: number;
  /** Whether there is an answer to fetch. */
  answered: boolean;
}

export interface PrivacySettings {
  retention: RetentionSettings;
  /** The newest first. */
  requests: DataRequest[];
}

const SHOWN = 50;

const requestRow = z.object({
  webhookId: z.string(),
  customerId: z.string().nullable(),
  askedAt: z.number(),
  answered: z.boolean(),
});

/** What Settings says about privacy: how long things are kept, and the requests that came lately. */
export async function readPrivacySettings(scope: ShopScope): Promise<PrivacySettings> {
  const [retention, requests] = await Promise.all([
    readRetention(scope),
    scope.query(
      `select webhook_id as "webhookId", customer_id::text as "customerId", answer is not null as answered,
         (extract(epoch from asked_at) * 1000)::float8 as "askedAt"
       from data_request where shop_id = $1 order by asked_at desc, webhook_id limit ${SHOWN}`,
      [scope.shopId],
      requestRow,
    ),
  ]);
  return { retention, requests };
}

/** The answer to a request, to be passed on; null when there is no such request, or no answer. */
export async function readDataRequestAnswer(
  scope: ShopScope,
  webhookId: string,
): Promise<{ customerId: string | null; answer: unknown } | null> {
  const [row] = await scope.query(
    `select customer_id::text as "customerId", answer from data_request
     where shop_id = $1 and webhook_id = $2 and answer is not null`,
    [scope.shopId, webhookId],
    z.object({ customerId: z.string().nullable(), answer: z.unknown() }),
  );
  return row ? { customerId: row.customerId, answer: row.answer } : null;
}
