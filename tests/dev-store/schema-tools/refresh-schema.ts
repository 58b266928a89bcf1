/**
 * Writes app/shopify/schema/ anew from Shopify's official Admin schema, pruned to the types Ease could come to read.
 * Run: node --import tsx tests/dev-store/schema-tools/refresh-schema.ts
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import {
  buildClientSchema,
  buildSchema,
  validateSchema,
  type IntrospectionField,
  type IntrospectionInputValue,
  type IntrospectionQuery,
  type IntrospectionSchema,
  type IntrospectionType,
  type IntrospectionTypeRef,
  printSchema,
} from "graphql";

const PACKAGE = "@shopify/dev-mcp@1.16.0";
const API_VERSION = "2026-07";
const DATA_FILE = `dist/data/admin_${API_VERSION}.json.gz`;
const LARGEST_SDL_BYTES = 400_000;

/** Object types and interfaces that stay. Enums, scalars and inputs stay where a kept field needs them. */
const KEPT_TYPES = words(`
  Order OrderCancellation OrderDisputeSummary OrderRiskSummary OrderRiskAssessment RiskFact OrderApp
  OrderAttribution OrderPaymentStatus LineItem ShippingLine MoneyBag MoneyV2 Attribute MailingAddress Count
  Fulfillment FulfillmentEvent FulfillmentTrackingInfo FulfillmentLineItem FulfillmentOriginAddress
  FulfillmentService FulfillmentOrder FulfillmentOrderLineItem FulfillmentOrderAssignedLocation
  FulfillmentOrderDestination FulfillmentHold DeliveryMethod DeliveryMethodAdditionalInformation
  DeliveryBrandedPromise Return ReturnDecline ReturnLineItem ReturnLineItemType UnverifiedReturnLineItem
  ReturnReasonDefinition ReverseFulfillmentOrder ReverseDelivery ReturnShippingFee ExchangeLineItem Refund
  RefundLineItem OrderAdjustment OrderTransaction CustomerJourneySummary CustomerVisit CustomerMoment
  UTMParameters AbandonedCheckout AbandonedCheckoutLineItem Abandonment CustomerVisitProductInfo Customer
  CustomerStatistics CustomerEmailAddress CustomerPhoneNumber CustomerEmailMarketingConsentState
  BulkOperation WebPixel AppInstallation AppSubscription AppSubscriptionLineItem AppUsageRecord AccessScope
  Metafield Event BasicEvent ShopPlan Shop ShopAddress
  PurchasingEntity PurchasingCompany Company
  Node PageInfo UserError DisplayableError QueryRoot Mutation
`);

/** The mutations that stay, with what they return and take. */
const KEPT_MUTATIONS = words(`
  bulkOperationRunQuery bulkOperationCancel webPixelCreate webPixelUpdate webPixelDelete flowTriggerReceive
  metafieldsSet appSubscriptionCreate appSubscriptionCancel appUsageRecordCreate
`);

interface ScopeItem {
  typeName: string;
  fieldName?: string;
  requiredAccess: string;
  offlineScopes: string[];
}

refresh();

function refresh(): void {
  const { introspection, scopeItems, license } = download();
  const pruned = pruneSchema(introspection.__schema);
  const kept = new Map(pruned.types.map((type) => [type.name, type]));
  const sdl = `${header(license)}\n${printSchema(buildClientSchema({ __schema: pruned }))}\n`;
  if (sdl.length > LARGEST_SDL_BYTES) throw new Error(`The pruned schema has ${sdl.length} bytes; keep fewer types`);
  const errors = validateSchema(buildSchema(sdl));
  if (errors.length > 0) throw new Error(errors.map((error) => error.message).join("\n"));

  const folder = "app/shopify/schema";
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `admin-${API_VERSION}.graphql`), sdl);
  writeFileSync(join(folder, "access-scopes.json"), `${JSON.stringify(accessScopes(scopeItems, kept), null, 2)}\n`);
  console.log(`${folder}: ${pruned.types.length} types, ${Math.round(sdl.length / 1000)} kB`);
}

function download(): { introspection: IntrospectionQuery; scopeItems: ScopeItem[]; license: string } {
  const folder = mkdtempSync(join(tmpdir(), "admin-schema-"));
  try {
    const archive = execFileSync("npm", ["pack", PACKAGE, "--silent"], { cwd: folder, encoding: "utf8" }).trim();
    execFileSync("tar", ["xzf", archive], { cwd: folder });
    const json = JSON.parse(gunzipSync(readFileSync(join(folder, "package", DATA_FILE))).toString()) as {
      data: IntrospectionQuery;
      offline_scopes: { items: ScopeItem[] };
    };
    const license = readFileSync(join(folder, "package", "LICENSE"), "utf8");
    return { introspection: json.data, scopeItems: json.offline_scopes.items, license };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function header(license: string): string {
  return [
    `Shopify Admin API ${API_VERSION}, pruned to the types Ease could come to read; descriptions are shortened.`,
    `Origin: ${PACKAGE}, ${DATA_FILE}`,
    "Refresh: node --import tsx tests/dev-store/schema-tools/refresh-schema.ts",
    "",
    ...license.trim().split("\n"),
  ]
    .flatMap((line) => wrap(line, 118))
    .map((line) => `# ${line}`.trimEnd())
    .join("\n");
}

function wrap(line: string, width: number): string[] {
  const lines = [""];
  for (const word of line.split(" ")) {
    const last = lines[lines.length - 1]!;
    if (last.length + word.length + 1 > width) lines.push(word);
    else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
  }
  return lines;
}

function pruneSchema(schema: IntrospectionSchema): IntrospectionSchema {
  const all = new Map(schema.types.map((type) => [type.name, type]));
  const objects = new Set<string>();
  for (const name of KEPT_TYPES) {
    if (!all.has(name)) throw new Error(`${API_VERSION} has no type ${name}`);
    for (const also of [name, `${name}Connection`, `${name}Edge`]) if (all.has(also)) objects.add(also);
  }
  for (const payload of mutationPayloads(all)) objects.add(payload);

  // Inputs and enums are added by the kept fields that need them, objects never: that is where the pruning stops.
  const types = new Map<string, IntrospectionType>();
  const addLeaf = (ref: IntrospectionTypeRef): void => {
    const type = all.get(namedType(ref));
    if (!type || types.has(type.name)) return;
    if (type.kind === "ENUM" || type.kind === "SCALAR") types.set(type.name, trimmed(type));
    if (type.kind === "INPUT_OBJECT") {
      types.set(type.name, trimmed(type));
      type.inputFields.forEach((field) => addLeaf(field.type));
    }
  };
  const staysOutput = (ref: IntrospectionTypeRef): boolean => {
    const kind = all.get(namedType(ref))!.kind;
    return kind === "ENUM" || kind === "SCALAR" || objects.has(namedType(ref));
  };
  for (const name of objects) {
    const type = all.get(name)!;
    if (type.kind === "UNION") {
      const possibleTypes = type.possibleTypes.filter((member) => objects.has(member.name));
      types.set(name, trimmed({ ...type, possibleTypes }));
    } else if (type.kind === "OBJECT" || type.kind === "INTERFACE") {
      const fields = type.fields
        .filter((field) => staysOutput(field.type) && (name !== "Mutation" || KEPT_MUTATIONS.has(field.name)))
        .map(trimmedField);
      fields.forEach((field) => [field, ...field.args].forEach((typed) => addLeaf(typed.type)));
      const interfaces = type.interfaces.filter((face) => objects.has(face.name));
      if (fields.length === 0) throw new Error(`Nothing is left of ${name}: keep the types of its fields too`);
      if (type.kind === "OBJECT") types.set(name, trimmed({ ...type, fields, interfaces }));
      else {
        const possibleTypes = type.possibleTypes.filter((member) => objects.has(member.name));
        types.set(name, trimmed({ ...type, fields, interfaces, possibleTypes }));
      }
    }
  }
  for (const type of schema.types) if (type.name.startsWith("__")) types.set(type.name, type);
  for (const name of ["String", "Boolean"]) types.set(name, all.get(name)!);
  const directives = schema.directives.filter((directive) =>
    ["include", "skip", "deprecated", "specifiedBy", "oneOf"].includes(directive.name),
  );
  return { ...schema, directives, subscriptionType: null, types: [...types.values()] };
}

function mutationPayloads(all: Map<string, IntrospectionType>): string[] {
  const mutation = all.get("Mutation");
  if (mutation?.kind !== "OBJECT") throw new Error("The schema has no mutations");
  const names = [...KEPT_MUTATIONS].map((name) => {
    const field = mutation.fields.find((candidate) => candidate.name === name);
    if (!field) throw new Error(`${API_VERSION} has no mutation ${name}`);
    return namedType(field.type);
  });
  const errors = names.flatMap((name) => {
    const payload = all.get(name)!;
    if (payload.kind !== "OBJECT") return [];
    return payload.fields.map((field) => namedType(field.type)).filter((type) => type.endsWith("UserError"));
  });
  return [...names, ...errors];
}

/**
 * Per "Type" or "Type.field" the alternatives one of which suffices, e.g. "Return": ["read_returns", …]. Things that
 * ask for no scope are left out.
 */
function accessScopes(items: ScopeItem[], kept: Map<string, IntrospectionType>): Record<string, string[]> {
  const scopes: Record<string, string[]> = {};
  for (const item of items) {
    const type = kept.get(item.typeName);
    if (!type || item.offlineScopes.length === 0) continue;
    const fields = type.kind === "OBJECT" || type.kind === "INTERFACE" ? type.fields : [];
    if (item.fieldName !== undefined && !fields.some((field) => field.name === item.fieldName)) continue;
    const key = item.fieldName === undefined ? item.typeName : `${item.typeName}.${item.fieldName}`;
    const requirement = item.requiredAccess.split(/Also:|When /)[0]!;
    if (item.offlineScopes.length > 1 && / and /.test(requirement)) {
      throw new Error(`${key} needs several scopes at once, which access-scopes.json cannot say: ${requirement}`);
    }
    scopes[key] = [...new Set(item.offlineScopes)];
  }
  return Object.fromEntries(Object.entries(scopes).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function trimmed<T extends IntrospectionType>(type: T): T {
  const shortened = { ...type, description: firstSentence(type.description) };
  if (shortened.kind === "ENUM") {
    const enumValues = shortened.enumValues.map((value) => ({ ...value, description: null }));
    return { ...shortened, enumValues } as T;
  }
  if (shortened.kind === "INPUT_OBJECT") {
    return { ...shortened, inputFields: shortened.inputFields.map(trimmedInput) } as T;
  }
  return shortened;
}

function trimmedField(field: IntrospectionField): IntrospectionField {
  return { ...field, description: firstSentence(field.description), args: field.args.map(trimmedInput) };
}

function trimmedInput(input: IntrospectionInputValue): IntrospectionInputValue {
  return { ...input, description: null };
}

function firstSentence(text: string | null | undefined): string | null {
  const sentence = text
    ?.replace(/\[([^\]]+)\]\([^)]*\)/g, "$1")
    .split(/(?<=\.)\s|\n/)[0]
    ?.trim();
  return sentence ? sentence.slice(0, 160) : null;
}

function namedType(ref: IntrospectionTypeRef): string {
  return "ofType" in ref && ref.ofType ? namedType(ref.ofType) : (ref as { name: string }).name;
}

function words(text: string): Set<string> {
  return new Set(text.trim().split(/\s+/));
}
