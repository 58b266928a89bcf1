import { BlockStack, Card, Text } from "@shopify/polaris";
import { count, counted, share, type Writing } from "~/ui/format";
import type { OnTimeFigure } from "~/views/home.server";

/** The share of promises kept, of how many, and the orders it cannot speak of. */
export function OnTimeCard({ onTime, writing }: { onTime: OnTimeFigure; writing: Writing }) {
  const { kept, due, interval } = onTime;
  const outside = [
    { orders: onTime.open, what: "promised, not due yet" },
    { orders: onTime.withoutPromise, what: "nothing was promised" },
    { orders: onTime.arrivalUnknown, what: "their carrier hardly ever reports an arrival" },
  ].filter((one) => one.orders > 0);

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
              <Text as="span" variant="heading2xl">
                {share(kept / due, writing)}
              </Text>
              <Text as="span" tone="subdued">
                {share(interval.low, writing)}–{share(interval.high, writing)}
              </Text>
            </div>
            <Text as="p" variant="bodySm" tone="subdued">
              {count(kept, writing)} of {counted(due, "promise", "promises", writing)} that came due{" "}
              {due === 1 ? "was" : "were"} kept; the range holds the true share 95 times in 100.
            </Text>
          </>
        ) : (
          <>
            <Text as="p" variant="headingXl">
              {count(kept, writing)} of {count(due, writing)}
            </Text>
            <Text as="p" tone="subdued">
              promises that came due were kept: too few for a share.
            </Text>
          </>
        )}
        {outside.length > 0 && (
          <BlockStack gap="100">
            <Text as="h3" variant="headingSm">
              Not counted here
            </Text>
            <table className="ease-table">
              <tbody>
                {outside.map((one) => (
                  <tr key={one.what}>
                    <td className="ease-number">{count(one.orders, writing)}</td>
                    <th scope="row">
                      <Text as="span" fontWeight="regular">
                        {one.what}
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
}
