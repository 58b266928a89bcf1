import type { IncomingMessage, ServerResponse } from "node:http";

import type { DevStore } from "../dev-store";
import type { StoreShop } from "../model";
import { appHandle, storePath } from "./admin-pages";
import { shopHandle } from "./embed";
import { formatCount, formatInstant } from "./formats";
import { document, html, strip, type Html } from "./html";
import { placeRandomOrder } from "./purchase";
import { readForm, redirect, sendHtml } from "./responses";

const HOUR = 3_600_000;
const steps = [
  { label: "+1 hour", ms: HOUR },
  { label: "+1 day", ms: 24 * HOUR },
  { label: "+7 days", ms: 7 * 24 * HOUR },
];
const speeds = [
  { factor: 1, meaning: "real time" },
  { factor: 60, meaning: "an hour a minute" },
  { factor: 3600, meaning: "an hour a second" },
];
const mostOrdersAtOnce = 200;

type Change =
  | { kind: "advanced"; label: string }
  | { kind: "speed"; factor: number }
  | { kind: "uninstalled"; shop: StoreShop }
  | { kind: "ordered"; shop: StoreShop; count: number }
  | { kind: "refused"; reason: string };

/** Does what a form on the controls page asks for, then leads back to it with a sentence about what was done. */
export async function changeControls(store: DevStore, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const change = await applyChange(store, await readForm(req));
  if (change.kind === "refused") {
    sendHtml(res, 422, controlsPage(store, change.reason));
    return;
  }
  redirect(res, `/controls?done=${encodeURIComponent(sentence(change))}`);
}

async function applyChange(store: DevStore, form: URLSearchParams): Promise<Change> {
  const shop = store.shops.get(form.get("shop") ?? "");
  switch (form.get("change")) {
    case "advance": {
      const step = steps.find((one) => String(one.ms) === form.get("ms"));
      if (!step) return { kind: "refused", reason: "The clock moves by an hour, a day or a week." };
      store.clock.advance(step.ms);
      await store.persist();
      return { kind: "advanced", label: step.label };
    }
    case "speed": {
      const speed = speeds.find((one) => String(one.factor) === form.get("factor"));
      if (!speed) return { kind: "refused", reason: "The clock runs at ×1, ×60 or ×3600." };
      store.clock.setSpeed(speed.factor);
      await store.persist();
      return { kind: "speed", factor: speed.factor };
    }
    case "uninstall": {
      if (!shop) return { kind: "refused", reason: "There is no such shop." };
      if (!store.installation(shop.domain)) {
        return { kind: "refused", reason: `Ease is not installed in ${shop.name}.` };
      }
      await store.uninstall(shop.domain);
      return { kind: "uninstalled", shop };
    }
    case "orders": {
      const count = Number(form.get("count"));
      if (!shop) return { kind: "refused", reason: "There is no such shop." };
      if (!Number.isInteger(count) || count < 1 || count > mostOrdersAtOnce) {
        return { kind: "refused", reason: `Between 1 and ${mostOrdersAtOnce} orders can be placed at once.` };
      }
      for (let placed = 0; placed < count; placed += 1) {
        const purchase = placeRandomOrder(store, shop);
        if (purchase.kind !== "placed") return { kind: "refused", reason: purchase.reason };
      }
      await store.persist();
      return { kind: "ordered", shop, count };
    }
    default:
      return { kind: "refused", reason: "The form did not say what to change." };
  }
}

function sentence(change: Exclude<Change, { kind: "refused" }>): string {
  switch (change.kind) {
    case "advanced":
      return `The store’s clock moved ${change.label}.`;
    case "speed":
      return `The store’s clock runs at ×${change.factor}.`;
    case "uninstalled":
      return `Ease was uninstalled from ${change.shop.name}.`;
    case "ordered":
      return `${change.count === 1 ? "One order was" : `${change.count} orders were`} placed in ${change.shop.name}.`;
  }
}

/** The store's clock and shops, each change a plain form. `message` is a sentence to show on top. */
export function controlsPage(store: DevStore, message: string | null): string {
  const now = store.clock.now();
  const shops = [...store.shops.values()];
  const timeZone = shops[0]?.timeZone ?? "UTC";
  return document({
    title: "Controls",
    body: html`${strip(formatInstant(now, timeZone))}
<main class="sheet">
<div><h1>Controls</h1><p class="lede">What happens in the dev store, and when.</p></div>
${message && html`<p class="card" role="status">${message}</p>`}
<section class="card"><h2>Clock</h2>
<div><p class="big-number">${formatInstant(now, timeZone)}</p>
<p class="small">${timeZone}, running at ×${store.clock.speed}. Time only goes forward; what comes due on the way
(scans, deliveries, refunds) happens.</p></div>
<div class="control"><h3>Move on</h3>${steps.map((step) => changeForm("advance", { ms: step.ms }, step.label))}</div>
<div class="control"><h3>Speed</h3>${speeds.map((speed) =>
      changeForm("speed", { factor: speed.factor }, `×${speed.factor}`, {
        pressed: store.clock.speed === speed.factor,
        hint: speed.meaning,
      }),
    )}</div></section>
${shops.map((shop) => shopCard(store, shop, now))}
</main>`,
  });
}

function changeForm(
  change: string,
  fields: Record<string, string | number>,
  label: string,
  look: { pressed?: boolean; hint?: string; critical?: boolean } = {},
): Html {
  const hidden = Object.entries({ change, ...fields });
  return html`<form method="post" action="/controls">${hidden.map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )}<button
class="button${look.critical ? " critical" : ""}"${look.pressed === undefined ? null : html` aria-pressed="${
    String(look.pressed)}"`}${look.hint ? html` title="${look.hint}"` : null}>${label}</button></form>`;
}

function shopCard(store: DevStore, shop: StoreShop, now: number): Html {
  const installation = store.installation(shop.domain);
  const orders = shop.orders.filter((order) => order.placedAt <= now).length;
  const field = `count-${shopHandle(shop.domain)}`;
  return html`<section class="card"><div><h2>${shop.name}</h2>
<p class="small">${shop.domain}</p></div>
<dl class="facts"><dt>Ease</dt><dd>${installation
    ? `installed ${formatInstant(installation.installedAt, shop.timeZone)}`
    : "not installed"}</dd>
<dt>Orders</dt><dd>${formatCount(orders)} placed so far</dd>
${installation && html`<dt>Scopes</dt><dd><ul class="scopes">${store.grantedScopes(shop.domain).map(
      (scope) => html`<li>${scope}</li>`)}</ul></dd>`}</dl>
<div class="row"><a class="button primary" href="${storePath(shop)}/apps/${appHandle}">Open Ease in admin</a>
<a class="button" href="/storefront/${shopHandle(shop.domain)}">Storefront</a>
${installation && changeForm("uninstall", { shop: shop.domain }, "Uninstall Ease", { critical: true })}</div>
<form class="row" method="post" action="/controls"><input type="hidden" name="change" value="orders">
<input type="hidden" name="shop" value="${shop.domain}"><label for="${field}">Random orders now</label>
<input id="${field}" type="number" name="count" value="5" min="1" max="${mostOrdersAtOnce}" required>
<button class="button">Place</button></form></section>`;
}
