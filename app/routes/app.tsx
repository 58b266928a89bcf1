import type { HeadersFunction, LoaderFunctionArgs } from "@remix-run/node";
import { Link, Outlet, useLoaderData, useNavigation, useRouteError } from "@remix-run/react";
import { NavMenu, useAppBridge } from "@shopify/app-bridge-react";
import { AppProvider as Polaris } from "@shopify/polaris";
import english from "@shopify/polaris/locales/en.json" with { type: "json" };
import { AppProvider } from "@shopify/shopify-app-remix/react";
import { boundary } from "@shopify/shopify-app-remix/server";
import { useEffect } from "react";
import { requireShop } from "~/admin-session.server";
import { env } from "~/env.server";
import { writingFor } from "~/ui/format";
import { ScreenError, sessionPage } from "~/ui/screen-error";

export async function loader({ request }: LoaderFunctionArgs) {
  const { shop, locale } = await requireShop(request);
  return { apiKey: env.SHOPIFY_API_KEY, writing: writingFor(shop, locale) };
}

// Every screen authenticates for itself; the frame around them does not change.
export const shouldRevalidate = () => false;

export const headers: HeadersFunction = (args) => boundary.headers(args);

export default function Frame() {
  const { apiKey, writing } = useLoaderData<typeof loader>();
  return (
    <AppProvider isEmbeddedApp apiKey={apiKey}>
      <NavMenu>
        <Link to="/app" rel="home">
          Home
        </Link>
        <Link to="/app/orders">Orders</Link>
        <Link to="/app/settings">Settings</Link>
      </NavMenu>
      <LoadingBar />
      <main>
        <Outlet context={writing} />
      </main>
    </AppProvider>
  );
}

/** Shows in the admin's own loading bar that the next screen is on its way; the present one stays until it is there. */
function LoadingBar() {
  const loading = useNavigation().state !== "idle";
  const shopify = useAppBridge();
  useEffect(() => {
    shopify.loading(loading);
  }, [shopify, loading]);
  return null;
}

export function ErrorBoundary() {
  const page = sessionPage(useRouteError());
  if (page !== null) return <div dangerouslySetInnerHTML={{ __html: page }} />;
  return (
    <Polaris i18n={english}>
      <main>
        <ScreenError
          what="Ease could not open."
          lost="Nothing was lost: orders keep coming in, and no setting was changed."
        />
      </main>
    </Polaris>
  );
}
