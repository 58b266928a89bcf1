import type { IncomingMessage, ServerResponse } from "node:http";
import { jwtVerify } from "jose";

import { fixtureSecret } from "../dev-store/pages/fixture-store";

const script = `
const say = (name, text) => { document.getElementById(name).textContent = text; };
addEventListener("shopify:navigate", (event) => go(event.target.getAttribute("href")));
function go(href) { history.pushState(null, "", href); show(); }
function show() {
  say("heading", location.pathname === "/" ? "Home" : location.pathname.slice(1));
  document.querySelector("ui-title-bar").setAttribute("title", document.getElementById("heading").textContent);
  for (const item of document.querySelectorAll("[data-at]")) item.hidden = item.dataset.at !== location.pathname;
}
addEventListener("popstate", show);
addEventListener("click", (event) => {
  const link = event.target.closest("a[data-in-app]");
  if (!link) return;
  event.preventDefault();
  go(link.getAttribute("href"));
});
document.getElementById("call").addEventListener("click", async () => {
  const response = await fetch("/api/ping");
  say("answer", response.status + " " + (await response.text()));
});
document.getElementById("settings").addEventListener("submit", (event) => {
  event.preventDefault();
  shopify.toast.show("Saved");
});
document.getElementById("complain").addEventListener("click", () =>
  shopify.toast.show("Could not save", { isError: true, action: "Try again", onAction: () => say("answer", "again") }));
document.getElementById("ask").addEventListener("click", () => shopify.modal.show("question"));
document.getElementById("primary").addEventListener("click", () => say("answer", "primary action"));
document.getElementById("agree").addEventListener("click", () => {
  say("answer", "agreed");
  shopify.modal.hide("question");
});
document.getElementById("pick").addEventListener("click", () =>
  shopify.resourcePicker({ type: "product" }).catch((error) => say("answer", error.message)));
document.getElementById("scopes").addEventListener("click", async () =>
  say("answer", (await shopify.scopes.query()).granted.join(" ")));
show();
`;

const page = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Fixture app</title>
<link rel="stylesheet" href="https://cdn.shopify.com/static/fonts/inter/v4/styles.css">
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{font:15px/1.5 system-ui,sans-serif;margin:20px;display:grid;gap:14px;justify-items:start;color:#303030}
h1{margin:0;font-size:20px}button{font:inherit}</style></head><body>
<script data-api-key="fixture-key" src="https://cdn.shopify.com/shopifycloud/app-bridge.js"></script>
<ui-nav-menu><a href="/" rel="home">Home</a><a href="/orders">Orders</a><a href="/settings">Settings</a></ui-nav-menu>
<ui-title-bar title="Home"><button variant="breadcrumb" onclick="go('/')">Home</button>
<button id="export" onclick="say('answer','exported')">Export</button>
<button id="primary" variant="primary">Take it</button></ui-title-bar>
<h1 id="heading">Home</h1>
<p><button id="call">Call the app</button> <button id="complain">Complain</button> <button id="ask">Ask</button>
<button id="pick">Pick</button> <button id="scopes">Scopes</button></p>
<p>Answer: <output id="answer">none</output></p>
<p><a data-in-app href="/orders?sort=worst">Worst orders</a> ·
<a href="shopify:admin/orders/ORDER_ID" target="_top">In the admin</a></p>
<form id="settings" data-save-bar data-at="/settings" hidden><label>Name <input name="name" value="Ease"></label></form>
<ui-modal id="question"><p>Really?</p><ui-title-bar title="A question"><button id="agree" variant="primary">Yes</button>
<button onclick="shopify.modal.hide('question')">No</button></ui-title-bar></ui-modal>
<script>${script}</script></body></html>`;

export interface FixtureApp {
  listener: (req: IncomingMessage, res: ServerResponse) => void;
  /** Makes the next call answer as the library does to a token it refuses. */
  refuseNext(): void;
  /** Path and query of each document the app served. */
  documents: string[];
}

/**
 * A tiny embedded app that asks of its frame what Shopify's library asks: documents without a valid id_token go to the
 * bounce page, calls without one get 401, and the bridge is loaded from Shopify's address.
 */
export function fixtureApp(origin: () => string, orderId: () => number): FixtureApp {
  let refuse = false;
  const documents: string[] = [];
  const isValid = async (token: string | null | undefined) => {
    if (!token || refuse) {
      refuse = false;
      return false;
    }
    return jwtVerify(token, new TextEncoder().encode(fixtureSecret)).then(() => true, () => false);
  };
  const policy = { "content-security-policy": "frame-ancestors https://admin.shopify.com;" };
  const answer = async (req: IncomingMessage, res: ServerResponse) => {
    const url = new URL(req.url ?? "/", origin());
    if (url.pathname === "/auth/session-token") {
      res.writeHead(200, { "content-type": "text/html", ...policy });
      res.end('<script data-api-key="fixture-key" src="https://cdn.shopify.com/shopifycloud/app-bridge.js"></script>');
    } else if (url.pathname.startsWith("/api/")) {
      const token = req.headers.authorization?.replace("Bearer ", "");
      if (await isValid(token)) res.writeHead(200).end("pong");
      else res.writeHead(401, { "X-Shopify-Retry-Invalid-Session-Request": "1" }).end();
    } else if (await isValid(url.searchParams.get("id_token"))) {
      documents.push(url.pathname + url.search);
      res.writeHead(200, {
        "content-type": "text/html; charset=utf-8",
        link: '<https://cdn.shopify.com/shopifycloud/app-bridge.js>; rel="preload"; as="script";',
        ...policy,
      });
      res.end(page.replace("ORDER_ID", String(orderId())));
    } else {
      url.searchParams.delete("id_token");
      const query = new URLSearchParams(url.searchParams);
      query.set("shopify-reload", `${origin()}${url.pathname}?${url.searchParams}`);
      res.writeHead(302, { location: `/auth/session-token?${query}` }).end();
    }
  };
  return {
    listener: (req, res) => void answer(req, res),
    refuseNext: () => {
      refuse = true;
    },
    documents,
  };
}
