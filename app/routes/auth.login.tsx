import type { MetaFunction } from "@remix-run/node";

export const meta: MetaFunction = () => [{ title: "Ease" }];

/** Where Shopify's library sends whoever asks for Ease without saying for which shop. */
export default function Login() {
  return (
    <main>
      <h1>Open Ease in your Shopify admin</h1>
      <p>
        This address does not say which shop it is for. Under Apps in the admin, choose Ease; if you are there already,
        reload the page.
      </p>
    </main>
  );
}
