import type { ActionFunctionArgs } from "@remix-run/node";
import type { Prisma } from "@prisma/client";
import { authenticate, prisma } from "../shopify.server";

/** The official template's way to take a webhook: its library verifies it, then one write through Prisma. */
export async function action({ request }: ActionFunctionArgs): Promise<Response> {
  const { webhookId, topic, payload } = await authenticate.webhook(request);
  await prisma.inboxDelivery.create({
    data: { shopId: 1, webhookId, topic, receivedAt: new Date(), payload: payload as Prisma.InputJsonValue },
  });
  return new Response();
}
