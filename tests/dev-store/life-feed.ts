/**
 * The webhooks of the orders' lives: as store time passes over what happens to an order, its checkout before it, its
 * parcels and scans, each happening goes out as Shopify would send it, with the state as it was then.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { DevStore } from "./dev-store";
import type { StoreOrder, StoreShop } from "./model";
import * as rest from "./rest-payloads";
import { createRandom, type Random } from "./simulator/random";

/** How webhooks go wrong on the way; shares of all, drawn from `seed`. */
export interface WebhookFaults {
  seed: string;
  /** Sent twice, with the same id. */
  duplicateShare: number;
  /** Held back until everything else that was due has been sent. */
  lateShare: number;
  /** Never sent. */
  loseShare: number;
  /** What is due goes out in any order. */
  reorder: boolean;
}

export interface Happening {
  at: number;
  topic: string;
  payload: () => Record<string, unknown>;
}

export interface LifeFeed {
  /** Sends what has happened by now and was not sent; resolves with the number of happenings when all is answered. */
  sendDue(): Promise<number>;
  stop(): Promise<void>;
}

const AT_ONCE = 16;
const A_SECOND = 400;
const LOOK_EVERY_MS = 500;

/** Everything that happens to an order and is sent, in order of time. */
export function happeningsOf(shop: StoreShop, order: StoreOrder): Happening[] {
  const happenings: Happening[] = [];
  const on = (at: number | null, topic: string, payload: (at: number) => Record<string, unknown>) => {
    if (at !== null) happenings.push({ at, topic, payload: () => payload(at) });
  };
  const updated = (at: number | null) => on(at, "orders/updated", (now) => rest.orderPayload(shop, order, now));

  if (order.checkoutToken !== null && order.sourceName === "web") {
    const checkout = (now: number) => rest.checkoutPayload(shop, order, now);
    on(order.placedAt - rest.CHECKOUT_LEAD_MS, "checkouts/create", checkout);
    on(order.placedAt - rest.CHECKOUT_LEAD_MS / 4, "checkouts/update", checkout);
    on(order.placedAt, "checkouts/update", checkout);
  }
  on(order.placedAt, "orders/create", (now) => rest.orderPayload(shop, order, now));
  on(order.placedAt, "order_transactions/create", () => rest.transactionPayload(shop, order));
  on(order.cancelledAt, "orders/cancelled", (now) => rest.orderPayload(shop, order, now));
  updated(order.cancelledAt);
  for (const { removed } of order.lineItems) {
    on(removed?.at ?? null, "orders/edited", () => ({ order_edit: { id: order.id, order_id: order.id } }));
    updated(removed?.at ?? null);
  }
  for (const { id, createdAt, holds } of order.fulfillmentOrders) {
    if (createdAt > order.placedAt) updated(createdAt);
    for (const hold of holds) {
      on(hold.from, "fulfillment_holds/added", () => rest.holdPayload(id, hold));
      on(hold.until, "fulfillment_holds/released", () => rest.holdPayload(id, hold));
      updated(hold.from);
      updated(hold.until);
    }
  }
  for (const parcel of order.fulfillments) {
    const payload = (now: number) => rest.fulfillmentPayload(order, parcel, now);
    on(parcel.createdAt, "fulfillments/create", payload);
    on(parcel.cancelledAt, "fulfillments/update", payload);
    updated(parcel.createdAt);
    updated(parcel.cancelledAt);
    for (const scan of parcel.scans) {
      on(scan.happenedAt, "fulfillment_events/create", () => rest.scanPayload(order, parcel, scan));
    }
  }
  for (const refund of order.refunds) {
    on(refund.at, "refunds/create", () => rest.refundPayload(shop, order, refund));
    updated(refund.at);
  }
  for (const returned of order.returns) {
    on(returned.createdAt, "returns/approve", () => rest.returnPayload(order, returned, "open"));
    on(returned.closedAt, "returns/close", () => ({ id: returned.id, order_id: order.id, status: "closed" }));
    updated(returned.createdAt);
    updated(returned.closedAt);
  }
  return happenings.sort((a, b) => a.at - b.at);
}

/**
 * Follows the lives of all orders from store time `since` on; of orders placed later, all of it. Nothing is sent of a
 * shop in which the app is not installed, nor of the time before it was. With `byItself` it looks twice a second;
 * `domains` narrows it to some shops.
 */
export function openLifeFeed(
  store: DevStore,
  since: number,
  { byItself, domains = null }: { byItself: boolean; domains?: string[] | null },
): LifeFeed {
  const known = new Set<StoreOrder>();
  let pending: (Happening & { domain: string })[] = [];
  let stopped = false;
  store.followsLives = true;

  const notice = (from: number) => {
    const before = pending.length;
    for (const shop of store.shops.values()) {
      if (!store.installation(shop.domain) || domains?.includes(shop.domain) === false) continue;
      for (const order of shop.orders) {
        if (known.has(order)) continue;
        known.add(order);
        for (const one of happeningsOf(shop, order)) {
          if (one.at > from) pending.push({ ...one, domain: shop.domain });
        }
      }
    }
    if (pending.length > before) pending.sort((a, b) => a.at - b.at);
  };

  const sendDue = async () => {
    notice(since);
    const now = store.clock.now();
    const count = pending.findIndex((one) => one.at > now);
    const due = count === -1 ? pending : pending.slice(0, count);
    pending = count === -1 ? [] : pending.slice(count);
    const wanted = due.filter(({ domain, at }) => at >= (store.installation(domain)?.installedAt ?? Infinity));
    const faulty = withFaults(wanted, store.faults.webhooks);
    const started = Date.now();
    let sent = 0;
    const sendOne = async () => {
      for (let one = faulty[sent]; one && !stopped; one = faulty[sent]) {
        sent += 1;
        if (byItself) await sleep(Math.max(0, (sent / A_SECOND) * 1000 - (Date.now() - started)));
        const { domain, topic, at, duplicate } = one;
        await store.sendWebhook(domain, topic, one.payload(), { triggeredAt: at, duplicate });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, sendOne));
    return faulty.length;
  };

  const following = byItself ? follow(sendDue, () => stopped) : Promise.resolve();
  return {
    sendDue,
    async stop() {
      stopped = true;
      store.followsLives = false;
      await following;
    },
  };
}

async function follow(sendDue: () => Promise<number>, stopped: () => boolean): Promise<void> {
  while (!stopped()) {
    await sendDue();
    await sleep(LOOK_EVERY_MS, undefined, { ref: false });
  }
}

function withFaults<One extends Happening>(
  due: One[],
  faults: WebhookFaults | null,
): (One & { duplicate: boolean })[] {
  if (!faults) return due.map((one) => ({ ...one, duplicate: false }));
  const random = createRandom(`${faults.seed}/${due[0]?.at ?? 0}/${due.length}`);
  const arriving = due
    .filter(() => !hits(random, faults.loseShare))
    .map((one) => ({
      ...one,
      duplicate: hits(random, faults.duplicateShare),
      late: hits(random, faults.lateShare),
      place: faults.reorder ? random() : 0,
    }));
  return arriving.sort((a, b) => Number(a.late) - Number(b.late) || a.place - b.place);
}

function hits(random: Random, share: number): boolean {
  return random() < share;
}
