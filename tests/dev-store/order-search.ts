import { GraphQLError } from "graphql";
import type { StoreOrder } from "./model";
import { updatedAt } from "./order-at";

export type OrderSortKey = "CREATED_AT" | "PROCESSED_AT" | "UPDATED_AT" | "ID" | "ORDER_NUMBER";

type Test = (order: StoreOrder, now: number) => boolean;

/**
 * Orders that match Shopify's search syntax, as far as the store knows it: `created_at`, `processed_at`, `updated_at`
 * and `id` with `:`, `:>`, `:>=`, `:<`, `:<=`, and `status`, `test`, `name`; blanks or AND join, OR separates. Anything
 * else throws: Shopify would ignore an unknown filter, and a reader would believe it filtered.
 */
export function filteredOrders(orders: StoreOrder[], query: string | undefined | null, now: number): StoreOrder[] {
  if (!query?.trim()) return orders;
  const alternatives = query.split(/\s+OR\s+/).map((alternative) => terms(alternative).map(orderTest));
  return orders.filter((order) => alternatives.some((tests) => tests.every((test) => test(order, now))));
}

/** A test for the `updated_at` terms of a query, null when it has none. */
export function updatedRange(query: string | undefined | null): ((instant: number) => boolean) | null {
  if (!query?.trim()) return null;
  const tests = terms(query).map(({ field, operator, value }) => {
    if (field !== "updated_at") throw unknownTerm(field);
    return comparison(operator, instantOf(value));
  });
  return (instant) => tests.every((test) => test(instant));
}

/** Sorted by the key, on a tie by id. */
export function sortedOrders(
  orders: StoreOrder[],
  key: OrderSortKey,
  now: number,
): { node: StoreOrder; id: number; value: number }[] {
  const valueOf = sortValue(key, now);
  return orders
    .map((order) => ({ node: order, id: order.id, value: valueOf(order) }))
    .sort((a, b) => a.value - b.value || a.id - b.id);
}

function sortValue(key: OrderSortKey, now: number): (order: StoreOrder) => number {
  switch (key) {
    case "CREATED_AT":
    case "PROCESSED_AT":
      return (order) => order.placedAt;
    case "UPDATED_AT":
      return (order) => updatedAt(order, now);
    case "ID":
    case "ORDER_NUMBER":
      return (order) => order.id;
    default:
      throw new GraphQLError(`The dev store does not sort orders by ${String(key)}`);
  }
}

interface Term {
  field: string;
  operator: string;
  value: string;
}

function terms(query: string): Term[] {
  const found: Term[] = [];
  const rest = query.replace(/(\w+):(>=|<=|>|<)?(?:'([^']*)'|"([^"]*)"|([^\s()]+))/g, (_, field, operator, a, b, c) => {
    found.push({ field: field as string, operator: (operator as string) ?? "=", value: (a ?? b ?? c) as string });
    return "";
  });
  if (!/^(\s|AND)*$/.test(rest)) throw new GraphQLError(`The dev store does not understand this search: ${query}`);
  return found;
}

function orderTest({ field, operator, value }: Term): Test {
  switch (field) {
    case "created_at":
    case "processed_at": {
      const test = comparison(operator, instantOf(value));
      return (order) => test(order.placedAt);
    }
    case "updated_at": {
      const test = comparison(operator, instantOf(value));
      return (order, now) => test(updatedAt(order, now));
    }
    case "id": {
      const test = comparison(operator, Number(value));
      return (order) => test(order.id);
    }
    case "name":
      return (order) => order.name.replace(/^#/, "") === value.replace(/^#/, "");
    case "test":
      return (order) => order.test === (value === "true");
    case "status":
      return statusTest(value);
    default:
      throw unknownTerm(field);
  }
}

function statusTest(value: string): Test {
  if (value === "any") return () => true;
  if (value === "cancelled") return (order, now) => order.cancelledAt !== null && order.cancelledAt <= now;
  throw new GraphQLError(`The dev store does not search orders by status:${value}`);
}

function comparison(operator: string, bound: number): (value: number) => boolean {
  switch (operator) {
    case ">":
      return (value) => value > bound;
    case ">=":
      return (value) => value >= bound;
    case "<":
      return (value) => value < bound;
    case "<=":
      return (value) => value <= bound;
    default:
      return (value) => value === bound;
  }
}

function instantOf(text: string): number {
  const instant = Date.parse(text);
  if (Number.isNaN(instant)) throw new GraphQLError(`Not a time: ${text}`);
  return instant;
}

function unknownTerm(field: string): GraphQLError {
  return new GraphQLError(`The dev store does not search by ${field}`);
}
