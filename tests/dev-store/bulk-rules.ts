import {
  type DocumentNode,
  type FieldNode,
  getNamedType,
  getNullableType,
  type GraphQLSchema,
  isListType,
  Kind,
  type OperationDefinitionNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from "graphql";

const MOST_CONNECTIONS = 5;
/** Levels of connections below the one at the root. */
const DEEPEST_NESTING = 2;

/**
 * Why Shopify would refuse to run the query in bulk, in words close to its own; null when it would run it. The query is
 * valid against the schema already.
 */
export function bulkQueryRefusal(schema: GraphQLSchema, document: DocumentNode): string | null {
  const operations = document.definitions.filter(
    (definition): definition is OperationDefinitionNode => definition.kind === Kind.OPERATION_DEFINITION,
  );
  if (operations.length !== 1 || operations[0]!.operation !== "query") {
    return "Bulk operations take exactly one query operation.";
  }
  if (document.definitions.length > 1) return "Bulk queries cannot contain fragments.";

  let connections = 0;
  let refusal: string | null = null;
  const refuse = (reason: string) => {
    refusal ??= reason;
  };
  /** Response fields on the way down, to know what a connection is inside of. */
  const path: ("connection" | "list" | "other")[] = [];
  const info = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(info, {
      Field: {
        enter(node) {
          const name = node.name.value;
          if (path.length === 0 && (name === "node" || name === "nodes")) {
            refuse(`Bulk queries cannot contain a top level '${name}' field.`);
          }
          const type = info.getType();
          if (type && getNamedType(type).name.endsWith("Connection")) {
            connections += 1;
            if (path.includes("list")) {
              refuse("Queries that contain a connection field within a list field are not currently supported.");
            }
            const depth = path.filter((step) => step === "connection").length;
            if (depth > DEEPEST_NESTING) {
              refuse(`Bulk queries cannot contain connections with a nesting depth greater than ${DEEPEST_NESTING}.`);
            }
            if (hasConnectionBelow(node, schema, info) && !selectsId(node)) {
              refuse("The parent 'node' field for a nested connection must select the 'id' field without an alias.");
            }
            path.push("connection");
          } else {
            const list = type !== undefined && type !== null && isListType(getNullableType(type));
            path.push(list && name !== "edges" && name !== "nodes" ? "list" : "other");
          }
        },
        leave() {
          path.pop();
        },
      },
    }),
  );
  if (connections === 0) return "Bulk queries must contain at least one connection.";
  if (connections > MOST_CONNECTIONS) {
    return `Bulk queries cannot contain more than ${MOST_CONNECTIONS} connections.`;
  }
  return refusal;
}

function hasConnectionBelow(node: FieldNode, schema: GraphQLSchema, outer: TypeInfo): boolean {
  let found = false;
  const inner = new TypeInfo(schema, outer.getType() ?? undefined);
  visit(
    node.selectionSet!,
    visitWithTypeInfo(inner, {
      Field() {
        const type = inner.getType();
        if (type && getNamedType(type).name.endsWith("Connection")) found = true;
      },
    }),
  );
  return found;
}

function selectsId(connection: FieldNode): boolean {
  const nodeFields = connection.selectionSet!.selections.flatMap((selection): FieldNode[] => {
    if (selection.kind !== Kind.FIELD) return [];
    if (selection.name.value === "nodes") return [selection];
    if (selection.name.value !== "edges") return [];
    return selection.selectionSet!.selections.filter(
      (inner): inner is FieldNode => inner.kind === Kind.FIELD && inner.name.value === "node",
    );
  });
  return nodeFields.some((node) =>
    node.selectionSet!.selections.some(
      (selection) => selection.kind === Kind.FIELD && selection.name.value === "id" && !selection.alias,
    ),
  );
}
