import { describe, expect, it } from "vitest";
import { readTypedRetention } from "./retention-settings";

const typed = (changes: object) => ({ inboxDays: "30", historyMonths: "25", staffContactDays: "90", ...changes });

describe("what is typed for retention", () => {
  it("is whole numbers, within what the database takes", () => {
    expect(readTypedRetention(typed({ inboxDays: " 90 ", historyMonths: "3" }))).toEqual({
      kind: "valid",
      settings: { inboxDays: 90, historyMonths: 3, staffContactDays: 90 },
    });
  });

  it.each([
    ["", "Say how many days."],
    ["soon", "“soon” is not a number of days."],
    ["-1", "“-1” is not a number of days."],
    ["1e1", "“1e1” is not a number of days."],
    ["1.5", "Whole days only."],
    ["0", "From 1 to 90 days."],
    ["91", "From 1 to 90 days."],
  ])("%o is refused with a word", (inboxDays, problem) => {
    expect(readTypedRetention(typed({ inboxDays }))).toEqual({ kind: "invalid", problems: { inboxDays: problem } });
  });

  it("says what is wrong with each", () => {
    const read = readTypedRetention(typed({ historyMonths: "2", staffContactDays: "366" }));
    expect(read).toEqual({
      kind: "invalid",
      problems: { historyMonths: "From 3 to 60 months.", staffContactDays: "From 1 to 365 days." },
    });
  });
});
