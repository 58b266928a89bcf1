import type { IncomingMessage, ServerResponse } from "node:http";

import type { DevStore } from "../dev-store";
import { adminFramePage, adminMissingPage, adminOrderPage, appHandle, storePath } from "./admin-pages";
import { changeControls, controlsPage } from "./controls";
import { shopDomain } from "./embed";
import { document, html, strip } from "./html";
import { redirect, sendAsset, sendHtml, sendJson } from "./responses";
import { startPage } from "./start-page";
import { answerStorefront } from "./storefront";

const assets = ["pages.css", "admin-frame.css", "storefront.css", "admin-frame.js", "admin-menu.js", "icon.svg"];

const adminPath = /^\/admin\/store\/([a-z0-9-]+)(?:\/(.*))?$/;
const storefrontPath = /^\/storefront\/([a-z0-9-]+)(\/.*)?$/;

/**
 * Answers the dev store's own pages: start, admin, controls and storefronts. Resolves to false, with nothing written,
 * where the address is none of them.
 */
export async function handlePage(store: DevStore, req: IncomingMessage, res: ServerResponse): Promise<boolean> {
  const url = new URL(req.url ?? "/", "http://dev-store");
  const path = url.pathname;

  const asset = path.startsWith("/__dev-store/") ? path.slice("/__dev-store/".length) : null;
  if (asset !== null && assets.includes(asset)) {
    await sendAsset(res, asset);
    return true;
  }
  if (path === "/") {
    sendHtml(res, 200, startPage(store));
    return true;
  }
  if (path === "/controls") {
    if (req.method === "POST") await changeControls(store, req, res);
    else sendHtml(res, 200, controlsPage(store, url.searchParams.get("done")));
    return true;
  }
  const admin = adminPath.exec(path);
  if (admin) {
    await answerAdmin(store, admin[1] ?? "", admin[2] ?? "", url.searchParams, res);
    return true;
  }
  const front = storefrontPath.exec(path);
  if (front) {
    const shop = store.shops.get(shopDomain(front[1] ?? ""));
    if (shop) await answerStorefront(store, shop, front[2] ?? "/", url, req, res);
    else sendHtml(res, 404, unknownShopPage(front[1] ?? ""));
    return true;
  }
  return false;
}

async function answerAdmin(
  store: DevStore,
  handle: string,
  rest: string,
  search: URLSearchParams,
  res: ServerResponse,
): Promise<void> {
  const shop = store.shops.get(shopDomain(handle));
  if (!shop) {
    sendHtml(res, 404, unknownShopPage(handle));
    return;
  }
  const [section = "", name = "", ...below] = rest.split("/");
  const now = store.clock.now();
  if (section === "") {
    redirect(res, `${storePath(shop)}/apps/${appHandle}`);
  } else if (section === "apps" && (name === appHandle || name === store.app.apiKey)) {
    sendHtml(res, 200, await adminFramePage(store, shop, below.join("/"), search));
  } else if (section === "id-token") {
    sendJson(res, 200, { idToken: await store.idToken(shop.domain) });
  } else if (section === "scopes") {
    const { scopes, optionalScopes } = store.app.toml;
    sendJson(res, 200, { granted: store.grantedScopes(shop.domain), required: scopes, optional: optionalScopes });
  } else {
    const order = section === "orders" ? shop.orders.find((one) => String(one.id) === name) : undefined;
    if (order && order.placedAt <= now) sendHtml(res, 200, adminOrderPage(shop, order, now));
    else sendHtml(res, 404, adminMissingPage(shop, `/${rest}`, now));
  }
}

function unknownShopPage(handle: string): string {
  return document({
    title: "No such shop",
    body: html`${strip("")}<main class="sheet"><div><h1>No such shop</h1>
<p class="lede">The dev store has no shop “${handle}”.</p></div><p><a class="button" href="/">All shops</a></p></main>`,
  });
}
