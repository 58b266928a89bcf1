import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { type DocumentNode, Kind, visit } from "graphql";

/**
 * What Shopify may withhold of a shop while the rest can be read: because a scope was not granted, or because the app's
 * use of protected customer data is not approved for it.
 */
export const WITHHELD_PARTS = ["orders", "customers", "returns", "fulfillment_orders", "abandoned_checkouts"] as const;

export type WithheldPart = (typeof WITHHELD_PARTS)[number];

/** The fields that read each part; what is named nowhere here belongs to the orders themselves. */
const FIELDS: Record<string, WithheldPart> = {
  customer: "customers",
  purchasingEntity: "customers",
  returns: "returns",
  return: "returns",
  fulfillmentOrders: "fulfillment_orders",
  abandonedCheckouts: "abandoned_checkouts",
};

/** Any one of these opens the part. */
const SCOPES: Record<Exclude<WithheldPart, "abandoned_checkouts">, string[]> = {
  orders: ["read_orders"],
  customers: ["read_customers"],
  returns: ["read_returns"],
  fulfillment_orders: [
    "read_merchant_managed_fulfillment_orders",
    "read_third_party_fulfillment_orders",
    "read_assigned_fulfillment_orders",
    "read_marketplace_fulfillment_orders",
  ],
};

/** The part a refused field belongs to. */
export function partOfField(field: string): WithheldPart {
  return Object.hasOwn(FIELDS, field) ? FIELDS[field]! : "orders";
}

/** The parts the granted scopes do not open. A scope to write opens reading too. */
export function partsWithoutScope(scopes: readonly string[]): WithheldPart[] {
  const granted = new Set(scopes.map((scope) => scope.replace(/^write_/, "read_")));
  return (Object.keys(SCOPES) as (keyof typeof SCOPES)[]).filter(
    (part) => !SCOPES[part].some((one) => granted.has(one)),
  );
}

/** A document without the fields of some parts; null when nothing would be left to ask. */
export function withoutParts<Data, Variables>(
  document: TypedDocumentNode<Data, Variables>,
  parts: readonly WithheldPart[],
): TypedDocumentNode<Data, Variables> | null {
  if (parts.length === 0) return document;
  let nothingLeft = false;
  const cut = visit(document as DocumentNode, {
    Field: {
      enter: (node) => {
        const part = Object.hasOwn(FIELDS, node.name.value) ? FIELDS[node.name.value] : undefined;
        return part !== undefined && parts.includes(part) ? null : undefined;
      },
      // What held nothing but a part has nothing left to ask for.
      leave: (node) => (node.selectionSet?.selections.length === 0 ? null : undefined),
    },
    OperationDefinition: {
      leave: (node) => {
        if (node.selectionSet.selections.length === 0) nothingLeft = true;
        const used = new Set<string>();
        visit(node.selectionSet, { Variable: (variable) => void used.add(variable.name.value) });
        const variableDefinitions = node.variableDefinitions?.filter((one) => used.has(one.variable.name.value));
        return { ...node, kind: Kind.OPERATION_DEFINITION, variableDefinitions };
      },
    },
  });
  return nothingLeft ? null : (cut as TypedDocumentNode<Data, Variables>);
}
