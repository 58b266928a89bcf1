import type { IncomingMessage } from "node:http";
import { afterEach, describe, expect, it } from "vitest";

import { serveAppFront } from "./app-front";
import { serveLocally } from "./fixture-store";

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

async function front(upstream: string): Promise<string> {
  const served = await serveAppFront({ port: 0, upstream, adminOrigin: "http://127.0.0.1:1", apiKey: "key" });
  open.push(served);
  return `http://127.0.0.1:${served.port}`;
}

describe("serveAppFront", () => {
  it("passes requests on as they came, and says where they came from", async () => {
    let seen: IncomingMessage | null = null;
    let body = "";
    const app = await serveLocally((req, res) => {
      seen = req;
      req.on("data", (chunk: Buffer) => (body += chunk.toString()));
      req.on("end", () => res.writeHead(201, { "content-type": "application/json", "x-app": "1" }).end('{"a":1}'));
    });
    open.push(app);
    const origin = await front(app.origin);
    const response = await fetch(`${origin}//webhooks?x=1`, { method: "POST", body: "raw \u0000 body" });
    expect(response.status).toBe(201);
    expect(response.headers.get("x-app")).toBe("1");
    expect(await response.json()).toEqual({ a: 1 });
    expect(body).toBe("raw \u0000 body");
    const host = new URL(origin).host;
    expect(seen).toMatchObject({
      method: "POST",
      url: "//webhooks?x=1",
      headers: { host, "x-forwarded-host": host, "x-forwarded-proto": "http", "x-forwarded-for": "127.0.0.1" },
    });
  });

  it("lets the admin frame the page and asks nothing of Shopify's CDN", async () => {
    const app = await serveLocally((_req, res) => {
      res.writeHead(200, {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": "frame-ancestors https://admin.shopify.com;",
        link: '<https://cdn.shopify.com/shopifycloud/app-bridge.js>; rel="preload"; as="script";',
      });
      res.end('<script data-api-key="k" src="https://cdn.shopify.com/shopifycloud/app-bridge.js"></script>');
    });
    open.push(app);
    const origin = await front(app.origin);
    const response = await fetch(origin);
    expect(response.headers.get("content-security-policy"))
      .toBe("frame-ancestors https://admin.shopify.com http://127.0.0.1:1;");
    expect(response.headers.get("link")).toBeNull();
    expect(await response.text()).toBe('<script data-api-key="k" src="/__dev-store/app-bridge.js"></script>');
    const bridge = await (await fetch(`${origin}/__dev-store/app-bridge.js`)).text();
    expect(bridge).toContain('const ADMIN_ORIGIN = "http://127.0.0.1:1"');
    expect(bridge).not.toContain("__API_KEY__");
  });

  it("says that the app is starting while nothing answers", async () => {
    const app = await serveLocally(() => {});
    await app.close();
    const origin = await front(app.origin);
    const page = await fetch(origin, { headers: { accept: "text/html" } });
    expect(page.status).toBe(503);
    expect(await page.text()).toContain("Ease is starting");
    const call = await fetch(`${origin}/api`, { headers: { accept: "application/json" } });
    expect([call.status, call.headers.get("content-type")]).toEqual([503, "text/plain; charset=utf-8"]);
  });

  it("answers 502 when the app breaks off", async () => {
    const app = await serveLocally((req) => req.socket.destroy());
    open.push(app);
    expect((await fetch(await front(app.origin))).status).toBe(502);
  });
});
