import type { LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { TitleBar } from "@shopify/app-bridge-react";
import { Banner, BlockStack, Card, Page } from "@shopify/polaris";
import { requireShop } from "~/admin-session.server";
import { Opening } from "~/ui/opening";
import { ordersSentence } from "~/ui/orders-sentence";
import { ScreenError } from "~/ui/screen-error";
import { useWriting } from "~/ui/use-writing";
import { readImportProgress } from "~/views/import-progress.server";
import { readCursor } from "~/views/order-cursor";
import { narrows } from "~/views/order-filters";
import { readOrderFacets, readOrderPage } from "~/views/order-list.server";
import { readOrderFilters } from "~/views/read-order-filters";
import { OrderFilterBar } from "./order-filter-bar";
import { NoOrders } from "./no-orders";
import { OrderTable } from "./order-table";

export const meta: MetaFunction = () => [{ title: "Orders · Ease" }];

export async function loader({ request }: LoaderFunctionArgs) {
  const { scope } = await requireShop(request);
  const search = new URL(request.url).searchParams;
  const { filters, ignored } = readOrderFilters(search);
  const { cursor, understood } = readCursor(search);
  const [page, facets, progress] = await Promise.all([
    readOrderPage(scope, { filters, cursor }),
    readOrderFacets(scope),
    readImportProgress(scope),
  ]);
  return {
    page,
    filters,
    facets,
    ignored: understood ? ignored : [...ignored, "page"],
    importing: progress !== null && progress.state !== "done" && progress.state !== "failed",
    // A phone says so; it gets the narrow rows with the first HTML, so that nothing jumps.
    phone: /\bMobi/.test(request.headers.get("user-agent") ?? ""),
    now: Date.now(),
  };
}

export default function Orders() {
  const { page, filters, facets, ignored, importing, phone, now } = useLoaderData<typeof loader>();
  const writing = useWriting();
  const narrowed = narrows(filters);
  const { sentence, detail } = ordersSentence({ page, filters, narrowed, importing, writing });
  return (
    <Page fullWidth>
      <TitleBar title="Orders" />
      <BlockStack gap="400">
        {ignored.length > 0 && (
          <Banner tone="warning" title="Part of the address could not be understood">
            Left aside: {ignored.join(", ")}. The list shows the rest.
          </Banner>
        )}
        <Opening sentence={sentence}>{detail}</Opening>
        <Card padding="0">
          <div className={narrowed ? "ease-filters-open" : "ease-filters"}>
            <OrderFilterBar filters={filters} facets={facets} writing={writing} />
          </div>
          {page.orders.length === 0 ? (
            <NoOrders narrowed={narrowed} importing={importing} />
          ) : (
            <OrderTable page={page} filters={filters} phone={phone} now={now} writing={writing} />
          )}
        </Card>
      </BlockStack>
    </Page>
  );
}

export function ErrorBoundary() {
  return (
    <ScreenError
      what="The orders could not be read just now."
      lost="Nothing was lost: the orders and their scores are kept, only this page failed."
    />
  );
}
