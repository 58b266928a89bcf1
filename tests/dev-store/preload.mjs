/**
 * node --import ./tests/dev-store/preload.mjs: lets an unchanged Ease meet the dev store instead of Shopify.
 * - fetch to https://*.myshopify.com goes to the dev store at 127.0.0.1:$DEV_STORE_PORT, its Host kept;
 *   any other host but this machine is refused.
 * - With $DEV_STORE_CLOCK_FILE, Date follows the store clock: { anchorReal, anchorStore, speed } in that file.
 */
import { readFileSync, statSync } from "node:fs";
import { Agent, setGlobalDispatcher } from "undici";

const SHOP_HOST = /^[a-z0-9][a-z0-9-]*\.myshopify\.com$/;
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

const toDevStore = (dispatch) => (options, handler) => {
  const origin = new URL(options.origin);
  if (LOOPBACK.test(origin.hostname)) return dispatch(options, handler);
  const port = process.env.DEV_STORE_PORT;
  if (!SHOP_HOST.test(origin.hostname) || !port) {
    throw new Error(`No network here: ${origin.origin} is neither a shop of the dev store nor this machine`);
  }
  const headers = withHost(options.headers, origin.hostname);
  return dispatch({ ...options, origin: `http://127.0.0.1:${port}`, headers }, handler);
};

function withHost(headers, host) {
  if (Array.isArray(headers)) {
    const kept = [];
    for (let i = 0; i < headers.length; i += 2) {
      if (String(headers[i]).toLowerCase() !== "host") kept.push(headers[i], headers[i + 1]);
    }
    return [...kept, "host", host];
  }
  const entries = headers
    ? typeof headers[Symbol.iterator] === "function"
      ? [...headers]
      : Object.entries(headers)
    : [];
  return { ...Object.fromEntries(entries.filter(([name]) => name.toLowerCase() !== "host")), host };
}

setGlobalDispatcher(new Agent().compose(toDevStore));

if (process.env.DEV_STORE_CLOCK_FILE) followStoreClock(process.env.DEV_STORE_CLOCK_FILE);

function followStoreClock(file) {
  const RealDate = Date;
  const realNow = RealDate.now.bind(RealDate);
  const READ_EVERY_MS = 100;
  let anchor = null;
  let modified = -1;
  let looked = -Infinity;

  const readAnchor = (at) => {
    if (at - looked < READ_EVERY_MS && at >= looked) return;
    looked = at;
    try {
      const { mtimeMs } = statSync(file);
      if (mtimeMs === modified) return;
      anchor = JSON.parse(readFileSync(file, "utf8"));
      modified = mtimeMs;
    } catch {
      // The file is about to be written: the last anchor holds until it is there again.
    }
  };
  const storeNow = () => {
    const at = realNow();
    readAnchor(at);
    return anchor ? Math.round(anchor.anchorStore + (at - anchor.anchorReal) * anchor.speed) : at;
  };

  const StoreDate = new Proxy(RealDate, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [storeNow()] : args, newTarget === StoreDate ? target : newTarget),
    apply: () => new RealDate(storeNow()).toString(),
    get: (target, key) => (key === "now" ? storeNow : Reflect.get(target, key)),
  });
  RealDate.prototype.constructor = StoreDate;
  globalThis.Date = StoreDate;
}
