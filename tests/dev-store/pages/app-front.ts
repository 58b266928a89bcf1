import { readFile } from "node:fs/promises";
import {
  createServer, request as upstreamRequest,
  type IncomingHttpHeaders, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";

import {
  allowFraming, appBridgePath, markupRewriter, nothingPath, rewriteLocation, rewriteText, withoutCdnLinks,
} from "./front-rewriting";

export interface AppFrontOptions {
  /** 0 takes any free port. */
  port: number;
  /** Where Ease's web process answers, e.g. "http://127.0.0.1:3000". */
  upstream: string;
  /** The dev store's origin: the page that frames the app. */
  adminOrigin: string;
  /** What `shopify.config.apiKey` says where the page itself does not name a key. */
  apiKey: string;
}

export interface AppFront {
  port: number;
  close(): Promise<void>;
}

const hopByHop = ["connection", "keep-alive", "proxy-authenticate", "te", "trailer", "transfer-encoding", "upgrade"];

const startingPage = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Ease is starting</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="2">
<style>body{font:16px/1.5 system-ui,sans-serif;color:#303030;background:#f1f1f1;margin:0;display:grid;
min-height:100vh;place-content:center;text-align:center;padding:1rem}h1{font-size:1.25rem;margin:0 0 .25rem}
p{margin:0;color:#555}</style></head>
<body><main><h1>Ease is starting</h1><p>This page tries again by itself every two seconds.</p></main></body></html>`;

/**
 * Serves the app on an origin of its own, as Shopify's frame sees it: requests stream through to `upstream`; pages get
 * the stand-in for App Bridge in place of Shopify's, may be framed by `adminOrigin`, and ask nothing of the internet.
 */
export async function serveAppFront(options: AppFrontOptions): Promise<AppFront> {
  const bridge = (await readFile(new URL("./app-bridge.js", import.meta.url), "utf8"))
    .replaceAll("__ADMIN_ORIGIN__", options.adminOrigin)
    .replaceAll("__API_KEY__", options.apiKey);

  const server = createServer((req, res) => {
    const path = req.url ?? "/";
    if (path.startsWith(appBridgePath)) {
      res.writeHead(200, { "content-type": "text/javascript; charset=utf-8", "cache-control": "no-cache" });
      res.end(bridge);
    } else if (path.startsWith(nothingPath)) {
      sendNothing(res, path);
    } else {
      passOn(options, req, res);
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

function sendNothing(res: ServerResponse, path: string): void {
  if (/\.css(\?|$)/.test(path)) {
    res.writeHead(200, { "content-type": "text/css" }).end();
  } else if (/\.(svg|png|jpe?g|gif|webp)(\?|$)/.test(path)) {
    res.writeHead(200, { "content-type": "image/svg+xml" });
    res.end('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>');
  } else {
    res.writeHead(204).end();
  }
}

function passOn(options: AppFrontOptions, req: IncomingMessage, res: ServerResponse): void {
  const upstream = upstreamRequest(
    options.upstream,
    { path: req.url, method: req.method, headers: requestHeaders(req) },
    (answer) => passBack(options, req, answer, res),
  );
  upstream.on("error", (error: NodeJS.ErrnoException) => {
    if (res.headersSent) res.destroy(error);
    else sendUnreachable(req, res, error);
  });
  res.on("close", () => upstream.destroy());
  req.pipe(upstream);
}

function requestHeaders(req: IncomingMessage): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = { ...req.headers };
  for (const name of hopByHop) delete headers[name];
  const before = req.headers["x-forwarded-for"];
  const address = req.socket.remoteAddress ?? "127.0.0.1";
  headers["x-forwarded-for"] = before ? `${String(before)}, ${address}` : address;
  headers["x-forwarded-host"] = req.headers.host;
  headers["x-forwarded-proto"] = "http";
  // Answers are rewritten as text, and there is no network between here and the app to save bytes on.
  headers["accept-encoding"] = "identity";
  return headers;
}

function responseHeaders(options: AppFrontOptions, answer: IncomingHttpHeaders): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = { ...answer };
  for (const name of hopByHop) delete headers[name];
  const policy = answer["content-security-policy"];
  if (typeof policy === "string") headers["content-security-policy"] = allowFraming(policy, options.adminOrigin);
  const link = Array.isArray(answer["link"]) ? answer["link"].join(", ") : answer["link"];
  if (link !== undefined) {
    const kept = withoutCdnLinks(link);
    if (kept === null) delete headers["link"];
    else headers["link"] = kept;
  }
  if (answer.location !== undefined) headers["location"] = rewriteLocation(answer.location, options.adminOrigin);
  return headers;
}

function passBack(options: AppFrontOptions, req: IncomingMessage, answer: IncomingMessage, res: ServerResponse): void {
  const headers = responseHeaders(options, answer.headers);
  const type = answer.headers["content-type"] ?? "";
  const status = answer.statusCode ?? 502;
  const hasBody = req.method !== "HEAD" && status !== 204 && status !== 304;
  answer.on("error", (error) => res.destroy(error));

  if (hasBody && type.startsWith("text/html")) {
    delete headers["content-length"];
    res.writeHead(status, headers);
    answer.pipe(markupRewriter()).pipe(res);
  } else if (hasBody && /^text\/css|javascript/.test(type)) {
    const chunks: Buffer[] = [];
    answer.on("data", (chunk: Buffer) => chunks.push(chunk));
    answer.on("end", () => {
      const body = Buffer.from(rewriteText(Buffer.concat(chunks).toString("utf8")));
      res.writeHead(status, { ...headers, "content-length": body.length });
      res.end(body);
    });
  } else {
    res.writeHead(status, headers);
    answer.pipe(res);
  }
}

function sendUnreachable(req: IncomingMessage, res: ServerResponse, error: NodeJS.ErrnoException): void {
  const isStarting = error.code === "ECONNREFUSED";
  if (isStarting && (req.headers.accept ?? "").includes("text/html")) {
    res.writeHead(503, { "content-type": "text/html; charset=utf-8", "retry-after": "2", "cache-control": "no-store" });
    res.end(startingPage);
    return;
  }
  res.writeHead(isStarting ? 503 : 502, { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" });
  res.end(isStarting ? "Ease is starting\n" : `Ease broke off its answer (${error.code ?? error.message})\n`);
}
