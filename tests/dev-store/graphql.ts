import { readFileSync } from "node:fs";
import {
  buildSchema,
  type DocumentNode,
  execute,
  type ExecutionResult,
  type FieldNode,
  getOperationAST,
  type GraphQLError,
  type GraphQLSchema,
  parse,
  validate,
} from "graphql";
import { missingAccess } from "./access";
import type { DevStore } from "./dev-store";
import type { StoreShop } from "./model";
import { HISTORY_LIMIT_MS } from "./order-at";
import { attachResolvers, type RequestContext } from "./resolvers";
import { createBucket, MOST_QUERY_COST, queryCost, type Bucket, type ThrottleStatus } from "./throttle";

export const API_VERSION = "2026-07";
const SCHEMA_FILE = `app/shopify/schema/admin-${API_VERSION}.graphql`;

let schema: GraphQLSchema | null = null;

/** Shopify's Admin schema with the store's resolvers; built on first use. */
export function adminSchema(): GraphQLSchema {
  if (schema === null) {
    schema = buildSchema(readFileSync(SCHEMA_FILE, "utf8"), { assumeValid: true });
    attachResolvers(schema);
  }
  return schema;
}

export interface AdminRequest {
  query: string;
  variables?: Record<string, unknown> | null;
  operationName?: string | null;
}

export interface AdminAnswer {
  data?: unknown;
  errors?: unknown[];
  extensions?: { cost: { requestedQueryCost: number; actualQueryCost: number | null; throttleStatus: ThrottleStatus } };
}

/** Answers an Admin GraphQL request as Shopify would, cost and throttling included; the token is good already. */
export async function answerAdminRequest(
  store: DevStore,
  shop: StoreShop,
  request: AdminRequest,
): Promise<AdminAnswer> {
  let document: DocumentNode;
  try {
    document = parse(request.query);
  } catch (error) {
    return { errors: [(error as GraphQLError).toJSON()] };
  }
  const invalid = validate(adminSchema(), document);
  if (invalid.length > 0) return { errors: invalid.map((error) => error.toJSON()) };
  const operation = getOperationAST(document, request.operationName);
  if (!operation) return { errors: [{ message: "No operation named or more than one given" }] };

  const variables = request.variables ?? {};
  const requestedQueryCost = queryCost(adminSchema(), document, operation, variables);
  if (requestedQueryCost > MOST_QUERY_COST) return { errors: [maxCostExceeded(requestedQueryCost)] };
  const bucket = bucketOf(store, shop.domain);
  const at = Date.now();
  const faulty = store.faults.throttleNext > 0;
  if (faulty) store.faults.throttleNext -= 1;
  if (faulty || !bucket.take(requestedQueryCost, at)) {
    return {
      errors: [
        {
          message: "Throttled",
          extensions: { code: "THROTTLED", documentation: "https://shopify.dev/api/usage/rate-limits" },
        },
      ],
      extensions: {
        cost: { requestedQueryCost, actualQueryCost: null, throttleStatus: throttled(bucket.status(at), faulty) },
      },
    };
  }

  const missing = missingAccess(
    adminSchema(),
    document,
    store.grantedScopes(shop.domain),
    store.faults.unapproved,
  );
  const denied = new Map(missing.map(({ node, anyOf }) => [node, accessDenied(node, anyOf)]));
  const context = contextFor(store, shop, store.clock.now(), denied.size > 0 ? denied : null);
  const result = await execute({
    schema: adminSchema(),
    document,
    contextValue: context,
    variableValues: variables,
    operationName: request.operationName,
  });
  const actualQueryCost = queryCost(adminSchema(), document, operation, variables, result.data ?? null);
  bucket.giveBack(requestedQueryCost - actualQueryCost);
  return {
    data: result.data ?? null,
    ...(result.errors ? { errors: result.errors.map((error) => error.toJSON()) } : {}),
    extensions: { cost: { requestedQueryCost, actualQueryCost, throttleStatus: bucket.status(at) } },
  };
}

/** What resolvers need to answer for one shop at one moment of store time. */
export function contextFor(
  store: DevStore,
  shop: StoreShop,
  now: number,
  denied: Map<FieldNode, string> | null,
): RequestContext {
  const whole = store.grantedScopes(shop.domain).includes("read_all_orders");
  return { store, shop, now, visibleFrom: whole ? -Infinity : now - HISTORY_LIMIT_MS, denied, bulk: null };
}

/** Executes a document whose resolvers all answer at once; throws the first error, as a bulk operation would fail. */
export function executeSync(document: DocumentNode, context: RequestContext): Record<string, unknown> {
  const result = execute({ schema: adminSchema(), document, contextValue: context }) as ExecutionResult;
  if (result.errors?.[0]) throw result.errors[0];
  return result.data as Record<string, unknown>;
}

const buckets = new WeakMap<DevStore, Map<string, Bucket>>();

function bucketOf(store: DevStore, domain: string): Bucket {
  const ofStore = buckets.get(store) ?? new Map<string, Bucket>();
  buckets.set(store, ofStore);
  const bucket = ofStore.get(domain) ?? createBucket(store.shops.get(domain)?.restoreRate);
  ofStore.set(domain, bucket);
  return bucket;
}

/** An asked-for throttling looks like an empty bucket, so that a caller who reads the status waits a little. */
function throttled(status: ThrottleStatus, faulty: boolean): ThrottleStatus {
  return faulty ? { ...status, currentlyAvailable: 0 } : status;
}

function accessDenied(node: FieldNode, anyOf: string[]): string {
  if (anyOf.length === 0) {
    const docs = "https://shopify.dev/docs/apps/launch/protected-customer-data";
    return `This app is not approved to access the ${node.name.value} field. See ${docs} for more details.`;
  }
  const scopes = anyOf.map((scope) => `\`${scope}\` access scope`);
  const last = scopes.pop();
  const required = scopes.length > 0 ? `${scopes.join(", ")} or ${last}` : last;
  return `Access denied for ${node.name.value} field. Required access: ${required}.`;
}

function maxCostExceeded(cost: number): unknown {
  return {
    message: `Query cost is ${cost}, which exceeds the single query max cost limit (${MOST_QUERY_COST}).`,
    extensions: {
      code: "MAX_COST_EXCEEDED",
      cost,
      maxCost: MOST_QUERY_COST,
      documentation: "https://shopify.dev/api/usage/rate-limits",
    },
  };
}
