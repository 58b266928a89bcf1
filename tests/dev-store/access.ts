import { readFileSync } from "node:fs";
import {
  type DocumentNode,
  type FieldNode,
  getNamedType,
  type GraphQLSchema,
  isCompositeType,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from "graphql";

/** Per "Type" or "Type.field" the scopes one of which suffices, as Shopify lists them. */
const ACCESS_SCOPES = JSON.parse(readFileSync("app/shopify/schema/access-scopes.json", "utf8")) as Record<
  string,
  string[]
>;

export interface MissingAccess {
  node: FieldNode;
  /** What asks for the scope, "Type.field" or "Type". */
  coordinate: string;
  /** Any of these would do; none where the data is protected and not approved. */
  anyOf: string[];
}

/** The fields of a document that the granted scopes do not open, or that are refused as unapproved protected data. */
export function missingAccess(
  schema: GraphQLSchema,
  document: DocumentNode,
  granted: string[],
  unapproved: string[] = [],
): MissingAccess[] {
  const has = new Set(granted.flatMap((scope) => [scope, scope.replace(/^write_/, "read_")]));
  const missing: MissingAccess[] = [];
  const info = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(info, {
      Field(node) {
        const type = getNamedType(info.getType());
        const coordinates = [`${info.getParentType()?.name}.${node.name.value}`];
        if (type && isCompositeType(type)) coordinates.push(type.name);
        for (const coordinate of coordinates) {
          if (unapproved.includes(coordinate)) missing.push({ node, coordinate, anyOf: [] });
          const anyOf = ACCESS_SCOPES[coordinate];
          if (anyOf && !anyOf.some((scope) => has.has(scope))) missing.push({ node, coordinate, anyOf });
        }
      },
    }),
  );
  return missing;
}
