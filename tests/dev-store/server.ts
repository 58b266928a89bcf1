import { createReadStream, existsSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { bulkFile } from "./bulk-operations";
import type { DevStore } from "./dev-store";
import { type AdminRequest, answerAdminRequest, API_VERSION } from "./graphql";
import type { StoreShop } from "./model";
import { answerTokenRequest, checkAccessToken } from "./tokens";

const LARGEST_BODY_BYTES = 5_000_000;
const SHOP_HOST = /^([a-z0-9][a-z0-9-]*\.myshopify\.com)(?::\d+)?$/;

/** Answers what a browser asks for: the admin frame, the storefront, the controls; false where it has no page. */
type HandlePage = (store: DevStore, request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

/**
 * Serves the store on 127.0.0.1. Requests whose Host is a shop's myshopify.com domain get Shopify's APIs; all others
 * get pages. Port 0 takes any free one.
 */
export async function serveDevStore(
  store: DevStore,
  { port }: { port: number },
): Promise<{ port: number; close(): Promise<void> }> {
  const handlePage = await loadPages();
  const server = createServer((request, response) => {
    answer(store, handlePage, request, response).catch((error: unknown) => {
      console.error(`${request.method} ${request.headers.host}${request.url} failed:`, error);
      if (response.headersSent) response.destroy();
      else sendJson(response, 500, { errors: "Internal Server Error" });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function loadPages(): Promise<HandlePage> {
  const pages = new URL("./pages/pages.ts", import.meta.url);
  if (!existsSync(pages)) return async () => false;
  return ((await import(pages.href)) as { handlePage: HandlePage }).handlePage;
}

async function answer(
  store: DevStore,
  handlePage: HandlePage,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const domain = SHOP_HOST.exec(request.headers.host ?? "")?.[1];
  if (domain === undefined) {
    if (!(await handlePage(store, request, response))) sendText(response, 404, "Not found");
    return;
  }
  const shop = store.shops.get(domain);
  if (!shop) return sendJson(response, 404, { errors: "Not Found" });
  const { pathname } = new URL(request.url ?? "/", `https://${domain}`);
  if (pathname === "/admin/oauth/access_token") return answerToken(store, shop, request, response);
  const api = /^\/admin\/api\/([^/]+)\/graphql\.json$/.exec(pathname);
  if (api) return answerGraphql(store, shop, api[1]!, request, response);
  const bulk = /^\/__bulk\/(\d+)\.jsonl$/.exec(pathname);
  if (bulk) return answerBulkFile(store, shop, Number(bulk[1]), response);
  sendJson(response, 404, { errors: "Not Found" });
}

async function answerToken(
  store: DevStore,
  shop: StoreShop,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== "POST") return sendJson(response, 405, { error: "invalid_request" });
  const fields = parseFields(await readBody(request), request.headers["content-type"]);
  if (!fields) return sendJson(response, 400, { error: "invalid_request", error_description: "Unreadable body." });
  const { status, body } = await answerTokenRequest(store, shop, fields);
  sendJson(response, status, body);
}

async function answerGraphql(
  store: DevStore,
  shop: StoreShop,
  version: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request);
  if (version !== API_VERSION) return sendJson(response, 404, { errors: "Not Found" });
  if (request.method !== "POST") return sendJson(response, 405, { errors: "Method Not Allowed" });
  const token = request.headers["x-shopify-access-token"];
  const check = checkAccessToken(store, shop.domain, typeof token === "string" ? token : undefined);
  switch (check.kind) {
    case "unknown":
      return sendJson(response, 401, {
        errors: "[API] Invalid API key or access token (unrecognized login or wrong password)",
      });
    case "not-expiring":
      return sendJson(response, 403, {
        errors: "[API] Non-expiring access tokens are no longer accepted for the Admin API.",
      });
    case "good": {
      const fields = parseFields(body, "application/json");
      if (typeof fields?.query !== "string") {
        return sendJson(response, 400, { errors: { query: "Required parameter missing or invalid" } });
      }
      return sendJson(response, 200, await answerAdminRequest(store, shop, fields as unknown as AdminRequest));
    }
  }
}

function answerBulkFile(store: DevStore, shop: StoreShop, id: number, response: ServerResponse): void {
  const path = bulkFile(store, shop.domain, id);
  if (path === null) return sendText(response, 404, "The file does not exist or has expired");
  response.writeHead(200, { "Content-Type": "application/jsonl" });
  createReadStream(path)
    .on("error", () => response.destroy())
    .pipe(response);
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_BODY_BYTES) throw new Error("The request's body is too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function parseFields(body: string, contentType: string | undefined): Record<string, unknown> | null {
  if (contentType?.startsWith("application/x-www-form-urlencoded"))
    return Object.fromEntries(new URLSearchParams(body));
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === "object" && parsed !== null ? (parsed as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "Content-Type": "application/json; charset=utf-8" });
  response.end(JSON.stringify(body));
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" });
  response.end(text);
}
