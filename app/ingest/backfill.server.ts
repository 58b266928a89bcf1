import type { Backfill, Shop } from "@prisma/client";
import { print } from "graphql";
import type { ShopScope } from "~/db.server";
import { EaseError } from "~/errors";
import { askAdmin } from "~/shopify/admin-client.server";
import {
  AccessProbeDocument,
  BackfillOrdersDocument,
  BackfillScansDocument,
  BulkOperationDocument,
  BulkOperationRunQueryDocument,
} from "~/shopify/documents.generated";
import { readWhatIsOpen } from "./access.server";
import { withoutParts } from "./order-parts";
import type { BulkFiles, SetAside } from "./read-bulk-files.server";

/** Bulk operations that fail or expire are started again this often before the backfill counts as failed. */
const MAX_ATTEMPTS = 5;

/** The backfill that is not finished; null when there is none. */
export async function openBackfill(scope: ShopScope): Promise<Backfill | null> {
  return scope.entities((tx) =>
    tx.backfill.findFirst({
      where: { shopId: scope.shopId, state: { notIn: ["done", "failed"] } },
      orderBy: { id: "desc" },
    }),
  );
}

/** The backfill asked for last; null when none ever was. */
export async function latestBackfill(scope: ShopScope): Promise<Backfill | null> {
  return scope.entities((tx) => tx.backfill.findFirst({ where: { shopId: scope.shopId }, orderBy: { id: "desc" } }));
}

/** Changes a backfill's row. */
export async function updateBackfill(
  scope: ShopScope,
  backfill: Pick<Backfill, "id">,
  data: Partial<Omit<Backfill, "shopId" | "id">>,
): Promise<void> {
  await scope.entities((tx) =>
    tx.backfill.update({ where: { shopId_id: { shopId: scope.shopId, id: backfill.id } }, data }),
  );
}

/**
 * Starts both bulk operations: the orders, and the scans that a bulk query cannot reach from an order. A bulk operation
 * fails whole for one field Shopify withholds, so an order is asked for first to learn which. Throws `AccessDenied`
 * when it withholds the orders themselves.
 */
export async function startBulkOperations(
  scope: ShopScope,
  shop: Pick<Shop, "domain" | "scopes">,
  backfill: Pick<Backfill, "id" | "attempts">,
  now: number,
): Promise<void> {
  const { result: without } = await readWhatIsOpen(scope, shop, now, async (withheld) => {
    const probe = withoutParts(AccessProbeDocument, withheld);
    if (probe) await askAdmin(shop.domain, probe, {});
    return withheld;
  });
  const orders = withoutParts(BackfillOrdersDocument, without);
  const scans = withoutParts(BackfillScansDocument, without);
  const ordersOperation = orders && (await runBulkQuery(shop.domain, print(orders)));
  const scansOperation = scans && (await runBulkQuery(shop.domain, print(scans)));
  await updateBackfill(scope, backfill, {
    state: "running",
    attempts: backfill.attempts + 1,
    ordersOperation,
    scansOperation,
  });
}

async function runBulkQuery(domain: string, query: string): Promise<string> {
  const { bulkOperationRunQuery } = await askAdmin(domain, BulkOperationRunQueryDocument, { query });
  const operation = bulkOperationRunQuery?.bulkOperation;
  if (operation) return operation.id;
  const refusal = bulkOperationRunQuery?.userErrors[0];
  throw new EaseError(
    "bulk_operation_refused",
    `${domain}: ${refusal?.code ?? "?"} ${refusal?.message ?? ""}`,
    "Shopify did not start preparing the order history. Nothing was lost; Ease asks again by itself.",
  );
}

export type BulkProgress =
  | { kind: "running"; ordersFound: number }
  | { kind: "ready"; ordersFound: number; files: BulkFiles | null }
  | { kind: "broken"; reason: string };

/** Looks how far Shopify is with a backfill's files. `files` is null when the shop has no orders at all. */
export async function bulkProgress(
  shop: Pick<Shop, "domain">,
  backfill: Pick<Backfill, "ordersOperation" | "scansOperation">,
): Promise<BulkProgress> {
  if (!backfill.ordersOperation) return { kind: "broken", reason: "never started" };
  const [orders, scans] = await Promise.all([
    askAdmin(shop.domain, BulkOperationDocument, { id: backfill.ordersOperation }),
    // None was started where Shopify withholds the fulfilment orders that lead to the scans.
    backfill.scansOperation ? askAdmin(shop.domain, BulkOperationDocument, { id: backfill.scansOperation }) : null,
  ]);
  const operations = scans ? [orders.bulkOperation, scans.bulkOperation] : [orders.bulkOperation];
  for (const operation of operations) {
    if (!operation) return { kind: "broken", reason: "gone" };
    if (["FAILED", "EXPIRED", "CANCELED", "CANCELING"].includes(operation.status)) {
      return { kind: "broken", reason: operation.errorCode ?? operation.status };
    }
  }
  const ordersFound = Number(orders.bulkOperation?.rootObjectCount ?? 0);
  if (operations.some((operation) => operation?.status !== "COMPLETED")) return { kind: "running", ordersFound };
  const ordersUrl = orders.bulkOperation?.url;
  return {
    kind: "ready",
    ordersFound,
    files: ordersUrl ? { orders: ordersUrl, scans: scans?.bulkOperation?.url ?? null } : null,
  };
}

/** What becomes of a backfill whose bulk operations broke: another try, or the end of it. */
export async function restartOrFail(
  scope: ShopScope,
  backfill: Pick<Backfill, "id" | "attempts">,
  reason: string,
  now: number,
): Promise<"restarted" | "failed"> {
  if (backfill.attempts < MAX_ATTEMPTS) {
    await updateBackfill(scope, backfill, {
      state: "requested",
      ordersOperation: null,
      scansOperation: null,
      errorCode: reason,
    });
    return "restarted";
  }
  await updateBackfill(scope, backfill, { state: "failed", errorCode: reason, finishedAt: new Date(now) });
  return "failed";
}

/** Keeps the lines of a reading that were set aside, in place of those of an earlier, broken-off reading. */
export async function keepSetAside(scope: ShopScope, backfill: Pick<Backfill, "id">, lines: SetAside[]): Promise<void> {
  await scope.transaction(async (client) => {
    await client.query("delete from set_aside_line where shop_id = $1 and backfill_id = $2", [
      scope.shopId,
      backfill.id,
    ]);
    await client.query(
      `insert into set_aside_line (shop_id, backfill_id, operation, line_number, reason)
       select $1, $2, operation, line_number, reason
       from unnest($3::text[], $4::int[], $5::text[]) as line (operation, line_number, reason)`,
      [
        scope.shopId,
        backfill.id,
        lines.map((line) => line.operation),
        lines.map((line) => line.lineNumber),
        lines.map((line) => line.reason),
      ],
    );
  });
}
