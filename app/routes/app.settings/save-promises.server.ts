import type { ShopScope } from "~/db.server";

/** Sets the promise of each method named, or takes it away where `days` is null; all of it or nothing. */
export async function savePromises(
  scope: ShopScope,
  promises: { method: string; days: number | null }[]
): Promise<void> {
  const { shopId } = scope;
  await scope.entities(async (tx) => {
    for (const { method, days } of promises) {
      if (days === null) {
        await tx.methodPromise.deleteMany({ where: { shopId, method } });
        continue;
      }
      await tx.methodPromise.upsert({
        where: { shopId_method: { shopId, method } },
        create: { shopId, method, days },
        update: { days },
      });
    }
  });
}
