import { readFileSync } from "node:fs";
import { parse } from "smol-toml";
import { z } from "zod";
import type { AppToml } from "./dev-store";

const schema = z.object({
  name: z.string(),
  access_scopes: z.object({ scopes: z.string(), optional_scopes: z.array(z.string()).default([]) }),
  webhooks: z.object({
    api_version: z.string(),
    subscriptions: z
      .array(
        z.object({
          topics: z.array(z.string()).default([]),
          compliance_topics: z.array(z.string()).default([]),
          uri: z.string(),
          include_fields: z.array(z.string()).optional(),
        }),
      )
      .default([]),
  }),
  app_proxy: z.object({ url: z.string(), prefix: z.string(), subpath: z.string() }).optional(),
});

/** Reads what Shopify would know of the app from its shopify.app.toml; throws where a part is missing. */
export function readAppToml(path: string): AppToml {
  const toml = schema.parse(parse(readFileSync(path, "utf8")));
  const topics = toml.webhooks.subscriptions.flatMap((subscription) =>
    [...subscription.topics, ...subscription.compliance_topics].map((topic) => ({
      topic,
      uri: subscription.uri,
      includeFields: subscription.include_fields ?? null,
    })),
  );
  return {
    name: toml.name,
    scopes: toml.access_scopes.scopes
      .split(",")
      .map((scope) => scope.trim())
      .filter((scope) => scope !== ""),
    optionalScopes: toml.access_scopes.optional_scopes,
    apiVersion: toml.webhooks.api_version,
    subscriptions: topics,
    proxy: toml.app_proxy ?? null,
  };
}
