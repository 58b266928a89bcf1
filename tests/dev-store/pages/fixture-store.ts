import { mkdtempSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { openDevStore, type DevStore } from "../dev-store";
import { tinyTea } from "../simulator/presets";
import { simulateShop } from "../simulator/shop";
import { handlePage } from "./pages";

export const fixtureNow = Date.UTC(2026, 9, 14, 9, 30);
export const fixtureSecret = "fixture-secret";
export const fixtureKey = "fixture-key";

/** A dev store with two weeks of Tiny Tea, Ease installed, and an app that subscribes to no webhooks. */
export async function fixtureStore(appUrl: string, now = fixtureNow): Promise<DevStore> {
  const store = await openDevStore({
    stateDir: mkdtempSync(join(tmpdir(), "ease-pages-")),
    shops: [simulateShop(tinyTea, { seed: "pages", until: now, days: 14 })],
    now,
    app: {
      apiKey: fixtureKey,
      apiSecret: fixtureSecret,
      url: appUrl,
      toml: {
        name: "Ease",
        scopes: ["read_orders", "read_fulfillments"],
        optionalScopes: ["read_all_orders"],
        apiVersion: "2026-07",
        subscriptions: [],
        proxy: { url: "/proxy", prefix: "apps", subpath: "ease" },
      },
    },
  });
  store.install(tinyTea.domain);
  return store;
}

export interface Served {
  port: number;
  origin: string;
  close(): Promise<void>;
}

/** Serves a request listener on a free port of 127.0.0.1. */
export async function serveLocally(
  listener: (req: IncomingMessage, res: ServerResponse) => void,
  port = 0,
): Promise<Served> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const taken = (server.address() as AddressInfo).port;
  return {
    port: taken,
    origin: `http://127.0.0.1:${taken}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Serves the pages of a store that is known only once the ports are: `store` is asked at each request. */
export function servePages(store: () => DevStore): Promise<Served> {
  return serveLocally((req, res) => {
    handlePage(store(), req, res).then(
      (answered) => {
        if (!answered) res.writeHead(404).end();
      },
      (error: Error) => res.writeHead(500).end(error.stack),
    );
  });
}
