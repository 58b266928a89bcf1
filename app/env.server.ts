import { z } from "zod";

const environment = z.object({
  NODE_ENV: z.enum(["development", "test", "production"]).default("production"),
  /** The app's own role: row-level security binds it. */
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  SHOPIFY_API_KEY: z.string().min(1),
  SHOPIFY_API_SECRET: z.string().min(1),
  /** Where Shopify reaches the app, e.g. https://ease.example */
  SHOPIFY_APP_URL: z.url(),
  /** Comma-separated, as in shopify.app.toml. */
  SCOPES: z.string().default(""),
});

/** The process environment, checked once; the only reader of `process.env` in app/. */
export const env = readEnvironment();

function readEnvironment(): z.infer<typeof environment> {
  const read = environment.safeParse(process.env);
  if (read.success) return read.data;
  const missing = read.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("\n  ");
  throw new Error(`The environment is not complete:\n  ${missing}\nSee README.md, "Run it".`);
}
