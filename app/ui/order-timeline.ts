import type { KnownHappening, OrderDetail } from "~/views/order-detail.server";
import { counted, dayAndTime, duration, money, type Writing } from "./format";
import { fromCode } from "./order-words";

export interface TimelineEntry {
  key: string;
  at: number;
  /** The last of several happenings that stand as one. */
  until?: number;
  title: string;
  detail: string | null;
  /** Good and bad news, what is only expected, and the plain rest. */
  weight: "plain" | "good" | "bad" | "expected";
}

const ON_THE_WAY = "Scanned on the way";

const SCANS: Record<string, { title: string; weight: TimelineEntry["weight"] }> = {
  LABEL_PURCHASED: { title: "Label bought", weight: "plain" },
  LABEL_PRINTED: { title: "Label printed", weight: "plain" },
  CONFIRMED: { title: "Announced to the carrier", weight: "plain" },
  CARRIER_PICKED_UP: { title: "Handed over to the carrier", weight: "plain" },
  IN_TRANSIT: { title: ON_THE_WAY, weight: "plain" },
  DELAYED: { title: "Carrier reports a delay", weight: "bad" },
  OUT_FOR_DELIVERY: { title: "Out for delivery", weight: "plain" },
  ATTEMPTED_DELIVERY: { title: "Delivery attempt failed", weight: "bad" },
  READY_FOR_PICKUP: { title: "Ready to be picked up", weight: "plain" },
  DELIVERED: { title: "Delivered", weight: "good" },
  FAILURE: { title: "Delivery failed", weight: "bad" },
};

const HOLDS: Record<string, string> = {
  INVENTORY_OUT_OF_STOCK: "something is out of stock",
  AWAITING_PAYMENT: "the payment is awaited",
  INCORRECT_ADDRESS: "the address is not right",
  HIGH_RISK_OF_FRAUD: "it may be fraud",
};

/** An hour: hearing of something later than this is worth saying. */
const LATE_NEWS_MS = 3_600_000;

/** What happened to an order and what was promised, in order of time, in words. */
export function orderTimeline(order: OrderDetail, now: number, writing: Writing): TimelineEntry[] {
  const { placedAt, promisedAt, promiseSource } = order;
  const entries: TimelineEntry[] = [
    { key: "placed", at: placedAt, title: "Ordered", detail: orderedDetail(order, writing), weight: "plain" },
    ...order.happenings.flatMap((happening) => entryOf(happening, order, now, writing)),
  ];
  if (promisedAt !== null) {
    const kept = order.deliveredAt !== null && order.deliveredAt <= promisedAt;
    entries.push({
      key: "promise-due",
      at: promisedAt,
      title: "Promised arrival",
      detail: [
        promiseSource === "merchant" ? "Your own promise for the method." : "Quoted at the checkout.",
        kept ? "Kept." : promisedAt > now ? "" : lateBy(order, promisedAt, now, writing),
      ]
        .filter(Boolean)
        .join(" "),
      weight: "expected",
    });
  }
  return foldScans(entries.sort((a, b) => a.at - b.at));
}

/** Scans of a parcel on the way that follow each other say no more than their number. */
function foldScans(entries: TimelineEntry[]): TimelineEntry[] {
  const folded: (TimelineEntry & { scans: number })[] = [];
  for (const entry of entries) {
    const last = folded.at(-1);
    if (last && entry.title === ON_THE_WAY && last.title === ON_THE_WAY && last.detail === entry.detail) {
      folded[folded.length - 1] = { ...last, until: entry.at, scans: last.scans + 1 };
    } else {
      folded.push({ ...entry, scans: 1 });
    }
  }
  return folded.map(({ scans, ...entry }) => (scans > 1 ? { ...entry, title: `${ON_THE_WAY} ${scans} times` } : entry));
}

function entryOf(happening: KnownHappening, order: OrderDetail, now: number, writing: Writing): TimelineEntry[] {
  const entry = (title: string, detail: string | null, weight: TimelineEntry["weight"] = "plain"): TimelineEntry[] => [
    {
      key: happening.eventKey,
      at: happening.happenedAt,
      title,
      detail: [detail, lateNews(happening, now, writing)].filter(Boolean).join(" · ") || null,
      weight,
    },
  ];
  switch (happening.kind) {
    // What an order says of itself stands at the head of the screen.
    case "described":
    case "scan_withdrawn":
      return [];
    case "promised":
      return entry("Delivery promised", `By ${dayAndTime(happening.value.at, now, writing)}`);
    case "held":
      return entry("On hold", `Because ${HOLDS[happening.value.reason] ?? "of a hold in Shopify"}`, "bad");
    case "hold_released":
      return entry("No longer on hold", null);
    case "items_removed": {
      const items = counted(happening.value.quantity, "item", "items", writing);
      return entry("Taken off the order", items, "bad");
    }
    case "cancelled":
      return entry("Cancelled", happening.value.reason ? `Reason: ${fromCode(happening.value.reason)}` : null, "bad");
    case "fulfilled": {
      const { carrier, quantity, shipmentId } = happening.value;
      const items = counted(quantity, "item", "items", writing);
      return entry(
        "Sent",
        [parcelOf(shipmentId, order), carrier ?? "no carrier named", items].filter(Boolean).join(" · ")
      );
    }
    case "fulfilment_cancelled":
      return entry("Sending called off", parcelOf(happening.value.shipmentId, order), "bad");
    case "scanned": {
      const { shipmentId, status } = happening.value;
      const scan = SCANS[status] ?? { title: fromCode(status), weight: "plain" as const };
      const carrier = order.parcels.find((parcel) => parcel.shipmentId === shipmentId)?.carrier ?? null;
      return entry(scan.title, [parcelOf(shipmentId, order), carrier].filter(Boolean).join(" · "), scan.weight);
    }
    case "refunded":
      return entry("Refunded", money(happening.value.amountMinor, writing));
    case "returned": {
      const { quantity, reasons } = happening.value;
      const items = counted(quantity, "item", "items", writing);
      return entry("Return opened", [items, reasons.map(fromCode).join(", ")].filter(Boolean).join(" · "), "bad");
    }
    case "return_withdrawn":
      return entry("Return called off", null);
  }
}

/** Which parcel of several; nothing where there is only one. */
function parcelOf(shipmentId: string, order: OrderDetail): string | null {
  const index = order.parcels.findIndex((parcel) => parcel.shipmentId === shipmentId);
  return order.parcels.length > 1 && index >= 0 ? `Parcel ${index + 1}` : null;
}

function lateNews(happening: KnownHappening, now: number, writing: Writing): string | null {
  if (happening.kind === "held" || happening.kind === "hold_released" || happening.kind === "items_removed" || happening.kind === "fulfilment_cancelled") {
    return "time of the reading that showed it";
  }
  if (happening.assumed || happening.knownAt - happening.happenedAt < LATE_NEWS_MS) return null;
  return `known since ${dayAndTime(happening.knownAt, now, writing)}`;
}

function orderedDetail(order: OrderDetail, writing: Writing): string {
  const items = counted(order.items, "item", "items", writing);
  return [items, money(order.totalMinor, writing), order.method].filter(Boolean).join(" · ");
}

function lateBy(order: OrderDetail, promisedAt: number, now: number, writing: Writing): string {
  if (order.state === "unknown") return "Its carrier does not report arrivals, so whether it was kept is not known.";
  if (order.state === "cancelled") return "";
  const until = order.deliveredAt ?? now;
  const late = duration((until - promisedAt) / 3_600_000, writing);
  return order.deliveredAt === null ? `Passed ${late} ago.` : `It came ${late} later.`;
}
