import type { LoaderFunctionArgs } from "@remix-run/node";
import { authenticate } from "~/shopify.server";

/**
 * Where Shopify's library sends a page whose session token is missing or older than a minute (a frame that was reloaded,
 * a step back to an earlier page): it answers with a page that fetches a new one and returns.
 */
export async function loader({ request }: LoaderFunctionArgs) {
  await authenticate.admin(request);
  return null;
}
