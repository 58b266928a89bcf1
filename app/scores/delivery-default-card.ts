import { type Bin, compileDeliveryCard, type DeliveryCard } from "~/scores/delivery-card";

/** A bin: the largest value in it, its weight in log-odds, its name, and why it weighs that. */
function bin(upTo: number, weight: number, label: string, why: string): Bin {
  return { upTo, weight, label, why };
}

/**
 * The scorecard every shop starts with, set by hand from what is published on why shoppers rate a delivery badly: not
 * having the parcel when it was due comes far before anything else, then a broken promise (steep for the first days,
 * flat after), then something wrong in the parcel, and only then speed. Weights are round numbers; log-odds of +0.7
 * double the odds of a bad rating, +2.3 make them tenfold. Nothing in it is fitted to any shop's answers.
 *
 * Promise bounds in whole days: a promise is a day to a shopper, so the rest of that day costs little.
 */
export const DEFAULT_DELIVERY_CARD: DeliveryCard = {
  version: "delivery-default-2",
  base: { logOdds: -3, why: "About 1 in 20 rates badly what went without a fault: the product, the mood, the price." },
  bins: {
    // Days from the promise to the arrival.
    promise_broken: [
      bin(0, 0, "kept", "As promised is what was expected."),
      bin(1, 0.5, "up to a day late", "Many promises name a day; its evening still passes as kept for some."),
      bin(2, 1, "up to 2 days late", "A broken promise; plans were made for the day."),
      bin(4, 1.8, "up to 4 days late", "The steep part: patience is lost within days."),
      bin(7, 2.3, "up to a week late", "Most have asked where it is by now."),
      bin(Infinity, 2.6, "over a week late", "Plateau: whoever waited this long is lost either way."),
    ],
    // Days from the promise to now, the parcel not being there.
    promise_overdue: [
      bin(0, 0, "not due yet", "Nothing is broken while there is time left."),
      bin(1, 1.5, "up to a day over", "Due and not there; may still come with the evening round."),
      bin(2, 2.8, "up to 2 days over", "Not having it when asked is the strongest single cause of a bad rating."),
      bin(4, 3.2, "up to 4 days over", "Not there, and no longer excused."),
      bin(7, 3.5, "up to a week over", "Shoppers begin to think it lost."),
      bin(Infinity, 3.7, "over a week over", "Plateau: lost, for all the shopper can tell."),
    ],
    // Scale of `slowness`: 1 median, 2 the 80 % quantile, 3 the 95 % quantile of the method and region.
    slower_than_usual: [
      bin(2, 0, "as four in five", "What most shoppers see is what is usual."),
      bin(3, 0.25, "slowest fifth", "Neighbours get theirs sooner."),
      bin(4, 0.4, "slower than 95 in 100", "Unusual for the method, whatever was promised."),
      bin(Infinity, 0.6, "far slower than ever usual", "Something went wrong on the way."),
    ],
    slower_than_usual_unpromised: [
      bin(2, 0, "as four in five", "With nothing promised, the usual time sets what is expected."),
      bin(3, 0.7, "slowest fifth", "Past what most shoppers see."),
      bin(4, 1.4, "slower than 95 in 100", "Felt like a broken promise, though none was made."),
      bin(Infinity, 2.2, "far slower than ever usual", "Below a promise as long overdue: nobody was told a date."),
    ],
    // Days from purchase to arrival, or to now.
    long_wait: [
      bin(10, 0, "within 10 days", "Accepted for ordinary shipping; a promise or the usual time says when it is slow."),
      bin(15, 0.2, "11 to 15 days", "Long, and only partly excused by an honest promise."),
      bin(20, 0.4, "16 to 20 days", "Long enough to have forgotten about it, or to have bought elsewhere."),
      bin(25, 0.6, "21 to 25 days", "Over three weeks disappoints even where it was announced."),
      bin(30, 0.9, "26 to 30 days", "A month."),
      bin(Infinity, 1.2, "over 30 days", "Plateau."),
    ],
    // Days from purchase to the first fulfilment, or to now.
    slow_handling: [
      bin(3, 0, "within 3 days", "A weekend may lie between."),
      bin(5, 0.1, "4 to 5 days", "A working week is more than most shops take."),
      bin(8, 0.2, "6 to 8 days", "Nothing seems to happen for over a week."),
      bin(14, 0.4, "9 to 14 days", "Shoppers begin to ask."),
      bin(Infinity, 0.6, "over 2 weeks", "Looks forgotten; the transport that follows cannot make it good."),
    ],
    // Hours since the last scan, as a multiple of what 95 of 100 of the carrier's waits stay within.
    silence: [
      bin(1, 0, "as usual", "The carrier is often silent this long."),
      bin(1.5, 0.4, "longer than usual", "One in twenty is; some shoppers look every day."),
      bin(2.5, 0.8, "twice the usual", "A parcel nobody sees."),
      bin(4, 1.2, "three times the usual", "Likely stuck."),
      bin(Infinity, 1.5, "far longer than usual", "Likely lost."),
    ],
    failed_attempt: [
      bin(0, 0, "none", "Came at the first try."),
      bin(1, 0.5, "one", "A trip to the depot, or another day at home."),
      bin(Infinity, 1, "several", "The shopper does the carrier's work."),
    ],
    delay_reported: [
      bin(0, 0, "none", "No bad news."),
      bin(Infinity, 0.3, "reported", "Bad news, but told: the delay itself is counted where it shows."),
    ],
    // 0 none; 1 a failure, but it arrived; 2 a failure, and it has not arrived.
    delivery_failed: [
      bin(0, 0, "none", "No failure."),
      bin(1, 0.6, "failed, then arrived", "Made good, after trouble."),
      bin(Infinity, 1.8, "failed", "Given up by the carrier; the shopper has nothing."),
    ],
    split_parcels: [
      bin(1, 0, "one parcel", "All at once."),
      bin(2, 0.8, "two parcels", "The first looks like an incomplete order; someone has to be at home twice."),
      bin(Infinity, 1.1, "three or more", "Hard to follow what has come and what has not."),
    ],
    // Share of the items taken off the order by the shop.
    items_removed: [
      bin(0, 0, "none", "Complete."),
      bin(0.34, 1, "up to a third", "Not what was ordered, though most came."),
      bin(Infinity, 1.6, "over a third", "Much of what was wanted is missing."),
    ],
    out_of_stock: [
      bin(0, 0, "no", "In stock."),
      bin(Infinity, 1, "held for want of stock", "Sold what was not there."),
    ],
    // 0 not cancelled, or by the shopper; 1 payment declined or fraud; 2 by the shop; 3 for want of stock.
    cancelled: [
      bin(0, 0, "no", "Nothing called off by the shop."),
      bin(1, 1, "payment or fraud", "Unpleasant, but the shopper may know why."),
      bin(2, 2.2, "by the shop", "Paid for, waited for, not sent."),
      bin(Infinity, 3, "for want of stock", "Sold what was not there, and then not sent: about 1 in 2 rates it badly."),
    ],
    // 0 none, or a matter of taste; 1 late or not as described; 2 wrong, damaged or incomplete.
    returned_at_fault: [
      bin(0, 0, "no", "Kept, or sent back for reasons of taste or size."),
      bin(1, 1.5, "late or not as described", "The shopper says so by sending it back."),
      bin(Infinity, 2.3, "wrong or damaged", "The parcel came, the order did not."),
    ],
    // Days to the refund.
    slow_refund: [
      bin(7, 0, "within a week", "What card refunds take anyway."),
      bin(14, 0.3, "within 2 weeks", "Noticed on the statement."),
      bin(30, 0.6, "within a month", "Shoppers write and ask."),
      bin(Infinity, 1, "over a month", "Feels kept."),
    ],
    // Shipping price as a share of the goods.
    shipping_price: [
      bin(0.25, 0, "up to a quarter", "In proportion, and accepted at checkout."),
      bin(0.5, 0.1, "up to half", "Accepted, but expectations rise with the price."),
      bin(Infinity, 0.2, "over half", "The shopper paid nearly as much for the way as for the goods."),
    ],
  },
};

/** The default card, ready to score with. */
export const defaultDeliveryCard = compileDeliveryCard(DEFAULT_DELIVERY_CARD);
