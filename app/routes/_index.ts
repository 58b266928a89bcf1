import { redirect, type LoaderFunctionArgs } from "@remix-run/node";

/** Shopify opens the app's own address; Ease's first screen is Home. What Shopify signed goes along unchanged. */
export function loader({ request }: LoaderFunctionArgs) {
  return redirect(`/app${new URL(request.url).search}`);
}
