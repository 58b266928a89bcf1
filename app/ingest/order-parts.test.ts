import { print } from "graphql";
import { describe, expect, it } from "vitest";
import {
  AbandonedCheckoutsDocument,
  BackfillOrdersDocument,
  BackfillScansDocument,
  OrderReturnsDocument,
  OrdersUpdatedDocument,
} from "~/shopify/documents.generated";
import { partOfField, partsWithoutScope, withoutParts } from "./order-parts";

describe("the parts of a shop that may be withheld", () => {
  it("are told from the scopes: any one that opens a part will do, and one to write opens reading", () => {
    expect(partsWithoutScope(["read_orders"])).toEqual(["customers", "returns", "fulfillment_orders"]);
    const granted = ["write_orders", "read_customers", "write_returns", "read_third_party_fulfillment_orders"];
    expect(partsWithoutScope(granted)).toEqual([]);
  });

  it("are told from the field refused; what belongs to none belongs to the orders", () => {
    expect(["customer", "purchasingEntity", "returns", "orders", "nodes"].map(partOfField)).toEqual([
      "customers",
      "customers",
      "returns",
      "orders",
      "orders",
    ]);
  });
});

describe("a document without some parts", () => {
  it("is the same where nothing is withheld", () => {
    expect(withoutParts(BackfillOrdersDocument, [])).toBe(BackfillOrdersDocument);
  });

  it("keeps everything else", () => {
    const cut = print(withoutParts(BackfillOrdersDocument, ["customers", "returns"])!);
    expect(cut).not.toMatch(/customer|purchasingEntity|returns|returnLineItems/);
    expect(cut).toMatch(/fulfillmentOrders[\s\S]*assignedLocation/);
    expect(print(withoutParts(OrdersUpdatedDocument, ["returns"])!)).toContain("$query: String!, $after: String");
  });

  it("is none where nothing would be left to ask", () => {
    expect(withoutParts(BackfillScansDocument, ["fulfillment_orders"])).toBeNull();
    expect(withoutParts(AbandonedCheckoutsDocument, ["abandoned_checkouts"])).toBeNull();
    expect(withoutParts(OrderReturnsDocument, ["returns"])).toBeNull();
  });
});
