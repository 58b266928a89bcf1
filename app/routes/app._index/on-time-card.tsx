import { BlockStack, Card, Link, Text } from "@shopify/polaris";
import type { ReactNode } from "react";
import type { OnTimeState } from "~/insights/on-time-state";
import { count, counted, share, type Writing } from "~/ui/format";
import { ON_TIME_WORDS } from "~/ui/order-words";
import type { DeliveryHome } from "~/views/home.server";
import { NO_FILTERS, writeOrderFilters } from "~/views/order-filters";

/** The share of promises kept, of how many, and the orders it cannot speak of; each number leads to its orders. */
export function OnTimeCard({ home, writing }: { home: DeliveryHome; writing: Writing }) {
  const { onTime } = home;
  const { kept, due, interval } = onTime;
  const outside = (
    [
      ["open", onTime.open],
      ["without_promise", onTime.withoutPromise],
      ["arrival_unknown", onTime.arrivalUnknown],
      ["cancelled", onTime.cancelled],
    ] as const
  ).filter(([, orders]) => orders > 0);
  const uncounted = outside.reduce((sum, [, orders]) => sum + orders, 0);
  const to = (states: OnTimeState[], text: ReactNode, name?: string) => (
    <Link url={ordersWith(home, states)} accessibilityLabel={name}>
      {text}
    </Link>
  );
  const keptLink = kept === 0 ? count(kept, writing) : to(["kept"], count(kept, writing), `${kept} kept promises`);

  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          On time
        </Text>
        {due === 0 ? (
          <Text as="p" tone="subdued">
            No promise came due in this period, so none was kept or broken.
          </Text>
        ) : interval ? (
          <>
            <div className="ease-figure">
              <Link url={ordersWith(home, ["kept", "broken"])} removeUnderline monochrome>
                <Text as="span" variant="heading2xl">
                  {share(kept / due, writing)}
                </Text>
              </Link>
              <Text as="span" tone="subdued">
                {share(interval.low, writing)}–{share(interval.high, writing)}
              </Text>
            </div>
            <Text as="p" variant="bodySm" tone="subdued">
              {keptLink} of {to(["kept", "broken"], counted(due, "promise", "promises", writing))} that came due{" "}
              {kept === 1 ? "was" : "were"} kept{broken(due - kept)}; the range holds the true share 95 times in 100.
            </Text>
          </>
        ) : (
          <>
            <Text as="p" variant="headingXl">
              {keptLink} of {to(["kept", "broken"], count(due, writing), `${due} promises that came due`)}
            </Text>
            <Text as="p" tone="subdued">
              promises that came due were kept{broken(due - kept)}: too few for a share.
            </Text>
          </>
        )}
        {outside.length > 0 && (
          <BlockStack gap="100">
            <Text as="h3" variant="headingSm">
              Not counted here
            </Text>
            <Text as="p" variant="bodySm" tone="subdued">
              {count(uncounted, writing)} of the {counted(due + uncounted, "order", "orders", writing)} in the score:
            </Text>
            <table className="ease-table">
              <tbody>
                {outside.map(([state, orders]) => (
                  <tr key={state}>
                    <td className="ease-number">
                      {to([state], count(orders, writing), `${orders}: ${ON_TIME_WORDS[state]}`)}
                    </td>
                    <th scope="row">
                      <Text as="span" fontWeight="regular">
                        {ON_TIME_WORDS[state]}
                      </Text>
                    </th>
                  </tr>
                ))}
              </tbody>
            </table>
          </BlockStack>
        )}
      </BlockStack>
    </Card>
  );

  function broken(orders: number): ReactNode {
    if (orders === 0) return null;
    return <>, {to(["broken"], count(orders, writing), `${orders} broken promises`)} broken</>;
  }
}

function ordersWith({ span }: DeliveryHome, onTime: OnTimeState[]): string {
  return `/app/orders?${writeOrderFilters({ ...NO_FILTERS, onTime, from: span.from, to: span.to })}`;
}
