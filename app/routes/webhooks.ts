import type { ActionFunctionArgs } from "@remix-run/node";
import { env } from "~/env.server";
import { receiveWebhook } from "~/ingest/inbox.server";
import { signedByShopify } from "~/shopify/webhook-signature.server";

/** Shopify's payloads stay far below; an honest order with hundreds of lines has a few hundred kilobytes. */
const MAX_BODY_BYTES = 5_000_000;

/** Takes every webhook of shopify.app.toml: verify, store with the request to record it, answer. */
export async function action({ request }: ActionFunctionArgs): Promise<Response> {
  if (request.method !== "POST") return new Response(null, { status: 405, headers: { Allow: "POST" } });
  if (Number(request.headers.get("content-length") ?? 0) > MAX_BODY_BYTES) return new Response(null, { status: 413 });
  const rawBody = new Uint8Array(await request.arrayBuffer());
  if (!signedByShopify(rawBody, request.headers.get("x-shopify-hmac-sha256"), env.SHOPIFY_API_SECRET)) {
    return new Response(null, { status: 401 });
  }
  const shopDomain = request.headers.get("x-shopify-shop-domain");
  const topic = request.headers.get("x-shopify-topic");
  const webhookId = request.headers.get("x-shopify-webhook-id");
  if (!shopDomain || !topic || !webhookId) return new Response(null, { status: 400 });

  const received = await receiveWebhook(
    {
      shopDomain,
      topic,
      webhookId,
      eventId: request.headers.get("x-shopify-event-id"),
      triggeredAt: request.headers.get("x-shopify-triggered-at"),
      rawBody: new TextDecoder().decode(rawBody),
    },
    Date.now(),
  );
  switch (received.kind) {
    case "stored":
    case "duplicate":
    case "ignored":
      return new Response(null, { status: 200 });
    case "unreadable":
      // Sent again it would be no better.
      return new Response(null, { status: 200 });
  }
}

export function loader(): Response {
  return new Response(null, { status: 405, headers: { Allow: "POST" } });
}
