import type { IncomingMessage, ServerResponse } from "node:http";

import type { DevStore } from "../dev-store";
import type { StoreOrder, StoreShop } from "../model";
import { deliveryOptions, type DeliveryOption, type OrderLine } from "../simulator/shipping";
import type { Product, ShopSpec } from "../simulator/spec";
import { itemTable, storePath, timelineList } from "./admin-pages";
import { answerAppProxy } from "./app-proxy";
import { shopHandle } from "./embed";
import { countryName, formatDay, formatInstant, formatMoney } from "./formats";
import { document, html, strip, type Html } from "./html";
import { orderTotal, promisedBy } from "./order-timeline";
import { placePurchase, sellingSpec } from "./purchase";
import { readCookie, readForm, redirect, sendHtml } from "./responses";

const mostOfOne = 20;

interface Shopfront {
  store: DevStore;
  shop: StoreShop;
  spec: ShopSpec;
  base: string;
  cart: OrderLine[];
  now: number;
}

/** Answers a shop's storefront at `path` below /storefront/{shop}: products, cart, checkout, orders, app proxy. */
export async function answerStorefront(
  store: DevStore,
  shop: StoreShop,
  path: string,
  url: URL,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const proxy = store.app.toml.proxy;
  const proxyPrefix = proxy && `/${proxy.prefix}/${proxy.subpath}`;
  if (proxyPrefix && (path === proxyPrefix || path.startsWith(`${proxyPrefix}/`))) {
    await answerAppProxy(store, shop, path.slice(proxyPrefix.length), url.searchParams, req, res);
    return;
  }
  const spec = sellingSpec(shop);
  if (!spec) {
    sendHtml(res, 200, emptyShopPage(shop, store.clock.now()));
    return;
  }
  const base = `/storefront/${shopHandle(shop.domain)}`;
  const front = { store, shop, spec, base, cart: readCart(req, spec), now: store.clock.now() };
  const [section = "", name = ""] = path.slice(1).split("/");
  const form = req.method === "POST" ? await readForm(req) : null;

  if (section === "") sendHtml(res, 200, homePage(front));
  else if (section === "products") answerProduct(front, name, res);
  else if (section === "cart" && form) changeCart(front, form, res);
  else if (section === "cart") sendHtml(res, 200, cartPage(front));
  else if (section === "checkout" && form) buy(front, form, res);
  else if (section === "checkout") sendHtml(res, 200, checkoutPage(front, url.searchParams, null));
  else if (section === "orders") answerOrder(front, name, url.searchParams.has("placed"), res);
  else sendHtml(res, 404, missingPage(front));
}

// The cart is a cookie "handle:quantity handle:quantity"; products the shop no longer sells fall out of it.
const cartCookie = (base: string) => `cart-${base.split("/")[2]}`;

function readCart(req: IncomingMessage, spec: ShopSpec): OrderLine[] {
  const base = `/storefront/${shopHandle(spec.domain)}`;
  return (readCookie(req, cartCookie(base)) ?? "").split(" ").flatMap((entry) => {
    const [handle, quantity] = entry.split(":");
    const product = spec.catalogue.find((one) => one.handle === handle);
    const count = Math.min(mostOfOne, Math.trunc(Number(quantity)));
    return product && count > 0 ? [{ product, quantity: count }] : [];
  });
}

function writeCart(base: string, lines: OrderLine[]): string {
  const value = encodeURIComponent(lines.map((line) => `${line.product.handle}:${line.quantity}`).join(" "));
  return `${cartCookie(base)}=${value}; Path=${base}; SameSite=Lax; HttpOnly`;
}

function changeCart({ spec, base, cart }: Shopfront, form: URLSearchParams, res: ServerResponse): void {
  const product = spec.catalogue.find((one) => one.handle === form.get("product"));
  const asked = Math.trunc(Number(form.get("quantity") ?? "1"));
  if (!product || !Number.isFinite(asked)) {
    redirect(res, `${base}/cart`);
    return;
  }
  const before = cart.find((line) => line.product === product)?.quantity ?? 0;
  const quantity = Math.min(mostOfOne, form.get("change") === "add" ? before + asked : asked);
  const others = cart.filter((line) => line.product !== product);
  redirect(res, `${base}/cart`, writeCart(base, quantity > 0 ? [...others, { product, quantity }] : others));
}

function buy(front: Shopfront, form: URLSearchParams, res: ServerResponse): void {
  const { store, shop, base, cart } = front;
  const country = form.get("country");
  const method = form.get("method");
  const delivery = country && method ? { country, province: form.get("province") || null, method } : null;
  const purchase = placePurchase(store, shop, { lines: cart, delivery });
  switch (purchase.kind) {
    case "placed":
      redirect(res, `${base}/orders/${purchase.order.checkoutToken}?placed`, writeCart(base, []));
      return;
    case "refused":
      sendHtml(res, 422, checkoutPage(front, form, purchase.reason));
  }
}

function answerProduct(front: Shopfront, handle: string, res: ServerResponse): void {
  const product = front.spec.catalogue.find((one) => one.handle === handle);
  if (product) sendHtml(res, 200, productPage(front, product));
  else sendHtml(res, 404, missingPage(front));
}

function answerOrder(front: Shopfront, token: string, justPlaced: boolean, res: ServerResponse): void {
  const order = front.shop.orders.find((one) => one.checkoutToken === token && one.placedAt <= front.now);
  if (order) sendHtml(res, 200, orderPage(front, order, justPlaced));
  else sendHtml(res, 404, missingPage(front));
}

function frontPage(front: Shopfront, title: string, main: Html): string {
  const { shop, base, cart, now } = front;
  const items = cart.reduce((sum, line) => sum + line.quantity, 0);
  return document({
    title: `${title} · ${shop.name}`,
    styles: ["storefront.css"],
    bodyClass: "shop",
    body: html`${strip(formatInstant(now, shop.timeZone))}
<header class="shop-header"><a class="shop-logo" href="${base}">${shop.name}</a>
<a class="cart-link" href="${base}/cart">Cart (${items})</a></header>
<main class="shop-main">${main}</main>
<footer class="shop-footer"><p>${shop.name} is made up. Nothing here is sold or sent.</p>
<p><a href="${storePath(shop)}/apps/ease">Shop admin</a></p></footer>`,
  });
}

/** A drawn picture for a product, its colours from the product type: the dev store asks nothing of the internet. */
function picture(product: Product): Html {
  const seed = [...product.productType].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 360, 7);
  const shift = [...product.handle].reduce((sum, letter) => (sum * 17 + letter.charCodeAt(0)) % 60, 3);
  const colour = (light: number, saturation = 34) => `hsl(${seed} ${saturation}% ${light}%)`;
  return html`<svg class="picture" viewBox="0 0 120 90" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
<rect width="120" height="90" fill="${colour(90)}"/><circle cx="${30 + shift}" cy="30" r="13" fill="${colour(97)}"/>
<path d="M-10 90 L${20 + shift / 2} ${42 + shift / 6} L${62 + shift / 3} 90Z" fill="${colour(64)}"/>
<path d="M${30 - shift / 3} 90 L${84 - shift / 4} ${34 + shift / 4} L140 90Z" fill="${colour(47)}"/></svg>`;
}

function homePage(front: Shopfront): string {
  const { spec, base } = front;
  const types = [...new Set(spec.catalogue.map((product) => product.productType))];
  const ordered = types.flatMap((type) => spec.catalogue.filter((product) => product.productType === type));
  return frontPage(front, "Products", html`<h1>Everything at ${front.shop.name}</h1>
<ul class="products">${ordered.map(
    (product) => html`<li><a class="product" href="${base}/products/${product.handle}">${picture(product)}
<span class="product-title">${product.title}</span><span class="product-maker">${product.vendor}</span>
<span class="price">${formatMoney(product.price, spec.currency)}</span></a></li>`,
  )}</ul>`);
}

function productPage(front: Shopfront, product: Product): string {
  const { spec, base } = front;
  const kind = product.requiresShipping ? (product.letter ? "Sent as a letter" : "Sent as a parcel") : "Sent by e-mail";
  return frontPage(front, product.title, html`<div class="product-page">${picture(product)}
<div class="product-details"><p><a href="${base}">All products</a></p><h1>${product.title}</h1>
<p class="product-maker">${product.vendor} · ${product.productType}</p>
<p class="price">${formatMoney(product.price, spec.currency)}</p><p class="soft">${kind}.</p>
<form class="buy" method="post" action="${base}/cart"><input type="hidden" name="change" value="add">
<input type="hidden" name="product" value="${product.handle}">
<label for="quantity">Quantity</label>
<input id="quantity" type="number" name="quantity" value="1" min="1" max="${mostOfOne}">
<button class="button primary">Add to cart</button></form></div></div>`);
}

function subtotal(lines: OrderLine[]): number {
  return lines.reduce((sum, line) => sum + line.product.price * line.quantity, 0);
}

function cartPage(front: Shopfront): string {
  const { spec, base, cart } = front;
  if (!cart.length) {
    return frontPage(front, "Cart", html`<h1>Your cart is empty</h1>
<p><a class="button" href="${base}">See the products</a></p>`);
  }
  return frontPage(front, "Cart", html`<h1>Your cart</h1>
<ul class="cart">${cart.map(({ product, quantity }) => html`<li>${picture(product)}
<div><a href="${base}/products/${product.handle}">${product.title}</a>
<p class="price">${formatMoney(product.price * quantity, spec.currency)}</p></div>
<form method="post" action="${base}/cart"><input type="hidden" name="product" value="${product.handle}">
<label class="visually-hidden" for="q-${product.handle}">Quantity of ${product.title}</label>
<input id="q-${product.handle}" type="number" name="quantity" value="${quantity}" min="0" max="${mostOfOne}">
<button class="button">Update</button></form></li>`)}</ul>
<p class="total"><span>Products</span><strong>${formatMoney(subtotal(cart), spec.currency)}</strong></p>
<p><a class="button primary wide" href="${base}/checkout">Check out</a></p>`);
}

function checkoutPage(front: Shopfront, chosen: URLSearchParams, refusal: string | null): string {
  const { spec, base, cart } = front;
  if (!cart.length) return cartPage(front);
  const ships = cart.some((line) => line.product.requiresShipping);
  const countries = [...new Set(spec.destinations.map((one) => one.country))];
  const country = countries.find((one) => one === chosen.get("country")) ?? null;
  const provinces = spec.destinations.flatMap((one) => (one.country === country && one.province ? [one.province] : []));
  const province = provinces.find((one) => one === chosen.get("province")) ?? null;
  const ready = country !== null && (provinces.length === 0 || province !== null);
  const options = ready ? deliveryOptions(spec, { lines: cart, country, province, placedAt: front.now }) : [];

  const address = html`<form class="checkout-step" method="get" action="${base}/checkout"><h2>Where to?</h2>
<div class="fields"><p><label for="country">Country</label><select id="country" name="country" required>
<option value="">Choose…</option>${countries.map((one) => option(one, countryName(one), one === country))}</select></p>
${provinces.length > 0 && html`<p><label for="province">Region</label><select id="province" name="province" required>
<option value="">Choose…</option>${provinces.map((one) => option(one, one, one === province))}</select></p>`}</div>
<button class="button${ready ? "" : " primary"}">${ready ? "Change address" : "Continue"}</button></form>`;

  const payment = html`<form class="checkout-step" method="post" action="${base}/checkout">
${ready && html`<input type="hidden" name="country" value="${country}"><input type="hidden" name="province"
value="${province ?? ""}">`}
${ships && html`<fieldset><legend>How?</legend>${options.map(
    (one, index) => deliveryChoice(front, one, index),
  )}</fieldset>`}
<p class="total"><span>Products</span><strong>${formatMoney(subtotal(cart), spec.currency)}</strong></p>
<button class="button primary wide">Buy now</button>
<p class="soft">No contact or card is asked for: the order is made up, and Ease sees it as a real one.</p></form>`;

  return frontPage(front, "Checkout", html`<h1>Checkout</h1>
${refusal && html`<p class="refusal" role="alert">${refusal}</p>`}
${ships && address}${(!ships || ready) && payment}`);
}

function option(value: string, label: string, selected: boolean): Html {
  return html`<option value="${value}"${selected ? html` selected` : null}>${label}</option>`;
}

function deliveryChoice({ spec, shop }: Shopfront, one: DeliveryOption, index: number): Html {
  const promise = one.maxDeliveryAt === null
    ? "no delivery date promised"
    : `by ${formatDay(one.maxDeliveryAt, shop.timeZone)}`;
  return html`<label class="choice"><input type="radio" name="method" value="${one.method}" required${
    index === 0 ? html` checked` : null}>
<span><strong>${one.method}</strong><br><span class="soft">${promise}</span></span>
<span class="price">${one.price === 0 ? "Free" : formatMoney(one.price, spec.currency)}</span></label>`;
}

function orderPage(front: Shopfront, order: StoreOrder, justPlaced: boolean): string {
  const { shop, base, now } = front;
  const promise = promisedBy(order);
  const scans = order.fulfillments.flatMap((one) => one.scans);
  const arrived = scans.some((scan) => scan.status === "DELIVERED" && scan.happenedAt <= now);
  return frontPage(front, `Order ${order.name}`, html`
<h1>${justPlaced ? "Thank you, your order is placed" : `Order ${order.name}`}</h1>
<p class="soft">Order ${order.name}, ${order.shippingTitle ?? "nothing to send"}${
    promise === null ? null : html`, promised by <strong>${formatDay(promise, shop.timeZone)}</strong>`}.
${arrived ? null : html`Move the clock in <a href="/controls">controls</a> and reload to see it travel.`}</p>
<section class="checkout-step"><h2>What happened so far</h2>${timelineList(order, shop, now)}</section>
<section class="checkout-step"><h2>What you bought</h2>${itemTable(order, shop)}
<p class="total"><span>With shipping</span>
<strong>${formatMoney(orderTotal(order), shop.currency)}</strong></p></section>
<p><a class="button" href="${base}">Back to the shop</a>
<a class="button" href="${storePath(shop)}/orders/${order.id}">See it in the admin</a></p>`);
}

function missingPage(front: Shopfront): string {
  return frontPage(front, "Not found", html`<h1>There is nothing here</h1>
<p><a class="button" href="${front.base}">See the products</a></p>`);
}

function emptyShopPage(shop: StoreShop, now: number): string {
  return document({
    title: shop.name,
    body: html`${strip(formatInstant(now, shop.timeZone))}<main class="sheet"><div><h1>${shop.name}</h1>
<p class="lede">This shop’s orders come from real data. It has no products to buy here.</p></div>
<p><a class="button" href="${storePath(shop)}/apps/ease">Open Ease in admin</a></p></main>`,
  });
}
