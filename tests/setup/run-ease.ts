import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { deployDatabase } from "../../prisma/deploy";
import { readAppToml } from "../dev-store/app-toml";
import { openDevStore, type DevStore } from "../dev-store/dev-store";
import { openLifeFeed } from "../dev-store/life-feed";
import type { StoreShop } from "../dev-store/model";
import { serveAppFront } from "../dev-store/pages/app-front";
import { embeddedAppUrl } from "../dev-store/pages/embed";
import { serveDevStore } from "../dev-store/server";
import { buildEase } from "./build";
import { browserUserAgent } from "./chromium";
import { keptEncryptionKey } from "./encryption-key";
import { ensureDatabase, freePort, type RunningPostgres, startPostgres } from "./postgres";

const API_KEY = "ease-in-the-dev-store";
// Known to everyone who reads this: the dev store signs with it, and nothing else trusts it.
const API_SECRET = "dev-store-secret-that-protects-nothing";

// As in package.json's start:worker.
const WORKER_FLAGS = ["--enable-source-maps", "--max-old-space-size=192", "--max-semi-space-size=32"];

/** A process that ends by itself is started again after so long. */
const RESTART_AFTER_MS = 200;

export interface RunningEase {
  store: DevStore;
  postgres: RunningPostgres;
  database: string;
  /** Origins without a trailing slash. */
  urls: { devStore: string; app: string };
  /** Kills a process at once (SIGKILL); it is started again, as a platform would. */
  crash(what: "web" | "worker" | "postgres"): Promise<void>;
  /** Opens Ease in a shop's admin as Shopify would, which installs it on the first visit. Returns the HTTP status. */
  visit(domain: string, place?: string): Promise<number>;
  stop(): Promise<void>;
}

export interface RunEaseOptions {
  /** Folder for the database and the dev store's state. */
  dataDir: string;
  shops: (until: number) => Promise<StoreShop[]> | StoreShop[];
  /** Server settings for PostgreSQL; durable when left out. */
  postgresSettings?: string[];
  /** Ports tried first; taken ones are stepped over. */
  firstPort: number;
  /** Store time of the very first start, epoch ms; the shops are made up to it. */
  until: number;
  /** Sends webhooks of everything that happens in the orders' lives as store time passes. */
  followLives?: boolean;
  /** Hears what is being done. */
  step: (what: string) => void;
  /** Hears what the web and worker processes print. */
  said: (process: "web" | "worker", text: string) => void;
}

/** Starts everything Ease consists of, and the dev store it runs against. What was started is stopped when it throws. */
export async function runEase(options: RunEaseOptions): Promise<RunningEase> {
  const { step } = options;
  const started: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const one of started.splice(0).reverse()) await one();
  };
  try {
    step("Starting PostgreSQL");
    const postgresOptions = { dataDir: join(options.dataDir, "postgres"), settings: options.postgresSettings };
    let postgres = await startPostgres({ ...postgresOptions, wantedPort: options.firstPort + 10 });
    started.push(() => postgres.stop());
    const database = "ease";
    await ensureDatabase(postgres, database);

    step("Migrating the database and building Ease");
    const [, shops] = await Promise.all([
      deployDatabase({ ownerUrl: postgres.ownerUrl(database), appUrl: postgres.appUrl(database) }).then(buildEase),
      options.shops(options.until),
    ]);

    step("Starting the dev store");
    const storePort = await freePort(options.firstPort);
    const frontPort = await freePort(storePort + 1);
    const webPort = await freePort(frontPort + 1);
    const web = `http://127.0.0.1:${webPort}`;
    // Localhost and 127.0.0.1 are two sites to a browser, as the app and Shopify's admin are.
    const appUrl = `http://localhost:${frontPort}`;
    const toml = readAppToml("shopify.app.toml");
    const app = { apiKey: API_KEY, apiSecret: API_SECRET, url: appUrl, toml };
    const store = await openDevStore({ stateDir: join(options.dataDir, "dev-store"), shops, app, now: options.until });
    started.push(() => store.close());
    const served = await serveDevStore(store, { port: storePort });
    started.push(() => served.close());
    const devStore = `http://127.0.0.1:${served.port}`;
    const front = await serveAppFront({
      port: frontPort,
      upstream: web,
      adminOrigin: devStore,
      apiKey: API_KEY,
    });
    started.push(() => front.close());

    step("Starting the web process and the worker");
    const environment: NodeJS.ProcessEnv = {
      ...process.env,
      NODE_ENV: "production",
      PORT: String(webPort),
      HOST: "127.0.0.1",
      DATABASE_URL: postgres.appUrl(database),
      SHOPIFY_API_KEY: API_KEY,
      SHOPIFY_API_SECRET: API_SECRET,
      SHOPIFY_APP_URL: appUrl,
      SCOPES: toml.scopes.join(","),
      ENCRYPTION_KEY: keptEncryptionKey(options.dataDir),
      DEV_STORE_PORT: String(served.port),
      DEV_STORE_CLOCK_FILE: store.clock.file ?? "",
    };
    const args = {
      web: ["--enable-source-maps", "build/web.js"],
      worker: [...WORKER_FLAGS, "build/worker.js"],
    };
    let stopping = false;
    const start = (name: "web" | "worker"): ChildProcess => {
      const child = startProcess(name, args[name], environment, options.said);
      child.once("exit", () => {
        // As a platform would; what it said last was heard.
        if (!stopping && !starting) setTimeout(() => stopping || (running[name] = start(name)), RESTART_AFTER_MS);
      });
      return child;
    };
    let starting = true;
    const running = { web: start("web"), worker: start("worker") };
    started.push(() => endProcess(running.web));
    started.push(() => endProcess(running.worker));
    started.push(async () => {
      stopping = true;
    });
    await answers(running.web, `${web}/readyz`);
    starting = false;
    if (options.followLives) {
      const feed = openLifeFeed(store, store.clock.now(), { byItself: true });
      started.push(() => feed.stop());
    }

    const crash: RunningEase["crash"] = async (what) => {
      if (what === "postgres") {
        await postgres.crash();
        postgres = await startPostgres({ ...postgresOptions, wantedPort: postgres.port });
      } else {
        const ended = new Promise((settle) => running[what].once("exit", settle));
        running[what].kill("SIGKILL");
        await ended;
      }
    };

    return {
      store,
      postgres,
      database,
      crash,
      urls: { devStore, app: appUrl },
      visit: (domain, place = "/app") => visit(store, web, domain, place),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function startProcess(
  name: "web" | "worker",
  args: string[],
  env: NodeJS.ProcessEnv,
  said: RunEaseOptions["said"],
): ChildProcess {
  const child = spawn("node_modules/.bin/node", ["--import", "./tests/dev-store/preload.mjs", ...args], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
    // Ctrl-C reaches the starter alone, which ends its processes in order.
    detached: true,
  });
  child.stdout?.on("data", (text: Buffer) => said(name, text.toString()));
  child.stderr?.on("data", (text: Buffer) => said(name, text.toString()));
  return child;
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((settle) => child.once("exit", () => settle()));
  child.kill("SIGTERM");
  const impatience = setTimeout(() => child.kill("SIGKILL"), 8000);
  await ended;
  clearTimeout(impatience);
}

async function answers(web: ChildProcess, url: string): Promise<void> {
  for (let waited = 0; waited < 30_000; waited += 100) {
    if (web.exitCode !== null) throw new Error("The web process stopped while starting; its words are above.");
    try {
      await fetch(url);
      return;
    } catch {
      await new Promise((settle) => setTimeout(settle, 100));
    }
  }
  throw new Error("The web process did not answer within 30 s.");
}

async function visit(store: DevStore, web: string, domain: string, place: string): Promise<number> {
  const url = new URL(
    embeddedAppUrl({
      appUrl: store.app.url,
      apiSecret: store.app.apiSecret,
      domain,
      place,
      idToken: await store.idToken(domain),
      now: store.clock.now(),
    }),
  );
  const response = await fetch(`${web}${url.pathname}${url.search}`, {
    headers: { "User-Agent": browserUserAgent, Host: url.host },
    redirect: "manual",
  });
  await response.text();
  return response.status;
}
