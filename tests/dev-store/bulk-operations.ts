/**
 * Bulk operations: a query is worked through in pieces by the same resolvers as any other, and written as JSON lines
 * with each connection's children on lines of their own. Since 2026-01 children need not follow their parents: lines
 * leave in a seeded random order, unless groupObjects is asked for.
 */
import { createWriteStream, existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { once } from "node:events";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type DocumentNode, type FieldNode, getArgumentValues, type GraphQLError, Kind, parse, validate } from "graphql";
import { missingAccess } from "./access";
import { bulkQueryRefusal } from "./bulk-rules";
import type { BulkFault, DevStore } from "./dev-store";
import { adminSchema, contextFor, executeSync } from "./graphql";
import { gid, iso } from "./ids";
import type { StoreShop } from "./model";
import { DAY_MS } from "./order-at";
import { rootNodes } from "./resolvers";

export interface BulkOperationRecord {
  __typename: "BulkOperation";
  id: number;
  domain: string;
  query: string;
  groupObjects: boolean;
  status: "CREATED" | "RUNNING" | "COMPLETED" | "FAILED" | "CANCELING" | "CANCELED" | "EXPIRED";
  errorCode: "ACCESS_DENIED" | "INTERNAL_SERVER_ERROR" | "TIMEOUT" | null;
  /** Store time, epoch ms. */
  createdAt: number;
  completedAt: number | null;
  objectCount: number;
  rootObjectCount: number;
  /** Bytes; null until there is a file. */
  fileSize: number | null;
}

export type BulkUserError = { code: "INVALID" | "LIMIT_REACHED"; field: string[] | null; message: string };

const MOST_RUNNING = 5;
const URL_LIFETIME_MS = 7 * DAY_MS;
/** Root nodes worked through at a time; small enough that other requests get their turn in between. */
const PIECE = 200;
/** Lines held back and let go in random order. */
const SHUFFLED_LINES = 4_000;

/** Shopify's bulkOperationRunQuery: starts the operation, or says why not. */
export function runBulkQuery(
  store: DevStore,
  shop: StoreShop,
  query: string,
  groupObjects: boolean,
): { bulkOperation: BulkOperationRecord | null; userErrors: BulkUserError[] } {
  const refuse = (code: BulkUserError["code"], message: string) => ({
    bulkOperation: null,
    userErrors: [{ code, field: code === "INVALID" ? ["query"] : null, message }],
  });
  let document: DocumentNode;
  try {
    document = parse(query);
  } catch (error) {
    return refuse("INVALID", `Invalid bulk query: ${(error as GraphQLError).message}`);
  }
  const [invalid] = validate(adminSchema(), document);
  if (invalid) return refuse("INVALID", `Invalid bulk query: ${invalid.message}`);
  const refusal = bulkQueryRefusal(adminSchema(), document);
  if (refusal !== null) return refuse("INVALID", refusal);
  const running = [...store.bulkOperations.values()].filter(
    (operation) => operation.domain === shop.domain && ["CREATED", "RUNNING", "CANCELING"].includes(operation.status),
  );
  if (running.length >= MOST_RUNNING) {
    return refuse(
      "LIMIT_REACHED",
      `Limit of ${MOST_RUNNING} concurrent bulk query operations reached for this app and shop.`,
    );
  }

  const operation: BulkOperationRecord = {
    __typename: "BulkOperation",
    id: Math.max(1000, ...store.bulkOperations.keys()) + 1,
    domain: shop.domain,
    query,
    groupObjects,
    status: "CREATED",
    errorCode: null,
    createdAt: store.clock.now(),
    completedAt: null,
    objectCount: 0,
    rootObjectCount: 0,
    fileSize: null,
  };
  store.bulkOperations.set(operation.id, operation);
  const fault = store.faults.bulk.shift() ?? null;
  const work = nextTurn().then(() => runOperation(store, shop, operation, document, fault));
  store.background.add(work);
  void work.finally(() => store.background.delete(work));
  return { bulkOperation: { ...operation }, userErrors: [] };
}

/** Shopify's bulkOperationCancel: a finished operation cannot be cancelled. */
export function cancelBulkOperation(
  store: DevStore,
  shop: StoreShop,
  id: number,
): { bulkOperation: BulkOperationRecord | null; userErrors: { field: string[]; message: string }[] } {
  const operation = store.bulkOperations.get(id);
  if (operation?.domain !== shop.domain) {
    return { bulkOperation: null, userErrors: [{ field: ["id"], message: "Bulk operation does not exist" }] };
  }
  if (operation.status !== "CREATED" && operation.status !== "RUNNING") {
    const state = operation.status.toLowerCase();
    const message = `A bulk operation cannot be canceled when it is ${state}`;
    return { bulkOperation: operation, userErrors: [{ field: ["id"], message }] };
  }
  operation.status = "CANCELING";
  return { bulkOperation: operation, userErrors: [] };
}

/** The status as of `now`: a finished operation expires with its file, seven days on. */
export function bulkStatus(operation: BulkOperationRecord, now: number): BulkOperationRecord["status"] {
  const expired = operation.status === "COMPLETED" && now >= operation.completedAt! + URL_LIFETIME_MS;
  return expired ? "EXPIRED" : operation.status;
}

/** Where the result is; null unless it is complete, has lines, and has not expired. */
export function bulkUrl(operation: BulkOperationRecord, now: number): string | null {
  if (bulkStatus(operation, now) !== "COMPLETED" || operation.objectCount === 0) return null;
  return `https://${operation.domain}/__bulk/${operation.id}.jsonl`;
}

/** The file behind {@link bulkUrl}, null when there is none (any more). */
export function bulkFile(store: DevStore, domain: string, id: number): string | null {
  const operation = store.bulkOperations.get(id);
  if (operation?.domain !== domain || bulkUrl(operation, store.clock.now()) === null) return null;
  const path = filePath(store, id);
  return existsSync(path) ? path : null;
}

function filePath(store: DevStore, id: number): string {
  return join(store.stateDir, "bulk", `${id}.jsonl`);
}

async function runOperation(
  store: DevStore,
  shop: StoreShop,
  operation: BulkOperationRecord,
  document: DocumentNode,
  fault: BulkFault | null,
): Promise<void> {
  if (operation.status === "CREATED") operation.status = "RUNNING";
  const missing = missingAccess(
    adminSchema(),
    document,
    store.grantedScopes(shop.domain),
    store.faults.unapproved,
  );
  let outcome: Pick<BulkOperationRecord, "status" | "errorCode">;
  if (missing.length > 0) outcome = { status: "FAILED", errorCode: "ACCESS_DENIED" };
  else {
    try {
      await writeResult(store, shop, operation, document, fault);
      outcome = outcomeOf(operation, fault);
    } catch (error) {
      console.error(`Bulk operation ${operation.id} of ${shop.domain} failed:`, error);
      outcome = { status: "FAILED", errorCode: "INTERNAL_SERVER_ERROR" };
    }
  }
  Object.assign(operation, outcome);
  operation.completedAt = operation.status === "CANCELED" ? null : store.clock.now();
  await store.persist();
  await store.sendWebhook(shop.domain, "bulk_operations/finish", {
    admin_graphql_api_id: gid("BulkOperation", operation.id),
    completed_at: operation.completedAt === null ? null : iso(operation.completedAt),
    created_at: iso(operation.createdAt),
    error_code: operation.errorCode?.toLowerCase() ?? null,
    status: operation.status.toLowerCase(),
    type: "query",
  });
}

function outcomeOf(
  operation: BulkOperationRecord,
  fault: BulkFault | null,
): Pick<BulkOperationRecord, "status" | "errorCode"> {
  if (operation.status === "CANCELING") return { status: "CANCELED", errorCode: null };
  if (fault?.kind === "fail") return { status: "FAILED", errorCode: fault.errorCode };
  if (fault?.kind === "expire") return { status: "EXPIRED", errorCode: null };
  return { status: "COMPLETED", errorCode: null };
}

async function writeResult(
  store: DevStore,
  shop: StoreShop,
  operation: BulkOperationRecord,
  document: DocumentNode,
  fault: BulkFault | null,
): Promise<void> {
  mkdirSync(join(store.stateDir, "bulk"), { recursive: true });
  const path = filePath(store, operation.id);
  const file = createWriteStream(path);
  const failed = once(file, "error").then(([error]) => Promise.reject(error as Error));
  failed.catch(() => undefined);
  const lines = operation.groupObjects ? straight() : shuffled(operation.id);
  let broken = fault?.kind === "malformed" ? fault.lines : 0;
  const write = async (texts: string[]) => {
    if (texts.length === 0) return;
    const written = texts.map((text) => {
      if (broken === 0) return text;
      broken -= 1;
      return text.slice(0, Math.ceil(text.length / 2));
    });
    if (!file.write(`${written.join("\n")}\n`)) await Promise.race([once(file, "drain"), failed]);
  };

  const context = contextFor(store, shop, operation.createdAt, null);
  const fields = document.definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION ? definition.selectionSet.selections : [],
  ) as FieldNode[];
  for (const field of fields) {
    const definition = adminSchema().getQueryType()!.getFields()[field.name.value]!;
    const nodes = rootNodes(field.name.value, getArgumentValues(definition, field), context);
    const piece = onlyField(document, field);
    const shape = connectionsIn(field);
    const key = field.alias?.value ?? field.name.value;
    const end = fault?.kind === "fail" ? nodes.length / 2 : nodes.length;
    for (let from = 0; from < end && operation.status === "RUNNING"; from += PIECE) {
      const bulk = { nodes: nodes.slice(from, from + PIECE) };
      const data = executeSync(piece, { ...context, bulk });
      const out: string[] = [];
      for (const node of connectionNodes(data[key])) emit(node, null, shape, (line) => out.push(line));
      operation.rootObjectCount += bulk.nodes.length;
      operation.objectCount += out.length;
      await write(lines.pass(out));
      await nextTurn();
    }
  }
  await write(lines.rest());
  file.end();
  await Promise.race([once(file, "close"), failed]);
  operation.fileSize = statSync(path).size;
}

/** The document with one root field only, so that a piece of that field's nodes is all it answers. */
function onlyField(document: DocumentNode, field: FieldNode): DocumentNode {
  return {
    ...document,
    definitions: document.definitions.map((definition) =>
      definition.kind === Kind.OPERATION_DEFINITION
        ? { ...definition, selectionSet: { ...definition.selectionSet, selections: [field] } }
        : definition,
    ),
  };
}

/** Response keys that hold connections below a connection's nodes, directly or inside an object. */
interface Shape {
  connections: [key: string, below: Shape][];
  objects: [key: string, below: Shape][];
}

function connectionsIn(connection: FieldNode): Shape {
  const selections = connection.selectionSet!.selections as FieldNode[];
  return shapeOf(
    selections.flatMap((selection) => {
      if (selection.name.value === "nodes") return selection.selectionSet!.selections as FieldNode[];
      if (selection.name.value !== "edges") return [];
      return (selection.selectionSet!.selections as FieldNode[])
        .filter((inner) => inner.name.value === "node")
        .flatMap((node) => node.selectionSet!.selections as FieldNode[]);
    }),
  );
}

function shapeOf(selections: readonly FieldNode[]): Shape {
  const shape: Shape = { connections: [], objects: [] };
  for (const selection of flattened(selections)) {
    if (!selection.selectionSet) continue;
    const key = selection.alias?.value ?? selection.name.value;
    const names = (selection.selectionSet.selections as FieldNode[]).map((inner) => inner.name?.value);
    if (names.includes("edges") || names.includes("nodes")) shape.connections.push([key, connectionsIn(selection)]);
    else {
      const below = shapeOf(selection.selectionSet.selections as FieldNode[]);
      if (below.connections.length + below.objects.length > 0) shape.objects.push([key, below]);
    }
  }
  return shape;
}

function flattened(selections: readonly (FieldNode | { kind: string })[]): FieldNode[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection as FieldNode];
    return flattened((selection as FieldNode).selectionSet?.selections ?? []);
  });
}

type Answer = Record<string, unknown>;

function connectionNodes(connection: unknown): Answer[] {
  const { edges, nodes } = connection as { edges?: { node: Answer }[]; nodes?: Answer[] };
  return edges ? edges.map((edge) => edge.node) : (nodes ?? []);
}

/** One line for the object, without its connections, then the lines of their children. Takes `node` apart. */
function emit(node: Answer, parentId: string | null, shape: Shape, line: (text: string) => void): void {
  const found: { children: Answer[]; below: Shape }[] = [];
  takeConnections(node, shape, found);
  const text = JSON.stringify(node);
  line(parentId === null ? text : `${text.slice(0, -1)},"__parentId":${JSON.stringify(parentId)}}`);
  for (const { children, below } of found) for (const child of children) emit(child, node.id as string, below, line);
}

function takeConnections(node: Answer, shape: Shape, found: { children: Answer[]; below: Shape }[]): void {
  for (const [key, below] of shape.connections) {
    if (node[key] != null) found.push({ children: connectionNodes(node[key]), below });
    // Unlike `delete`, this keeps the object fast to write; JSON leaves undefined out.
    node[key] = undefined;
  }
  for (const [key, below] of shape.objects) if (node[key] != null) takeConnections(node[key] as Answer, below, found);
}

interface LineOrder {
  /** Takes lines in and gives the lines that are to be written now. */
  pass(lines: string[]): string[];
  rest(): string[];
}

function straight(): LineOrder {
  return { pass: (lines) => lines, rest: () => [] };
}

function shuffled(seed: number): LineOrder {
  const random = mulberry32(seed);
  const held: string[] = [];
  const letGo = () => {
    const index = Math.floor(random() * held.length);
    const line = held[index]!;
    held[index] = held[held.length - 1]!;
    held.pop();
    return line;
  };
  return {
    pass(lines) {
      const out: string[] = [];
      for (const line of lines) {
        held.push(line);
        if (held.length > SHUFFLED_LINES) out.push(letGo());
      }
      return out;
    },
    rest() {
      const out: string[] = [];
      while (held.length > 0) out.push(letGo());
      return out;
    },
  };
}

/** A small seeded generator of numbers in [0, 1): the same file for the same operation, whenever it is made. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
