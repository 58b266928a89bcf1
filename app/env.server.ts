import { z } from "zod";
import { type Keyring, readKeyring } from "~/encryption";

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
  /** Where the web process listens. */
  PORT: z.coerce.number().int().default(3000),
  HOST: z.string().optional(),
  /** What tokens and staff contacts are encrypted under: 32 bytes in base64; several, with names, while keys change. */
  ENCRYPTION_KEY: z.string().transform(keyring),
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).optional(),
  /** Where traces and metrics go (OTLP over HTTP); nothing is measured without it. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional(),
});

/** The process environment, checked once; the only reader of `process.env` in app/. */
export const env = readEnvironment();

function keyring(text: string, context: z.RefinementCtx): Keyring {
  try {
    return readKeyring(text);
  } catch (error) {
    context.addIssue({ code: "custom", message: (error as Error).message });
    return z.NEVER;
  }
}

function readEnvironment(): z.infer<typeof environment> {
  const read = environment.safeParse(process.env);
  if (read.success) return read.data;
  const missing = read.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("\n  ");
  throw new Error(`The environment is not complete:\n  ${missing}\nSee README.md, "Run it".`);
}
