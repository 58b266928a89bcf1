import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from "node:http";

import type { DevStore } from "../dev-store";
import type { StoreShop } from "../model";
import { signProxyRequest } from "../proxy-signature";

/** Headers that a shop's visitor and the app never see of each other: Shopify strips cookies in both directions. */
const stripped = ["cookie", "set-cookie", "host", "connection", "keep-alive", "transfer-encoding", "upgrade"];

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
  const pathPrefix = `/${toml.proxy?.prefix ?? "apps"}/${toml.proxy?.subpath ?? "ease"}`;
  const query = signProxyRequest(own, {
    shop: shop.domain, customerId: null, pathPrefix, now: store.clock.now(), apiSecret,
  });
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
