import { describe, expect, it } from "vitest";
import {
  calendarDay,
  counted,
  countryName,
  day,
  dayAndTime,
  decimal,
  duration,
  isoDayIn,
  money,
  points,
  share,
  writtenLocale,
  type Writing,
} from "./format";

const london: Writing = { locale: "en-GB", currency: "EUR", timeZone: "Europe/London" };
const now = Date.parse("2026-11-22T12:00:00Z");

describe("money", () => {
  it("divides by the currency's own minor unit", () => {
    expect(money(123456, london)).toBe("€1,234.56");
    expect(money(1234, { ...london, currency: "JPY" })).toBe("JP¥1,234");
    expect(money(1234, { ...london, currency: "KWD" })).toMatch(/1\.234$/);
  });
});

describe("points", () => {
  it("writes what was taken with a true minus, what was given back with a plus, and nothing as nothing", () => {
    expect(points(9.14, london)).toBe("−9.1");
    expect(points(-0.4, london)).toBe("+0.4");
    expect(points(0.04, london)).toBe("0.0");
    expect(points(-0.04, london)).toBe("0.0");
  });
});

describe("decimal", () => {
  it("never writes a negative zero", () => {
    expect(decimal(-0.01, 1, london)).toBe("0");
    expect(decimal(-1.26, 1, london)).toBe("-1.3");
  });
});

describe("share", () => {
  it("keeps a difference to nothing and to all visible", () => {
    expect(share(0.873, london)).toBe("87%");
    expect(share(0.998, london)).toBe("99.8%");
    expect(share(0.004, london)).toBe("0.4%");
    expect(share(1, london)).toBe("100%");
  });
});

describe("days", () => {
  it("are the shop's own, whatever the machine's zone is", () => {
    const lateEvening = Date.parse("2026-11-03T23:30:00Z");
    expect(isoDayIn("Europe/London", lateEvening)).toBe("2026-11-03");
    expect(isoDayIn("Asia/Tokyo", lateEvening)).toBe("2026-11-04");
    expect(day(lateEvening, now, { ...london, timeZone: "Asia/Tokyo" })).toBe("4 Nov");
    expect(dayAndTime(lateEvening, now, london)).toBe("3 Nov, 23:30");
  });

  it("name the year only when it is another", () => {
    expect(day(Date.parse("2025-11-03T12:00:00Z"), now, london)).toBe("3 Nov 2025");
  });

  it("do not move when they are calendar days already", () => {
    expect(calendarDay("2026-11-03", { ...london, timeZone: "America/Los_Angeles" })).toBe("3 Nov");
  });
});

describe("duration", () => {
  it("uses the unit people would", () => {
    expect(duration(0.001, london)).toBe("1 minute");
    expect(duration(0.7, london)).toBe("42 minutes");
    expect(duration(5.2, london)).toBe("5 hours");
    expect(duration(55.2, london)).toBe("2.3 days");
    expect(duration(24 * 51.4, london)).toBe("51 days");
  });
});

describe("writtenLocale", () => {
  it("keeps English and its region", () => {
    expect(writtenLocale("en-GB")).toBe("en-GB");
  });

  it("writes English by the conventions of the reader's region", () => {
    expect(writtenLocale("de")).toBe("en-DE");
    expect(decimal(1204.5, 1, { ...london, locale: writtenLocale("de") })).toBe("1.204,5");
  });

  it("falls back to English for what is no locale", () => {
    for (const asked of ["not a locale", "", null, undefined, "x"]) expect(writtenLocale(asked)).toMatch(/^en/);
  });
});

describe("words", () => {
  it("count one and many", () => {
    expect(counted(1, "order", "orders", london)).toBe("1 order");
    expect(counted(1204, "order", "orders", london)).toBe("1,204 orders");
  });

  it("keep a country code that has no name", () => {
    expect(countryName("DE", london)).toBe("Germany");
    expect(countryName("??", london)).toBe("??");
  });
});
