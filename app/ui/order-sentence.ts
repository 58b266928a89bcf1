import { bandOf } from "~/views/order-filters";
import type { OrderDetail } from "~/views/order-detail.server";
import { mainReason } from "~/views/score-reasons";
import { reasonSentence } from "./delivery-reason";
import { decimal, type Writing } from "./format";
import { leftOutSentence } from "./order-words";

/** The sentence an order opens with: how it went or goes, and the main reason. */
export function orderSentence(order: OrderDetail, now: number, writing: Writing): { sentence: string; detail: string } {
  if (order.leftOut !== null) {
    return { sentence: "This order has no delivery score.", detail: leftOutSentence(order.leftOut) };
  }
  if (!order.score) {
    return { sentence: "This order is not scored yet.", detail: "The score follows within minutes." };
  }
  const { score, reasons } = order.score;
  const open = order.state === "waiting" || order.state === "on_the_way";
  const band = { hard: "A hard delivery", strained: "A strained delivery", easy: "An easy delivery" }[bandOf(score)];
  const main = mainReason(reasons);
  return {
    sentence: `${band}${open ? " so far" : ""}: ${decimal(score, 0, writing)} out of 100.`,
    detail: main ? reasonSentence(main, now, writing) : open ? "Nothing has gone wrong." : "Nothing went wrong.",
  };
}
