import { BlockStack, Card, Link, Text } from "@shopify/polaris";
import { count, counted, type Writing } from "~/ui/format";
import { leftOutWords } from "~/ui/order-words";
import type { DeliveryHome } from "~/views/home.server";
import { NO_FILTERS, writeOrderFilters } from "~/views/order-filters";

/** The orders that have no delivery score, by why; each number leads to them. */
export function LeftOutCard({ home, writing }: { home: DeliveryHome; writing: Writing }) {
  const total = home.leftOut.reduce((sum, one) => sum + one.orders, 0);
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          Left out of the score
        </Text>
        {total === 0 ? (
          <Text as="p" tone="subdued">
            None of {counted(home.orders, "order", "orders", writing)}: every one counts.
          </Text>
        ) : (
          <>
            <Text as="p" variant="bodySm" tone="subdued">
              {count(total, writing)} of {counted(home.orders, "order", "orders", writing)} of this period say nothing
              about delivery:
            </Text>
            <table className="ease-table">
              <thead>
                <tr>
                  <th scope="col">Why</th>
                  <th scope="col" className="ease-number">
                    Orders
                  </th>
                </tr>
              </thead>
              <tbody>
                {home.leftOut.map(({ reason, orders }) => (
                  <tr key={reason}>
                    <th scope="row">
                      <Text as="span" fontWeight="regular">
                        {leftOutWords(reason)}
                      </Text>
                    </th>
                    <td className="ease-number">
                      <Link
                        url={`/app/orders?${writeOrderFilters({
                          ...NO_FILTERS,
                          leftOut: reason,
                          from: home.span.from,
                          to: home.span.to,
                        })}`}
                        accessibilityLabel={`${counted(orders, "order", "orders", writing)} left out: ${leftOutWords(
                          reason
                        )}`}
                      >
                        {count(orders, writing)}
                      </Link>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </>
        )}
      </BlockStack>
    </Card>
  );
}
