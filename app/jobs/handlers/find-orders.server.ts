import { prisma } from "~/db.server";
import { enqueue } from "~/jobs/enqueue.server";
import { askAdmin } from "~/shopify/admin-client.server";
import { OrdersOfPartsDocument } from "~/shopify/documents.generated";
import { legacyId } from "~/shopify/gid";

/** As many nodes as stay well under the cost limit of one query. */
const PARTS_A_QUERY = 100;

/** Asks which orders fulfilment orders and returns belong to, and has those orders read. */
export async function findOrders({ shopId, parts }: { shopId: number; parts: string[] }): Promise<void> {
  const shop = await prisma.shop.findUnique({ where: { id: shopId } });
  if (!shop || shop.uninstalledAt) return;
  const wanted = [...new Set(parts)];
  const orderIds = new Set<string>();
  for (let from = 0; from < wanted.length; from += PARTS_A_QUERY) {
    const ids = wanted.slice(from, from + PARTS_A_QUERY);
    const { nodes } = await askAdmin(shop.domain, OrdersOfPartsDocument, { ids });
    for (const node of nodes) {
      if (node && "order" in node && node.order) orderIds.add(legacyId(node.order.id));
    }
  }
  if (orderIds.size > 0) await enqueue("read-orders", { shopId, orderIds: [...orderIds] });
}
