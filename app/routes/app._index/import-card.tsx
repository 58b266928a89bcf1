import { Form, useNavigation, useRevalidator } from "@remix-run/react";
import { Banner, BlockStack, Button, Card, Text } from "@shopify/polaris";
import { useEffect } from "react";
import { count, counted, type Writing } from "~/ui/format";
import { importPercent, importWords } from "~/ui/import-words";
import type { ImportProgress } from "~/views/import-progress.server";

/** Between two looks at an import under way. */
const LOOK_AGAIN_MS = 2_000;

/** How far the import is, what could not be read, and how far back it could look; nothing once all is well. */
export function ImportCard({ progress, writing }: { progress: ImportProgress; writing: Writing }) {
  const underWay = progress.state !== "done" && progress.state !== "failed";
  useLookAgain(underWay);
  const asking = useNavigation().state === "submitting";
  const { title, next } = importWords(progress);
  const asides = <Asides progress={progress} writing={writing} />;

  if (progress.state === "failed") {
    return (
      <Banner tone="critical" title={title}>
        <BlockStack gap="200">
          <Text as="p">{next}</Text>
          {asides}
          <Form method="post">
            <Button submit loading={asking}>
              Read them again
            </Button>
          </Form>
        </BlockStack>
      </Banner>
    );
  }
  if (!underWay) {
    if (progress.setAside.length > 0) return <Banner tone="warning">{asides}</Banner>;
    return progress.limitedTo ? <Card>{asides}</Card> : null;
  }
  const percent = importPercent(progress);
  return (
    <Card>
      <BlockStack gap="200">
        <Text as="h2" variant="headingMd">
          {title}
        </Text>
        {percent !== null && (
          <div
            className="ease-bar ease-progress"
            role="progressbar"
            aria-label={title}
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={percent}
          >
            <span style={{ width: `${percent}%` }} />
          </div>
        )}
        <Text as="p" tone="subdued">
          {figures(progress, writing)} {next}
        </Text>
        {progress.attempts > 1 && (
          <Text as="p" tone="subdued">
            Shopify gave up on the file before, so it was asked again (attempt {count(progress.attempts, writing)}).
          </Text>
        )}
        {asides}
      </BlockStack>
    </Card>
  );
}

function Asides({ progress, writing }: { progress: ImportProgress; writing: Writing }) {
  const lines = progress.setAside.reduce((sum, one) => sum + one.lines, 0);
  return (
    <BlockStack gap="200">
      {lines > 0 && (
        <div>
          <Text as="p">
            {counted(lines, "line", "lines", writing)} of Shopify’s files could not be read and{" "}
            {lines === 1 ? "was" : "were"} set aside; the rest is in.
          </Text>
          <details className="ease-disclosure">
            <summary>Why</summary>
            <table className="ease-table">
              <thead>
                <tr>
                  <th scope="col">Reason</th>
                  <th scope="col" className="ease-number">
                    Lines
                  </th>
                </tr>
              </thead>
              <tbody>
                {progress.setAside.map((one) => (
                  <tr key={one.reason}>
                    <th scope="row" className="ease-any-word">
                      {one.reason}
                    </th>
                    <td className="ease-number">{count(one.lines, writing)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </details>
        </div>
      )}
      {progress.limitedTo === "60_days" && (
        <Text as="p">
          Only orders of the last 60 days could be read: Shopify gives older ones to apps it has approved for all
          orders. Orders from now on are kept, so the history grows.
        </Text>
      )}
    </BlockStack>
  );
}

function figures(progress: ImportProgress, writing: Writing): string {
  const found = progress.ordersFound;
  switch (progress.state) {
    case "recording":
      return found === null
        ? `${counted(progress.ordersRecorded, "order", "orders", writing)} read.`
        : `${count(progress.ordersRecorded, writing)} of ${counted(found, "order", "orders", writing)} read.`;
    case "scoring":
      return `${count(progress.ordersScored, writing)} of ${counted(
        progress.ordersRecorded,
        "order",
        "orders",
        writing
      )} scored.`;
    default:
      return found === null ? "" : `${counted(found, "order", "orders", writing)} found so far.`;
  }
}

function useLookAgain(underWay: boolean): void {
  const revalidator = useRevalidator();
  useEffect(() => {
    if (!underWay) return;
    const timer = setInterval(() => {
      if (revalidator.state === "idle" && document.visibilityState === "visible") revalidator.revalidate();
    }, LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [underWay, revalidator]);
}
