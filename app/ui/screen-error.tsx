import { isRouteErrorResponse, useLocation, useRouteError } from "@remix-run/react";
import { Banner, BlockStack, Page, Text } from "@shopify/polaris";
import type { ReactNode } from "react";
import { Opening } from "./opening";

/**
 * What a screen shows when it could not be read: what happened, whether anything was lost, and the way to try again.
 * Pages that Shopify's library answers with to renew a session pass through untouched.
 */
export function ScreenError(props: { what: string; lost: string; notFound?: ReactNode }) {
  const error = useRouteError();
  const { pathname, search } = useLocation();
  const page = sessionPage(error);
  if (page !== null) return <div dangerouslySetInnerHTML={{ __html: page }} />;
  if (props.notFound && isRouteErrorResponse(error) && error.status === 404) return <>{props.notFound}</>;
  const retry = `${pathname}${search}`;
  return (
    <Page>
      <BlockStack gap="400">
        <Opening sentence={props.what} />
        <Banner tone="critical" action={{ content: "Try again", url: retry }}>
          <Text as="p">{props.lost}</Text>
        </Banner>
      </BlockStack>
    </Page>
  );
}

/** The HTML of a page Shopify's library threw to get a fresh session token; null for every other error. */
export function sessionPage(error: unknown): string | null {
  if (!isRouteErrorResponse(error) || typeof error.data !== "string") return null;
  return /<script/i.test(error.data) ? error.data : null;
}
