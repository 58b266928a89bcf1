import { useAppBridge } from "@shopify/app-bridge-react";
import { Banner, BlockStack, Button, Card, InlineStack, List, Text } from "@shopify/polaris";
import { useState } from "react";
import { dayAndTime, type Writing } from "~/ui/format";
import type { DataRequest } from "~/views/privacy-settings.server";

/** What shoppers asked through Shopify, with the answer of each to fetch. */
export function DataRequestsCard({ requests, writing }: { requests: DataRequest[]; writing: Writing }) {
  const shopify = useAppBridge();
  const [failed, setFailed] = useState(false);
  const now = Date.now();

  const download = async (webhookId: string) => {
    setFailed(false);
    try {
      // By fetch, which App Bridge gives the session's token; a link would come without one.
      const response = await fetch(`/app/privacy?request=${encodeURIComponent(webhookId)}`);
      if (!response.ok) throw new Error(String(response.status));
      const address = URL.createObjectURL(await response.blob());
      const link = Object.assign(document.createElement("a"), { href: address, download: "customer-data.json" });
      link.click();
      URL.revokeObjectURL(address);
      shopify.toast.show("Answer downloaded");
    } catch {
      setFailed(true);
    }
  };

  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h3" variant="headingSm">
          Shoppers who asked what is known of them
        </Text>
        {failed && (
          <Banner tone="critical" title="The answer could not be fetched">
            Nothing was lost. Try again, or open Settings anew.
          </Banner>
        )}
        {requests.length === 0 ? (
          <Text as="p" tone="subdued">
            None lately. When one asks through Shopify, the answer is prepared here for you to pass on, and kept for 90
            days.
          </Text>
        ) : (
          <List>
            {requests.map((one) => {
              const who = one.customerId ? `Customer ${one.customerId}` : "A customer since forgotten";
              const asked = dayAndTime(one.askedAt, now, writing);
              return (
                <List.Item key={one.webhookId}>
                  <InlineStack gap="200" blockAlign="center">
                    <span>
                      {who}, {asked}
                    </span>
                    {one.answered && (
                      <Button
                        variant="plain"
                        accessibilityLabel={`Download the answer for ${who}, ${asked}`}
                        onClick={() => void download(one.webhookId)}
                      >
                        Download
                      </Button>
                    )}
                  </InlineStack>
                </List.Item>
              );
            })}
          </List>
        )}
      </BlockStack>
    </Card>
  );
}
