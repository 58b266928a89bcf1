import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { exchangeToken, testDevStore } from "../factories/dev-store";
import { DAY, PLACED_AT, storeOrder, storeShop } from "../factories/store-order";
import { bulkFile, bulkStatus, bulkUrl, cancelBulkOperation, runBulkQuery } from "./bulk-operations";
import type { BulkFault } from "./dev-store";

const backfillOrders = readFileSync("app/shopify/backfill-orders.graphql", "utf8");
const backfillScans = readFileSync("app/shopify/backfill-scans.graphql", "utf8");

/** Other work on the machine may slow a run down. */
const PATIENT = { interval: 5, timeout: 10_000 };

async function installed(orders = 40) {
  const shop = storeShop({
    orders: Array.from({ length: orders }, (_, index) =>
      storeOrder({
        id: 1001 + index,
        placedAt: PLACED_AT + index * 1_000,
        returns:
          index === 0
            ? [
                {
                  id: 5,
                  createdAt: PLACED_AT + 6 * DAY,
                  closedAt: null,
                  items: [{ id: 6, lineItemId: 10011, quantity: 1, reason: "defective" }],
                },
              ]
            : [],
      }),
    ),
  });
  const store = await testDevStore([shop]);
  await exchangeToken(store, shop.domain);
  const run = async (query: string, options: { groupObjects?: boolean; fault?: BulkFault } = {}) => {
    if (options.fault) store.faults.bulk.push(options.fault);
    const { bulkOperation, userErrors } = runBulkQuery(store, shop, query, options.groupObjects ?? false);
    expect(userErrors).toEqual([]);
    const operation = store.bulkOperations.get(bulkOperation!.id)!;
    await expect.poll(() => operation.status, PATIENT).not.toMatch(/CREATED|RUNNING|CANCELING/);
    const path = bulkFile(store, shop.domain, operation.id);
    const lines = path === null ? [] : readFileSync(path, "utf8").trimEnd().split("\n");
    return { operation, lines };
  };
  return { store, shop, run };
}

describe("what a bulk query may ask", () => {
  const list = (selection: string) => `{ orders { edges { node { ${selection} } } } }`;
  it.each([
    ["no connection", "{ shop { id } }", "at least one connection"],
    ["a node at the top", `{ node(id: "gid://shopify/Order/1") { id } orders { nodes { id } } }`, "top level 'node'"],
    [
      "six connections",
      list(`id a: lineItems { nodes { id } } b: lineItems { nodes { id } } c: lineItems { nodes { id } }
        d: lineItems { nodes { id } } e: lineItems { nodes { id } }`),
      "more than 5 connections",
    ],
    [
      "connections four deep",
      list("id fulfillmentOrders { nodes { id fulfillments { nodes { id events { nodes { id } } } } } }"),
      "nesting depth greater than 2",
    ],
    [
      "a connection in a list",
      list("id fulfillments { id events { nodes { id } } }"),
      "connection field within a list field",
    ],
    ["a parent without id", list("name lineItems { nodes { id } }"), "must select the 'id' field"],
    ["a field that is not there", list("id colour"), "Cannot query field"],
    [
      "a mutation",
      `mutation { bulkOperationCancel(id: "gid://shopify/BulkOperation/1") { userErrors { field } } }`,
      "one query",
    ],
    ["what is no GraphQL", "{ orders {", "Syntax Error"],
  ])("not %s", async (_, query, reason) => {
    const { store, shop } = await installed(1);
    const { bulkOperation, userErrors } = runBulkQuery(store, shop, query, false);
    expect(bulkOperation).toBeNull();
    expect(userErrors).toEqual([
      { code: "INVALID", field: ["query"], message: expect.stringContaining(reason) as string },
    ]);
  });

  it("not six at a time", async () => {
    const { store, shop } = await installed(1);
    const answers = Array.from({ length: 6 }, () => runBulkQuery(store, shop, list("id"), false));
    expect(answers.map(({ userErrors }) => userErrors[0]?.code ?? "started")).toEqual([
      ...Array<string>(5).fill("started"),
      "LIMIT_REACHED",
    ]);
    await expect
      .poll(() => [...store.bulkOperations.values()].filter(({ status }) => status === "COMPLETED"), PATIENT)
      .toHaveLength(5);
    expect(runBulkQuery(store, shop, list("id"), false).userErrors).toEqual([]);
  });
});

describe("a bulk result", () => {
  it("has a line for each object, children away from their parents and named by them", async () => {
    const { run } = await installed();
    const { operation, lines } = await run(backfillOrders);
    const objects = lines.map((line) => JSON.parse(line) as { id: string; __parentId?: string });
    expect(operation).toMatchObject({ status: "COMPLETED", objectCount: lines.length, rootObjectCount: 40 });
    // Each with two line items and a fulfilment order; one with a return of one item.
    expect(objects).toHaveLength(40 * 4 + 2);
    const ids = new Set(objects.map(({ id }) => id));
    expect(objects.filter(({ __parentId }) => __parentId !== undefined && !ids.has(__parentId))).toEqual([]);
    const after = objects.filter(({ __parentId }, index) => __parentId === objects[index - 1]?.id);
    expect(after.length).toBeLessThan(20);
    expect(objects.find(({ id }) => id === "gid://shopify/ReturnLineItem/6")).toEqual({
      id: "gid://shopify/ReturnLineItem/6",
      quantity: 1,
      returnReasonDefinition: { handle: "defective" },
      __parentId: "gid://shopify/Return/5",
    });
    expect(objects.find(({ id }) => id === "gid://shopify/Order/1001")).not.toHaveProperty("lineItems");
  });

  it("keeps children behind their parents when they are to be grouped", async () => {
    const { run } = await installed(3);
    const { lines } = await run(backfillScans, { groupObjects: true });
    const objects = lines.map((line) => JSON.parse(line) as { id: string; __parentId?: string });
    expect(objects.map(({ id }) => id.split("/")[3]).slice(0, 6)).toEqual([
      "FulfillmentOrder",
      "Fulfillment",
      "FulfillmentEvent",
      "FulfillmentEvent",
      "FulfillmentEvent",
      "FulfillmentOrder",
    ]);
  });

  it("has no address while there is nothing in it, and none after seven days", async () => {
    const { store, run } = await installed();
    const empty = await run(`{ orders(query: "id:1") { nodes { id } } }`);
    expect(bulkUrl(empty.operation, store.clock.now())).toBeNull();
    const { operation } = await run(backfillOrders);
    expect(bulkUrl(operation, store.clock.now())).toMatch(/^https:\/\/lamp-house\.myshopify\.com\/__bulk\/\d+\.jsonl$/);
    store.clock.advance(7 * DAY);
    expect(bulkStatus(operation, store.clock.now())).toBe("EXPIRED");
    expect(bulkFile(store, operation.domain, operation.id)).toBeNull();
  });

  it.each([
    [{ kind: "fail", errorCode: "TIMEOUT" }, { status: "FAILED", errorCode: "TIMEOUT" }, 0],
    [{ kind: "expire" }, { status: "EXPIRED" }, 0],
    [{ kind: "malformed", lines: 3 }, { status: "COMPLETED" }, 3],
  ] as const)("suffers %o once", async (fault, outcome, broken) => {
    const { run } = await installed();
    const { operation, lines } = await run(backfillOrders, { fault });
    expect(operation).toMatchObject(outcome);
    const unreadable = lines.filter((line) => {
      try {
        JSON.parse(line);
        return false;
      } catch {
        return true;
      }
    });
    expect(unreadable).toHaveLength(broken);
    expect((await run(backfillOrders)).operation.status).toBe("COMPLETED");
  });

  it("fails without the scopes its fields need", async () => {
    const { store, shop, run } = await installed();
    store.installation(shop.domain)!.grantedScopes = ["read_orders"];
    const { operation } = await run(backfillOrders);
    expect(operation).toMatchObject({ status: "FAILED", errorCode: "ACCESS_DENIED" });
  });

  it("stops when it is cancelled", async () => {
    const { store, shop } = await installed();
    const { bulkOperation } = runBulkQuery(store, shop, backfillOrders, false);
    expect(cancelBulkOperation(store, shop, bulkOperation!.id).userErrors).toEqual([]);
    await expect.poll(() => store.bulkOperations.get(bulkOperation!.id)!.status, PATIENT).toBe("CANCELED");
    expect(cancelBulkOperation(store, shop, bulkOperation!.id).userErrors).toHaveLength(1);
  });
});
