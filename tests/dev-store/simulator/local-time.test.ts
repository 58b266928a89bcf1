import { describe, expect, it } from "vitest";
import { addWorkdays, DAY, HOUR, instantOf, isoDay, wallTime } from "./local-time";

describe("wall time", () => {
  it("follows the zone through its changes of clock", () => {
    expect(wallTime("Europe/Berlin", Date.UTC(2026, 0, 10, 12))).toBe(Date.UTC(2026, 0, 10, 13));
    expect(wallTime("Europe/Berlin", Date.UTC(2026, 6, 10, 12))).toBe(Date.UTC(2026, 6, 10, 14));
    expect(wallTime("Europe/Berlin", Date.UTC(2026, 9, 25, 0, 59))).toBe(Date.UTC(2026, 9, 25, 2, 59));
    expect(wallTime("Europe/Berlin", Date.UTC(2026, 9, 25, 1, 0))).toBe(Date.UTC(2026, 9, 25, 2, 0));
    expect(wallTime("America/New_York", Date.UTC(2026, 10, 1, 6))).toBe(Date.UTC(2026, 10, 1, 1));
  });

  it("comes back to the instant it was read from", () => {
    for (const zone of ["Europe/Berlin", "America/Sao_Paulo", "America/New_York", "UTC"]) {
      for (let instant = Date.UTC(2017, 0, 1); instant < Date.UTC(2019, 0, 1); instant += 5.5 * HOUR) {
        const back = instantOf(zone, wallTime(zone, instant));
        expect(back === instant || back === instant - HOUR).toBe(true);
      }
    }
  });

  it("takes the first of two instants in autumn and moves on from the missing hour in spring", () => {
    expect(instantOf("Europe/Berlin", Date.UTC(2026, 9, 25, 2, 30))).toBe(Date.UTC(2026, 9, 25, 0, 30));
    const missing = instantOf("Europe/Berlin", Date.UTC(2026, 2, 29, 2, 30));
    expect(wallTime("Europe/Berlin", missing)).toBe(Date.UTC(2026, 2, 29, 3, 30));
  });
});

describe("workdays", () => {
  const friday = Date.UTC(2026, 10, 20, 15);

  it("skip Sundays, Saturdays where nobody works, and Christmas", () => {
    expect(isoDay(addWorkdays(friday, 1, true))).toBe("2026-11-21");
    expect(isoDay(addWorkdays(friday, 1, false))).toBe("2026-11-23");
    expect(isoDay(addWorkdays(friday + 2 * DAY, 0, true))).toBe("2026-11-23");
    expect(isoDay(addWorkdays(Date.UTC(2026, 11, 24), 1, true))).toBe("2026-12-28");
  });
});
