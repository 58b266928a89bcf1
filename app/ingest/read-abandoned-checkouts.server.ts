import { askAdmin } from "~/shopify/admin-client.server";
import { AbandonedCheckoutsDocument, type AbandonedCheckoutsQuery } from "~/shopify/documents.generated";
import { legacyId } from "~/shopify/gid";

/** What Shopify says of a checkout whose shopper left contact details without buying, or before buying after all. */
export interface AbandonedCheckout {
  token: string;
  checkoutId: string;
  startedAt: number;
  updatedAt: number;
  completedAt: number | null;
  country: string | null;
  province: string | null;
  currency: string;
  /** Decimal, in `currency`. */
  total: string;
}

/** Reads the checkouts changed since a moment (epoch ms), a page at a time. Throws what `askAdmin` throws. */
export async function* readAbandonedCheckouts(shopDomain: string, since: number): AsyncGenerator<AbandonedCheckout[]> {
  const query = `updated_at:>='${new Date(since).toISOString()}'`;
  for (let after: string | null = null; ; ) {
    const { abandonedCheckouts }: AbandonedCheckoutsQuery = await askAdmin(shopDomain, AbandonedCheckoutsDocument, {
      query,
      after,
    });
    yield abandonedCheckouts.nodes.flatMap((node) => {
      const token = tokenOf(node.abandonedCheckoutUrl);
      if (!token) return [];
      return [
        {
          token,
          checkoutId: legacyId(node.id),
          startedAt: Date.parse(node.createdAt),
          updatedAt: Date.parse(node.updatedAt),
          completedAt: node.completedAt ? Date.parse(node.completedAt) : null,
          country: node.shippingAddress?.countryCodeV2 ?? null,
          province: node.shippingAddress?.provinceCode ?? null,
          currency: node.totalPriceSet.shopMoney.currencyCode,
          total: node.totalPriceSet.shopMoney.amount,
        },
      ];
    });
    if (!abandonedCheckouts.pageInfo.hasNextPage) return;
    after = abandonedCheckouts.pageInfo.endCursor ?? null;
  }
}

/** "https://…/checkouts/ac/TOKEN/recover?key=…" → TOKEN. The key lets anyone into the checkout and goes no further. */
function tokenOf(url: string): string | null {
  return /\/checkouts\/(?:[a-z]{1,3}\/)?([^/?]+)/.exec(url)?.[1] ?? null;
}
