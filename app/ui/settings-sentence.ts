import type { MethodPromises } from "~/views/promise-settings.server";
import { count, type Writing } from "./format";

/** The sentence Settings opens with: how many methods promise nothing yet. */
export function settingsSentence(methods: MethodPromises[], writing: Writing): { sentence: string; detail: string } {
  const silent = methods.filter((one) => one.days === null && one.orders > one.quoted);
  const orders = silent.reduce((sum, one) => sum + one.orders - one.quoted, 0);
  if (methods.length === 0) {
    return { sentence: "There is nothing to set yet.", detail: "Shipping methods show here with the first orders." };
  }
  if (silent.length === 0) {
    return { sentence: "Every shipping method has a promise.", detail: "Each order can be judged as on time or late." };
  }
  const many =
    silent.length === 1 ? "One shipping method promises" : `${count(silent.length, writing)} shipping methods promise`;
  return {
    sentence: `${many} shoppers nothing.`,
    detail: `${count(orders, writing)} orders of the last half year count as neither on time nor late for that.`,
  };
}
