import type { Product } from "./spec";

function product(
  title: string, vendor: string, productType: string, price: number, weight: number,
  kind: "parcel" | "letter" | "digital" = "parcel",
): Product {
  return {
    handle: title.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/-$/, ""),
    title, vendor, productType, price, weight,
    requiresShipping: kind !== "digital",
    letter: kind === "letter",
  };
}

/** Northwind Outdoor's products; prices in euro cents. */
export const outdoorCatalogue: Product[] = [
  product("Fjell Rain Jacket", "Fjell", "Jackets", 17_900, 5),
  product("Fjell Down Jacket", "Fjell", "Jackets", 24_900, 4),
  product("Fjell Trekking Trousers", "Fjell", "Trousers", 10_900, 6),
  product("Merino Base Layer", "Havre", "Shirts", 7_900, 8),
  product("Merino Socks, Three Pairs", "Havre", "Socks", 3_900, 11),
  product("Havre Fleece Pullover", "Havre", "Shirts", 8_900, 5),
  product("Ridge Mid Hiking Boots", "Ridgeline", "Shoes", 18_900, 7),
  product("Ridge Low Trail Shoes", "Ridgeline", "Shoes", 13_900, 7),
  product("Ridge Camp Sandals", "Ridgeline", "Shoes", 6_900, 3),
  product("Two-Person Tent Lodd", "Lodd", "Tents", 38_900, 2),
  product("Three-Season Sleeping Bag", "Lodd", "Sleeping bags", 21_900, 3),
  product("Insulated Sleeping Mat", "Lodd", "Sleeping bags", 11_900, 3),
  product("Trekking Backpack 55 l", "Karr", "Backpacks", 19_900, 3),
  product("Day Pack 22 l", "Karr", "Backpacks", 8_900, 6),
  product("Roll-Top Dry Bag", "Karr", "Backpacks", 2_900, 5),
  product("Gas Stove Ember", "Ember", "Cooking", 5_900, 4),
  product("Titanium Mug", "Ember", "Cooking", 3_400, 5),
  product("Steel Bottle 0.75 l", "Ember", "Bottles", 2_900, 8),
  product("Head Torch 400", "Lumen Nord", "Lights", 5_400, 6),
  product("Trekking Poles, Pair", "Ridgeline", "Poles", 9_900, 4),
  product("Hiking Map Harz", "Northwind Press", "Maps", 1_290, 4, "letter"),
  product("Hiking Map Saxon Switzerland", "Northwind Press", "Maps", 1_290, 4, "letter"),
  product("Repair Patches", "Lodd", "Care", 990, 4, "letter"),
  product("Boot Laces", "Ridgeline", "Care", 790, 4, "letter"),
  product("Gift Card", "Northwind Outdoor", "Gift cards", 5_000, 2, "digital"),
  product("GPX Routes: Alpine Huts", "Northwind Press", "Routes", 1_490, 2, "digital"),
];

/** Tiny Tea's products; prices in pence. */
export const teaCatalogue: Product[] = [
  product("First Flush Darjeeling 100 g", "Makai Garden", "Black tea", 1_450, 8),
  product("English Breakfast 250 g", "Tiny Tea", "Black tea", 1_150, 10),
  product("Earl Grey 125 g", "Tiny Tea", "Black tea", 850, 9),
  product("Sencha 100 g", "Uji Fields", "Green tea", 1_250, 6),
  product("Matcha 30 g", "Uji Fields", "Green tea", 2_450, 6),
  product("Oolong Milk Leaf 75 g", "Alishan House", "Oolong", 1_650, 4),
  product("Peppermint 80 g", "Tiny Tea", "Herbal", 650, 7),
  product("Rooibos Orange 100 g", "Tiny Tea", "Herbal", 790, 5),
  product("Glass Teapot 0.6 l", "Kiln & Co", "Teaware", 3_200, 3),
  product("Stoneware Mug", "Kiln & Co", "Teaware", 1_600, 4),
  product("Bamboo Whisk", "Uji Fields", "Teaware", 1_400, 3),
  product("Tea Sampler", "Tiny Tea", "Samplers", 990, 6, "letter"),
  product("Loose Leaf Filters", "Tiny Tea", "Teaware", 450, 5, "letter"),
  product("Gift Card", "Tiny Tea", "Gift cards", 2_500, 2, "digital"),
  product("Brewing Course", "Tiny Tea", "Courses", 1_900, 2, "digital"),
];

/** What each simulated shop sells, by its domain. */
export const catalogue: Record<string, Product[]> = {
  "northwind-outdoor.myshopify.com": outdoorCatalogue,
  "tiny-tea.myshopify.com": teaCatalogue,
};
