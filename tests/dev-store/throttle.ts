import {
  type DocumentNode,
  type FieldNode,
  getNamedType,
  getNullableType,
  type GraphQLField,
  type GraphQLOutputType,
  type GraphQLSchema,
  getArgumentValues,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from "graphql";

/** Shopify's limit for a single query, in points. */
export const MOST_QUERY_COST = 1_000;
const MUTATION_COST = 10;

/**
 * Points by Shopify's rule: an object 1, a scalar nothing, a mutation 10, a connection (or list with `first`) as many
 * times its node as it is asked for. With `data`, what the answer really held; without, what the query asks for.
 */
export function queryCost(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Record<string, unknown>,
  data?: Record<string, unknown> | null,
): number {
  const fragments = new Map(
    document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : [],
    ),
  );
  const measuring = data !== undefined;

  const selectionCost = (set: SelectionSetNode, type: GraphQLOutputType, answer: unknown): number =>
    set.selections.reduce((sum, selection) => {
      if (selection.kind === Kind.FIELD) return sum + fieldCost(selection, type, answer);
      const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value)!;
      const on = fragment.typeCondition ? schema.getType(fragment.typeCondition.name.value) : type;
      return sum + selectionCost(fragment.selectionSet, on as GraphQLOutputType, answer);
    }, 0);

  const fieldCost = (node: FieldNode, parent: GraphQLOutputType, answer: unknown): number => {
    const field = fieldOf(parent, node.name.value);
    if (!field || !node.selectionSet) return 0;
    const named = getNamedType(field.type);
    if (!isCompositeType(named)) return 0;
    const value = (answer as Record<string, unknown> | null)?.[node.alias?.value ?? node.name.value];
    if (measuring && value == null) return 0;
    const inside = (each: unknown) => selectionCost(node.selectionSet!, named, each);
    if (measuring && Array.isArray(value)) {
      const own = named.name.endsWith("Edge") ? 0 : 1;
      return value.reduce<number>((sum, each) => sum + (each === null ? 0 : own + inside(each)), 0);
    }
    if (named.name.endsWith("Connection")) return measuring ? inside(value) : sizeOf(field, node) * inside(null);
    if (named.name.endsWith("Edge") || named.name === "PageInfo") return inside(value);
    const times = !measuring && isListType(getNullableType(field.type)) ? sizeOf(field, node) : 1;
    return times * (1 + inside(value));
  };

  const sizeOf = (field: GraphQLField<unknown, unknown>, node: FieldNode): number => {
    const args = getArgumentValues(field, node, variables) as { first?: number; last?: number; ids?: unknown[] };
    return args.first ?? args.last ?? args.ids?.length ?? 1;
  };

  if (operation.operation === "mutation") return MUTATION_COST;
  return selectionCost(operation.selectionSet, schema.getQueryType()!, data ?? null);
}

function fieldOf(type: GraphQLOutputType, name: string): GraphQLField<unknown, unknown> | undefined {
  return isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
}

export interface ThrottleStatus {
  maximumAvailable: number;
  currentlyAvailable: number;
  restoreRate: number;
}

export interface Bucket {
  /** Takes the points when there are enough of them; `at` is real time, epoch ms. */
  take(points: number, at: number): boolean;
  giveBack(points: number): void;
  status(at: number): ThrottleStatus;
}

/** Shopify's leaky bucket: `maximum` points, restored at `restoreRate` a second; it holds what 20 seconds restore. */
export function createBucket(restoreRate = 100, maximum = 20 * restoreRate): Bucket {
  let available = maximum;
  let last = -Infinity;
  const restore = (at: number) => {
    if (at > last) available = Math.min(maximum, available + ((at - last) / 1_000) * restoreRate);
    last = Math.max(last, at);
  };
  return {
    take(points, at) {
      restore(at);
      if (points > available) return false;
      available -= points;
      return true;
    },
    giveBack(points) {
      available = Math.min(maximum, available + points);
    },
    status(at) {
      restore(at);
      return { maximumAvailable: maximum, currentlyAvailable: Math.floor(available), restoreRate };
    },
  };
}
