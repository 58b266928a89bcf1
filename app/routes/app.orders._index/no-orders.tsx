import { Box, EmptyState } from "@shopify/polaris";

/** An empty list says why it is empty, and the way on. */
export function NoOrders({ narrowed, importing }: { narrowed: boolean; importing: boolean }) {
  if (narrowed) {
    return (
      <Box padding="400">
        <EmptyState heading="Nothing matches" image="" action={{ content: "Clear all filters", url: "/app/orders" }}>
          <p>No order is like this. With fewer filters there may be some.</p>
        </EmptyState>
      </Box>
    );
  }
  return (
    <Box padding="400">
      <EmptyState
        heading={importing ? "Your orders are on their way here" : "No orders yet"}
        image=""
        action={importing ? { content: "See how far it is", url: "/app" } : undefined}
      >
        <p>
          {importing
            ? "Shopify is handing them over. The hardest deliveries will stand at the top."
            : "As soon as one is placed it is scored and listed here."}
        </p>
      </EmptyState>
    </Box>
  );
}
