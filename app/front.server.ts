import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import type { Inbox, Received } from "~/ingest/inbox.server";
import type { Readiness } from "~/readiness.server";
import { inLogContext, log } from "~/log.server";
import { inSpan, measured } from "~/telemetry.server";
import { signedByShopify } from "~/shopify/webhook-signature.server";

/** Shopify's payloads stay far below; an honest order with hundreds of lines has a few hundred kilobytes. */
const MAX_BODY_BYTES = 5_000_000;

/** Shopify itself gives up after five seconds. */
const BODY_WITHIN_MS = 10_000;

/** Headers become columns and index entries; Shopify's ids are a tenth of this long. */
const MAX_HEADER_LENGTH = 255;

/** When to send again what was turned away, in seconds. */
const RETRY_AFTER = "5";

export interface FrontParts {
  inbox: Inbox;
  /** The app's secret, with which Shopify signs. */
  secret: string;
  ready: () => Promise<Readiness>;
  /** Everything that is neither a webhook nor a question about health. */
  pages: RequestListener;
  bodyWithinMs?: number;
}

/**
 * The HTTP server of the web process. Webhooks are taken here, before the pages' framework: verify the signature, store,
 * answer; no session and no call to Shopify. /healthz says that the process lives, /readyz that it can do its work.
 */
export function openFront(parts: FrontParts): Server {
  const server = createServer((request, response) => {
    const path = pathOf(request);
    switch (path) {
      case "/webhooks":
        return takeWebhook(parts, request, response);
      case "/healthz":
        return sendJson(response, 200, { alive: true });
      case "/readyz":
        return void parts.ready().then(
          (readiness) => sendJson(response, readiness.ready ? 200 : 503, readiness),
          () => sendJson(response, 503, { ready: false, reason: "readiness could not be found out" }),
        );
      default:
        return servePage(parts, request, response, path);
    }
  });
  // Longer than the load balancers in front keep theirs, so that none sends into a connection that is being closed.
  server.keepAliveTimeout = 75_000;
  server.headersTimeout = 15_000;
  server.requestTimeout = 60_000;
  return server;
}

/** Stops listening and resolves once every request that was under way is answered, or `withinMs` have passed. */
export async function closeFront(server: Server, withinMs: number): Promise<void> {
  // An answer that is still to come ends its connection.
  server.prependListener("request", (_request, response: ServerResponse) => response.setHeader("Connection", "close"));
  await new Promise<void>((settle) => {
    const idle = setInterval(() => server.closeIdleConnections(), 50);
    const impatience = setTimeout(() => server.closeAllConnections(), withinMs);
    server.close(() => {
      clearInterval(idle);
      clearTimeout(impatience);
      settle();
    });
  });
}

/** The address is logged without what follows "?": that holds the session token. */
function servePage(parts: FrontParts, request: IncomingMessage, response: ServerResponse, path: string): void {
  const given = request.headers["x-request-id"];
  const requestId = typeof given === "string" && REQUEST_ID.test(given) ? given : randomUUID();
  const startedAt = performance.now();
  response.setHeader("X-Request-Id", requestId);
  inLogContext({ requestId }, () => {
    response.once("finish", () => {
      const { method } = request;
      const { statusCode: status } = response;
      const level = status >= 500 ? "error" : path.startsWith("/assets/") ? "debug" : "info";
      log[level]({ method, path, status, ms: Math.round(performance.now() - startedAt) }, "request");
    });
    parts.pages(request, response);
  });
}

const REQUEST_ID = /^[A-Za-z0-9_-]{1,64}$/;

function takeWebhook(parts: FrontParts, request: IncomingMessage, response: ServerResponse): void {
  if (request.method !== "POST") return refuse(response, 405, { Allow: "POST" });
  if (Number(request.headers["content-length"] ?? 0) > MAX_BODY_BYTES) return refuse(response, 413);

  const chunks: Buffer[] = [];
  let bytes = 0;
  const refuseBody = (status: number) => {
    clearTimeout(patience);
    request.removeAllListeners("data").removeAllListeners("end").pause();
    refuse(response, status);
  };
  const patience = setTimeout(() => refuseBody(408), parts.bodyWithinMs ?? BODY_WITHIN_MS);
  request.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) return refuseBody(413);
    chunks.push(chunk);
  });
  // A sender that hangs up half way hears nothing and sends again.
  request.on("error", () => clearTimeout(patience));
  request.on("close", () => clearTimeout(patience));
  request.on("end", () => {
    clearTimeout(patience);
    receive(parts, request, chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)).then(
      (status) => answer(response, status),
      () => answer(response, 500),
    );
  });
}

async function receive({ inbox, secret }: FrontParts, request: IncomingMessage, rawBody: Buffer): Promise<number> {
  const header = (name: string): string | null => {
    const value = request.headers[name];
    return typeof value === "string" && value !== "" ? value : null;
  };
  if (!signedByShopify(rawBody, header("x-shopify-hmac-sha256"), secret)) return 401;
  const shopDomain = header("x-shopify-shop-domain");
  const topic = header("x-shopify-topic");
  const webhookId = header("x-shopify-webhook-id");
  const eventId = header("x-shopify-event-id");
  if (!shopDomain || !topic || !webhookId) return 400;
  if ([shopDomain, webhookId, eventId].some((value) => value && value.length > MAX_HEADER_LENGTH)) return 400;
  const triggeredAt = header("x-shopify-triggered-at");
  const rawText = rawBody.toString("utf8");
  const received = await inSpan("webhook", { "ease.topic": topic }, () =>
    inbox.receive({ shopDomain, topic, webhookId, eventId, triggeredAt, rawBody: rawText }, Date.now()),
  );
  measured().received.add(1, { topic, outcome: received.kind });
  if (received.kind === "unavailable") log.error({ topic, err: received.cause }, "webhook not stored");
  return statusOf(received);
}

function statusOf(received: Received): number {
  switch (received.kind) {
    case "stored":
    case "duplicate":
    case "ignored":
      return 200;
    case "unreadable":
      // Sent again it would be no better.
      return 200;
    case "busy":
    case "unavailable":
      return 503;
  }
}

function answer(response: ServerResponse, status: number): void {
  response.writeHead(status, status === 503 ? { "Content-Length": "0", "Retry-After": RETRY_AFTER } : EMPTY);
  response.end();
}

const EMPTY = { "Content-Length": "0" };

/** Answers without having read the body; the connection ends, because the rest of it may still come. */
function refuse(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  response.writeHead(status, { ...headers, ...EMPTY, Connection: "close" });
  response.end();
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "Content-Type": "application/json", "Cache-Control": "no-store" });
  response.end(JSON.stringify(body));
}

function pathOf(request: IncomingMessage): string {
  const url = request.url ?? "/";
  const query = url.indexOf("?");
  return query === -1 ? url : url.slice(0, query);
}
