import { prisma, forShop, closeDatabase } from "~/db.server";
import { recordHistory, scoreHistory } from "~/jobs/handlers/advance-backfill.server";

/** What the worker process of the `backfill` benchmark prints as its last line. */
export interface BackfillTimes {
  recordMs: number;
  scoreMs: number;
  cpuMs: number;
  maxRssMb: number;
}

// What the worker does once Shopify's files are ready, in a process like the worker's: node … SHOP_ID NOW FILES.
const [shopId, now, files] = process.argv.slice(2);
const shop = await prisma.shop.findUniqueOrThrow({ where: { id: Number(shopId) } });
const scope = forShop(shop.id);
const requestedAt = new Date(Number(now));
const backfill = await scope.entities((tx) =>
  tx.backfill.create({ data: { shopId: shop.id, id: 1, state: "recording", requestedAt } }),
);
const started = performance.now();
await recordHistory(scope, shop, backfill, JSON.parse(files!), Number(now));
const recorded = performance.now();
await scoreHistory(scope, shop, backfill, Number(now));
const scored = performance.now();
await closeDatabase();
const used = process.resourceUsage();
const times: BackfillTimes = {
  recordMs: recorded - started,
  scoreMs: scored - recorded,
  cpuMs: (used.userCPUTime + used.systemCPUTime) / 1000,
  maxRssMb: used.maxRSS / 1024,
};
process.stdout.write(`${JSON.stringify(times)}\n`);
