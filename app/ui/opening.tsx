import { BlockStack, Text } from "@shopify/polaris";
import type { ReactNode } from "react";

/** What a screen opens with: the sentence a colleague would say, and what stands behind it in small type. */
export function Opening(props: { sentence: string; level?: "h1" | "h2"; children?: ReactNode }) {
  const { sentence, level = "h1", children } = props;
  return (
    <div className="ease-opening">
      <BlockStack gap="100">
        <Text as={level} variant="headingLg">
          {sentence}
        </Text>
        {children && (
          <Text as="p" tone="subdued">
            {children}
          </Text>
        )}
      </BlockStack>
    </div>
  );
}
