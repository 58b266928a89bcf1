import { setTimeout as wait } from "node:timers/promises";
import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { ClientError, GraphQLClient } from "graphql-request";
import { z } from "zod";
import { EaseError } from "~/errors";
import { inSpan, measured } from "~/telemetry.server";
import { ADMIN_API_VERSION } from "~/shopify.server";
import { forgetSession, offlineSession } from "./offline-session.server";

const ATTEMPTS = 6;
const FIRST_WAIT_MS = 500;

const throttledCost = z.object({
  cost: z.object({
    requestedQueryCost: z.number(),
    throttleStatus: z.object({ currentlyAvailable: z.number(), restoreRate: z.number().positive() }),
  }),
});

/** Shopify withholds some fields: a scope is not granted, or protected customer data not approved. */
export class AccessDenied extends EaseError {
  constructor(
    message: string,
    /** Names of the fields refused. */
    readonly fields: string[],
  ) {
    super(
      "access_denied",
      message,
      "Shopify does not let Ease read a part of this shop. Nothing was lost; the Activity screen says which part.",
    );
  }
}

/**
 * Asks a shop's Admin API. A throttled call waits until the bucket holds what it costs and goes on; a server error or a
 * lost connection is tried again with growing waits; a refused token is read anew once, since another process may have
 * refreshed it meanwhile.
 *
 * Throws `AccessDenied` when Shopify withholds a field, and `EaseError`: `token_refused` when Shopify no longer takes the
 * shop's token (which is then forgotten, so that the next visit exchanges a new one), `admin_api_refused` when it says no
 * for good, `admin_api_unreachable` when it did not answer.
 */
export async function askAdmin<Data, Variables extends Record<string, unknown>>(
  shopDomain: string,
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  let refused = false;
  for (let attempt = 1; ; attempt++) {
    const session = await offlineSession(shopDomain);
    const client = new GraphQLClient(`https://${shopDomain}/admin/api/${ADMIN_API_VERSION}/graphql.json`, {
      headers: { "X-Shopify-Access-Token": session.accessToken ?? "" },
    });
    try {
      const data = await inSpan("admin api call", { "ease.attempt": attempt }, () =>
        client.request<Data>(document, variables),
      );
      measured().adminCalls.add(1, { outcome: "answered" });
      return data;
    } catch (error) {
      const outcome = judge(error);
      measured().adminCalls.add(1, { outcome: outcome.kind });
      if (outcome.kind === "unauthorised" && !refused) {
        refused = true;
        continue;
      }
      if (outcome.kind === "unauthorised") {
        await forgetSession(session);
        throw new EaseError(
          "token_refused",
          `${shopDomain}: ${outcome.message}`,
          "Shopify no longer lets Ease read this shop. Nothing was lost; open Ease in Shopify admin to connect it again.",
          { cause: error },
        );
      }
      if (outcome.kind === "denied") throw new AccessDenied(`${shopDomain}: ${outcome.message}`, outcome.fields);
      if (outcome.kind === "refused") {
        throw new EaseError(
          "admin_api_refused",
          `${shopDomain}: ${outcome.message}`,
          "Shopify refused what Ease asked for. Nothing was lost; open Ease in Shopify admin and check its permissions.",
          { cause: error },
        );
      }
      if (attempt === ATTEMPTS) {
        throw new EaseError(
          "admin_api_unreachable",
          `${shopDomain}: ${outcome.message}`,
          "Shopify did not answer. Nothing was lost; Ease tries again by itself.",
          { cause: error },
        );
      }
      await wait(outcome.kind === "throttled" ? outcome.waitMs : FIRST_WAIT_MS * 2 ** (attempt - 1));
    }
  }
}

type Outcome =
  | { kind: "throttled"; waitMs: number; message: string }
  | { kind: "unauthorised"; message: string }
  | { kind: "unreachable"; message: string }
  | { kind: "denied"; fields: string[]; message: string }
  | { kind: "refused"; message: string };

function judge(error: unknown): Outcome {
  if (!(error instanceof ClientError)) {
    if (error instanceof EaseError) throw error;
    return { kind: "unreachable", message: error instanceof Error ? error.message : String(error) };
  }
  const { status, errors, extensions } = error.response;
  // Only codes and the first message: a response may hold a shopper's data.
  const message = `HTTP ${status} ${errors?.[0]?.message ?? ""}`.trim();
  if (errors?.some((one) => one.extensions?.code === "THROTTLED")) {
    const cost = throttledCost.safeParse(extensions);
    const missing = cost.success
      ? cost.data.cost.requestedQueryCost - cost.data.cost.throttleStatus.currentlyAvailable
      : 100;
    const restoreRate = cost.success ? cost.data.cost.throttleStatus.restoreRate : 100;
    return { kind: "throttled", waitMs: Math.max(100, Math.ceil((missing / restoreRate) * 1000)), message };
  }
  if (status === 429) return { kind: "throttled", waitMs: 1000, message };
  if (status === 401) return { kind: "unauthorised", message };
  const denied = errors?.filter((one) => one.extensions?.code === "ACCESS_DENIED") ?? [];
  if (denied.length > 0) {
    const fields = denied.map(({ path }) => String(path?.findLast((one) => typeof one === "string") ?? ""));
    return { kind: "denied", fields: [...new Set(fields)], message };
  }
  if (status >= 500) return { kind: "unreachable", message };
  return { kind: "refused", message };
}
