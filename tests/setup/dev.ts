import { type ChildProcess, spawn } from "node:child_process";
import { resolve } from "node:path";
import { deployDatabase } from "../../prisma/deploy";
import { readAppToml } from "../dev-store/app-toml";
import { buildEase } from "./build";
import { keptEncryptionKey } from "./encryption-key";
import { ensureDatabase, startPostgres } from "./postgres";

/**
 * npm run dev: what `shopify app dev` starts. The Shopify CLI gives the keys, the address and the port; the database is
 * DATABASE_URL with MIGRATION_DATABASE_URL, or PostgreSQL under .data/ when they are not set.
 */
const { SHOPIFY_API_KEY, SHOPIFY_API_SECRET, SHOPIFY_APP_URL = process.env.HOST, PORT = "3000" } = process.env;
if (!SHOPIFY_API_KEY || !SHOPIFY_API_SECRET || !SHOPIFY_APP_URL) {
  console.error("npm run dev is started by `shopify app dev`, which gives it the keys of a development app.");
  console.error("To see Ease without a Shopify account: npm run demo");
  process.exit(1);
}

let stopDatabase: () => Promise<void> = async () => undefined;
let urls = { appUrl: process.env.DATABASE_URL ?? "", ownerUrl: process.env.MIGRATION_DATABASE_URL ?? "" };
if (!urls.appUrl) {
  const postgres = await startPostgres({ dataDir: resolve(".data/dev/postgres"), wantedPort: 4210 });
  await ensureDatabase(postgres, "ease");
  urls = { appUrl: postgres.appUrl("ease"), ownerUrl: postgres.ownerUrl("ease") };
  stopDatabase = postgres.stop;
}
await deployDatabase(urls);
await buildEase();

const environment: NodeJS.ProcessEnv = {
  ...process.env,
  NODE_ENV: "production",
  HOST: "127.0.0.1",
  PORT,
  DATABASE_URL: urls.appUrl,
  SHOPIFY_APP_URL,
  ENCRYPTION_KEY: process.env.ENCRYPTION_KEY ?? keptEncryptionKey(resolve(".data/dev")),
  SCOPES: process.env.SCOPES ?? readAppToml("shopify.app.toml").scopes.join(","),
};
const children: ChildProcess[] = [
  ["--enable-source-maps", "build/web.js"],
  ["--enable-source-maps", "build/worker.js"],
].map((args) => spawn("node_modules/.bin/node", args, { stdio: "inherit", env: environment }));

let stopping = false;
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  const ended = children
    .filter((child) => child.exitCode === null && child.signalCode === null)
    .map((child) => new Promise((settle) => child.once("exit", settle)));
  for (const child of children) child.kill("SIGTERM");
  await Promise.all(ended);
  await stopDatabase();
  process.exit();
}
process.on("SIGINT", () => void stop());
process.on("SIGTERM", () => void stop());
for (const child of children) child.once("exit", () => void stop());
