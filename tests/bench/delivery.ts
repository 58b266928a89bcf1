import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";

import { deliveryContext, usualTimesOf } from "~/scores/delivery-context";
import { defaultDeliveryCard } from "~/scores/delivery-default-card";
import { scoreDelivery } from "~/scores/delivery-score";

import type { Benchmark } from "./bench";
import { knownBefore, readMarketplaceOrders, receivedWhenAsked, stateWhenAsked } from "./marketplace-orders";
import { auc, averagePrecision, brier, calibrationError } from "./ranking";

const DAY = 86_400_000;
const TEST_SHARE = 0.3;
const BAD_STARS = 2;
/** Above every duration: who has nothing yet ranks behind everybody who has it. */
const NOT_RECEIVED = 1e6;

/** The default scorecard against what real shoppers answered, by the protocol: as of asking, month by month. */
export const deliveryBenchmark: Benchmark = {
  what: "delivery scorecard (default card) against what real shoppers answered",
  flags: "--data DIR, with orders.csv.gz",
  async run({ data }) {
    if (data === undefined) throw new Error("say where orders.csv.gz lies: --data DIR");
    const path = join(data, "orders.csv.gz");
    const orders = await readMarketplaceOrders(path);
    const answered = orders.filter((order) => order.stars !== null && order.askedAt !== null);
    answered.sort((a, b) => a.askedAt! - b.askedAt!);
    const test = answered.slice(Math.floor(answered.length * (1 - TEST_SHARE)));
    if (test.length === 0) throw new Error(`no answered orders in ${path}`);

    const probability = new Float64Array(test.length);
    const lateness = new Float64Array(test.length);
    const receivedThenTotal = new Float64Array(test.length);
    const bad = test.map((order) => order.stars! <= BAD_STARS);
    const received = test.map((order) => receivedWhenAsked(order, order.askedAt!));
    const lost = new Map<string, { orders: number; points: number }>();
    let month = -Infinity;
    let context = deliveryContext([], []);
    let scoringMs = 0;

    for (const [index, order] of test.entries()) {
      const askedAt = order.askedAt!;
      const monthStart = startOfMonth(askedAt);
      if (monthStart !== month) {
        const known = knownBefore(orders, monthStart);
        context = deliveryContext(usualTimesOf(known.deliveries), known.habits);
        month = monthStart;
      }
      const { state, asOf } = stateWhenAsked(order, askedAt);
      const started = performance.now();
      const { score, reasons } = scoreDelivery(state, asOf, context, defaultDeliveryCard);
      scoringMs += performance.now() - started;
      probability[index] = 1 - score / 100;
      for (const { code, points } of reasons) {
        const sum = lost.get(code) ?? { orders: 0, points: 0 };
        lost.set(code, { orders: sum.orders + 1, points: sum.points + points });
      }
      const end = received[index] ? order.deliveredAt! : askedAt;
      lateness[index] = (end - (order.promisedAt ?? end)) / DAY;
      receivedThenTotal[index] = (received[index] ? 0 : NOT_RECEIVED) + (end - order.purchasedAt) / DAY;
    }

    const of = (flags: boolean[], values: Float64Array) => values.filter((_, index) => flags[index]);
    const badReceived = bad.filter((_, index) => received[index]);
    const calibration = calibrationError(probability, bad);
    const result = {
      n: test.length,
      auc: round(auc(probability, bad)),
      aucReceived: round(auc(of(received, probability), badReceived)),
      prAuc: round(averagePrecision(probability, bad)),
      brier: round(brier(probability, bad)),
      ece: round(calibration.ece),
      baseline: { lateness: round(auc(lateness, bad)), receivedThenTotal: round(auc(receivedThenTotal, bad)) },
    };

    const badShare = bad.filter(Boolean).length / test.length;
    const meanPredicted = probability.reduce((sum, value) => sum + value, 0) / test.length;
    console.log(`delivery: ${defaultDeliveryCard.version}, nothing fitted on this data`);
    console.log(`machine:  ${cpus()[0]?.model ?? "unknown"}, ${availableParallelism()} cores, Node ${process.version}`);
    console.log(
      `sizes:    ${orders.length} orders, ${answered.length} answered; test: the last ${test.length}, ` +
        `${date(test[0]!.askedAt!)} to ${date(test.at(-1)!.askedAt!)}, ${badReceived.length} received when asked`,
    );
    console.log(`speed:    ${Math.round((test.length / scoringMs) * 1000)} scores/s on one core\n`);
    console.table({
      [defaultDeliveryCard.version]: { auc: result.auc, aucReceived: result.aucReceived, prAuc: result.prAuc },
      "lateness alone": {
        auc: result.baseline.lateness,
        aucReceived: round(auc(of(received, lateness), badReceived)),
        prAuc: round(averagePrecision(lateness, bad)),
      },
      "not received, then total time": {
        auc: result.baseline.receivedThenTotal,
        aucReceived: round(auc(of(received, receivedThenTotal), badReceived)),
        prAuc: round(averagePrecision(receivedThenTotal, bad)),
      },
    });
    console.log(
      `brier ${result.brier} (always saying the test's own share: ${round(badShare * (1 - badShare))}), ` +
        `ece ${result.ece}; ${percent(meanPredicted)} bad expected, ${percent(badShare)} happened`,
    );
    console.table(
      calibration.bins.map((bin) => ({ n: bin.n, expected: percent(bin.predicted), happened: percent(bin.happened) })),
    );
    console.table(
      Object.fromEntries(
        [...lost]
          .sort(([, a], [, b]) => b.points - a.points)
          .map(([code, sum]) => [code, { orders: sum.orders, pointsAnOrder: round(sum.points / test.length) }]),
      ),
    );
    return result;
  },
};

function startOfMonth(at: number): number {
  const day = new Date(at);
  return Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), 1);
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function date(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
