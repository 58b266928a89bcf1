import { randomBytes, randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, inject } from "vitest";
// Sends *.myshopify.com to the file's dev store (DEV_STORE_PORT) and refuses every other host but this machine.
import "../dev-store/preload.mjs";
import { dropDatabase } from "./postgres";
import { TEMPLATE } from "./template-database";

const urls = inject("databaseUrls");
const name = `ease_${randomUUID().replaceAll("-", "")}`;
const ownerUrl = (database: string) => urls.owner.replace("%", database);

const client = new pg.Client({ connectionString: ownerUrl("postgres") });
await client.connect();
await client.query(`create database "${name}" template "${TEMPLATE}" strategy file_copy`);
await client.end();

// Set before a test file imports the app, whose environment is read once.
Object.assign(process.env, {
  DATABASE_URL: urls.app.replace("%", name),
  MIGRATION_DATABASE_URL: ownerUrl(name),
  SHOPIFY_API_KEY: "test-api-key",
  SHOPIFY_API_SECRET: "test-api-secret",
  SHOPIFY_APP_URL: "https://ease.example",
  SCOPES: "read_orders",
  ENCRYPTION_KEY: `test:${randomBytes(32).toString("base64")}`,
});

afterAll(async () => {
  const { closeDatabase } = await import("~/db.server");
  await closeDatabase();
  await dropDatabase({ ownerUrl }, name);
});
