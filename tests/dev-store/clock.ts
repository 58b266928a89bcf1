import { writeFileSync } from "node:fs";

/** How store time follows real time: `anchorStore + (real − anchorReal) × speed`, all epoch milliseconds. */
export interface ClockAnchor {
  anchorReal: number;
  anchorStore: number;
  speed: number;
}

export interface StoreClock {
  /** Store time, epoch milliseconds. */
  now(): number;
  /** Moves store time forward by `ms` at once; a clock never goes back, so a negative or infinite `ms` throws. */
  advance(ms: number): void;
  /** Store seconds per real second; 0 stands still. */
  setSpeed(factor: number): void;
  readonly speed: number;
  /** The anchor other processes follow; null when the clock is kept in memory only. */
  readonly file: string | null;
}

/**
 * A clock that starts at `start` (epoch ms of store time). With `file`, each change is written there as a
 * {@link ClockAnchor}, which is what `preload.mjs` reads in the web and worker processes.
 */
export function createClock(start: number, file: string | null = null): StoreClock {
  let anchor: ClockAnchor = { anchorReal: Date.now(), anchorStore: start, speed: 1 };
  const now = () => Math.round(anchor.anchorStore + (Date.now() - anchor.anchorReal) * anchor.speed);
  const set = (next: ClockAnchor) => {
    anchor = next;
    if (file) writeFileSync(file, JSON.stringify(anchor));
  };
  set(anchor);
  return {
    now,
    advance(ms) {
      if (!Number.isFinite(ms) || ms < 0) throw new RangeError(`The store clock only goes forward, not by ${ms} ms`);
      set({ anchorReal: Date.now(), anchorStore: now() + ms, speed: anchor.speed });
    },
    setSpeed(factor) {
      if (!Number.isFinite(factor) || factor < 0) throw new RangeError(`Not a speed of the store clock: ${factor}`);
      set({ anchorReal: Date.now(), anchorStore: now(), speed: factor });
    },
    get speed() {
      return anchor.speed;
    },
    file,
  };
}
