import type { DevStore } from "../dev-store";
import type { StoreOrder, StoreShop } from "../model";
import { appPlace, embeddedAppUrl, shopHandle } from "./embed";
import { countryName, formatDay, formatInstant, formatMoney } from "./formats";
import { document, html, jsonScript, strip, type Html } from "./html";
import { orderTimeline, orderTotal, promisedBy } from "./order-timeline";

/** The app's name in admin addresses: /admin/store/{shop}/apps/ease. */
export const appHandle = "ease";
const appName = "Ease";

export function storePath(shop: StoreShop): string {
  return `/admin/store/${shopHandle(shop.domain)}`;
}

function chrome(shop: StoreShop, clock: string, main: Html): Html {
  const initials = shop.name.split(/\s+/).map((word) => word[0]).join("").slice(0, 2);
  return html`${strip(clock)}
<header class="top-bar">
<button type="button" id="menu-button" aria-expanded="false" aria-controls="admin-menu" aria-label="Menu">
<svg width="20" height="20" viewBox="0 0 20 20" fill="none" stroke="currentColor" stroke-width="2"
stroke-linecap="round" aria-hidden="true"><path d="M3 5h14M3 10h14M3 15h14"/></svg></button>
<span class="brand">Dev admin</span>
<span class="shop-name"><span class="shop-badge" aria-hidden="true">${initials}</span><span>${shop.name}</span></span>
<section class="save-bar" id="save-bar" aria-label="Unsaved changes" hidden><p>Unsaved changes</p>
<button type="button" class="discard">Discard</button><button type="button" class="save">Save</button></section>
</header>
<div class="admin-body">
<nav class="admin-menu" id="admin-menu" aria-label="Shop admin">
<h2>Shop</h2>
<ul><li><a href="/storefront/${shopHandle(shop.domain)}">Storefront</a></li>
<li><a href="/controls">Controls</a></li></ul>
<h2>Apps</h2>
<ul><li><a href="${storePath(shop)}/apps/${appHandle}" id="app-home"><span class="app-icon" aria-hidden="true">E</span>
${appName}</a><ul id="app-links" hidden></ul></li></ul>
</nav>
<div id="menu-backdrop"></div>
${main}
</div>`;
}

/**
 * Shopify admin's page around the app, at `path` (below the app's own address) and `search` of this page's address. The
 * frame starts with what Shopify sends: shop, host, a fresh id token, and an hmac over all of it.
 */
export async function adminFramePage(
  store: DevStore,
  shop: StoreShop,
  path: string,
  search: URLSearchParams,
): Promise<string> {
  const now = store.clock.now();
  const place = appPlace(path, search);
  const config = {
    appName,
    appOrigin: new URL(store.app.url).origin,
    base: `${storePath(shop)}/apps/${appHandle}`,
    store: storePath(shop),
    shopName: shop.name,
    place,
    frameSrc: embeddedAppUrl({
      appUrl: store.app.url,
      apiSecret: store.app.apiSecret,
      domain: shop.domain,
      place,
      idToken: await store.idToken(shop.domain),
      now,
    }),
  };
  const main = html`<main class="admin-main">
<div class="title-bar" id="title-bar"><h1 id="title">${appName}</h1><div class="actions"></div></div>
<div id="progress" role="progressbar" aria-label="Loading"></div>
<iframe id="app-frame" title="${appName}" allow="clipboard-write"></iframe>
</main>
<div class="toast-area"><div id="toasts" role="status"></div><div id="error-toasts" role="alert"></div></div>
<p class="visually-hidden" id="announcer" role="status"></p>
<dialog id="leave-dialog" aria-labelledby="leave-title"><form method="dialog">
<h2 id="leave-title">Leave page with unsaved changes?</h2><p>Leaving this page will delete all unsaved changes.</p>
<div class="row"><button class="button" value="stay">Stay</button>
<button class="button critical" value="leave">Leave page</button></div></form></dialog>
<script type="application/json" id="frame-config">${jsonScript(config)}</script>
<script type="module" src="/__dev-store/admin-frame.js"></script>`;
  return document({
    title: `${appName} · ${shop.name}`,
    styles: ["admin-frame.css"],
    bodyClass: "admin",
    body: chrome(shop, formatInstant(now, shop.timeZone), main),
  });
}

/** The page behind links such as shopify:admin/orders/123: the order's facts as the shop knows them at store time. */
export function adminOrderPage(shop: StoreShop, order: StoreOrder, now: number): string {
  const money = (minor: number) => formatMoney(minor, shop.currency);
  const promise = promisedBy(order);
  const sent = order.fulfillments.filter((one) => one.createdAt <= now);
  const carriers = sent.map((one) => one.carrier ?? "no carrier named");
  const place = [order.country && countryName(order.country), order.province].filter(Boolean).join(", ");
  const main = html`<main class="admin-page"><div class="sheet">
<div><h1>Order ${order.name}</h1><p class="lede">Placed ${formatInstant(order.placedAt, shop.timeZone)}</p></div>
<div class="cards">
<section class="card"><h2>Order</h2><dl class="facts">
<dt>Channel</dt><dd>${order.sourceName}${order.test ? " · test order" : ""}${order.company ? " · company" : ""}</dd>
<dt>Ships to</dt><dd>${place || "nowhere"}</dd>
<dt>Method</dt><dd>${order.shippingTitle ?? "none"}</dd>
<dt>Promised by</dt><dd>${promise === null ? "no date quoted" : formatDay(promise, shop.timeZone)}</dd>
<dt>Carrier</dt><dd>${carriers.length ? [...new Set(carriers)].join(", ") : "not sent yet"}</dd>
<dt>Paid in</dt><dd>${order.presentmentCurrency}</dd></dl></section>
<section class="card"><h2>Timeline</h2>${timelineList(order, shop, now)}</section>
</div>
<section class="card"><h2>Items</h2>${itemTable(order, shop)}
<p class="small">Total with shipping (${money(order.shippingPrice)}): ${money(orderTotal(order))}</p></section>
</div></main>
<script type="module" src="/__dev-store/admin-menu.js"></script>`;
  return document({
    title: `Order ${order.name} · ${shop.name}`,
    styles: ["admin-frame.css"],
    bodyClass: "admin",
    body: chrome(shop, formatInstant(now, shop.timeZone), main),
  });
}

export function timelineList(order: StoreOrder, shop: StoreShop, now: number): Html {
  return html`<ol class="timeline">${orderTimeline(order, now).map(
    (entry) => html`<li class="${entry.tone}"><time datetime="${new Date(entry.at).toISOString()}">${
      formatInstant(entry.at, shop.timeZone)}</time>${entry.text}</li>`,
  )}</ol>`;
}

export function itemTable(order: StoreOrder, shop: StoreShop): Html {
  return html`<div class="scroll"><table><thead><tr><th scope="col">Product</th><th scope="col">Quantity</th>
<th scope="col" class="amount">Price</th></tr></thead><tbody>${order.lineItems.map(
    (item) => html`<tr><td>${item.title}</td><td>${item.quantity}</td>
<td class="amount">${formatMoney(item.unitPrice * item.quantity, shop.currency)}</td></tr>`,
  )}</tbody></table></div>`;
}

/** An answer inside the admin for an address the dev store has no page for. */
export function adminMissingPage(shop: StoreShop, path: string, now: number): string {
  const main = html`<main class="admin-page"><div class="sheet"><div><h1>Not in the dev store</h1>
<p class="lede">Shopify admin would show ${path} here. The dev store has only orders and the app.</p></div>
<p><a class="button" href="${storePath(shop)}/apps/${appHandle}">Open ${appName}</a></p></div></main>
<script type="module" src="/__dev-store/admin-menu.js"></script>`;
  return document({
    title: `Not in the dev store · ${shop.name}`,
    styles: ["admin-frame.css"],
    bodyClass: "admin",
    body: chrome(shop, formatInstant(now, shop.timeZone), main),
  });
}
