import type { DevStore } from "../dev-store";
import { appHandle, storePath } from "./admin-pages";
import { shopHandle } from "./embed";
import { formatCount, formatInstant } from "./formats";
import { document, html, strip } from "./html";

/** The first page: every shop with its admin and storefront. */
export function startPage(store: DevStore): string {
  const now = store.clock.now();
  const shops = [...store.shops.values()];
  return document({
    title: "Shops",
    body: html`${strip(formatInstant(now, shops[0]?.timeZone ?? "UTC"))}
<main class="sheet">
<div><h1>Try Ease in a shop</h1>
<p class="lede">These shops live on this machine only. They speak Shopify’s protocols, so Ease runs in them as it would
in a real store, with no account and no internet.</p></div>
<div class="cards">${shops.map((shop) => {
      const installed = store.installation(shop.domain) !== null;
      const orders = shop.orders.filter((order) => order.placedAt <= now).length;
      return html`<section class="card"><div><h2>${shop.name}</h2>
<p class="small">${formatCount(orders)} orders · ${shop.currency} · ${shop.timeZone}</p></div>
<p>${installed ? "Ease is installed." : "Ease is not installed; opening it installs it."}</p>
<p class="row"><a class="button primary" href="${storePath(shop)}/apps/${appHandle}">Open Ease in admin</a>
<a class="button" href="/storefront/${shopHandle(shop.domain)}">Storefront</a></p></section>`;
    })}</div>
<section class="card"><h2>Controls</h2>
<p>Move the store’s clock, place orders, uninstall the app.</p>
<p><a class="button" href="/controls">Open controls</a></p></section>
</main>`,
  });
}
