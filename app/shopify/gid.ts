/** The number at the end of a global id: "gid://shopify/Order/42" → "42". A decimal string, since ids outgrow doubles. */
export function legacyId(gid: string): string {
  const number = gid.slice(gid.lastIndexOf("/") + 1).split("?")[0]!;
  if (!/^\d+$/.test(number)) throw new Error(`not a numeric global id: ${gid}`);
  return number;
}
