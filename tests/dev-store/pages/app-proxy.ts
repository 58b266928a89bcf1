import { createHmac } from "node:crypto";
import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from "node:http";

import type { DevStore } from "../dev-store";
import type { StoreShop } from "../model";

/** Headers that a shop's visitor and the app never see of each other: Shopify strips cookies in both directions. */
const stripped = ["cookie", "set-cookie", "host", "connection", "keep-alive", "transfer-encoding", "upgrade"];

/**
 * Shopify's app-proxy `signature`: hex HMAC-SHA256 over sorted `key=value` joined by nothing, values of a repeated key
 * joined by commas, `signature` itself left out.
 */
export function proxySignature(params: URLSearchParams, secret: string): string {
  const keys = [...new Set(params.keys())].filter((key) => key !== "signature").sort();
  const text = keys.map((key) => `${key}=${params.getAll(key).join(",")}`).join("");
  return createHmac("sha256", secret).update(text).digest("hex");
}

/** The query the app receives: the visitor's own, then what Shopify adds, signed. `now` is epoch milliseconds. */
export function proxyQuery(
  own: URLSearchParams,
  shop: string,
  pathPrefix: string,
  now: number,
  secret: string,
): URLSearchParams {
  const params = new URLSearchParams(own);
  params.set("shop", shop);
  params.set("logged_in_customer_id", "");
  params.set("path_prefix", pathPrefix);
  params.set("timestamp", String(Math.floor(now / 1000)));
  params.set("signature", proxySignature(params, secret));
  return params;
}

/** Forwards /apps/ease/* of a storefront to the app's proxy address, signed, without cookies. */
export async function answerAppProxy(
  store: DevStore,
  shop: StoreShop,
  path: string,
  own: URLSearchParams,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const { toml, url, apiSecret } = store.app;
  const prefix = `/${toml.proxy?.prefix ?? "apps"}/${toml.proxy?.subpath ?? "ease"}`;
  const query = proxyQuery(own, shop.domain, prefix, store.clock.now(), apiSecret);
  const target = new URL(url);
  const proxyPath = new URL(toml.proxy?.url ?? "/proxy", url).pathname.replace(/\/$/, "");

  await new Promise<void>((resolve) => {
    const forwarded = httpRequest(
      target,
      { method: req.method, path: `${proxyPath}${path}?${query}`, headers: without(req.headers) },
      (answer) => {
        res.writeHead(answer.statusCode ?? 502, without(answer.headers));
        answer.pipe(res);
        answer.on("close", resolve);
      },
    );
    forwarded.on("error", (error) => {
      if (!res.headersSent) res.writeHead(502, { "content-type": "text/plain; charset=utf-8" });
      res.end(`The app did not answer (${error.message})\n`);
      resolve();
    });
    req.pipe(forwarded);
  });
}

function without(headers: IncomingMessage["headers"]): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !stripped.includes(name)));
}
