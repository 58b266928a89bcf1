import { describe, expect, it } from "vitest";
import { readPromises, typedPromises } from "./promise-form";

const read = (days: string) => readPromises([{ method: "Standard", days }]);

describe("typedPromises", () => {
  it("pairs methods with what stands beside them", () => {
    const form = new FormData();
    for (const [method, days] of [["Economy", "9"], ["Letter", ""]] as const) {
      form.append("method", method);
      form.append("days", days);
    }
    expect(typedPromises(form)).toEqual([
      { method: "Economy", days: "9" },
      { method: "Letter", days: "" },
    ]);
  });
});

describe("readPromises", () => {
  it("takes whole days, and nothing as no promise", () => {
    expect(read(" 5 ")).toEqual({ kind: "valid", promises: [{ method: "Standard", days: 5 }] });
    expect(read("")).toEqual({ kind: "valid", promises: [{ method: "Standard", days: null }] });
  });

  it("says of everything else what is wrong with it", () => {
    for (const [days, why] of [
      ["abc", /not a number/],
      ["-3", /not a number/],
      ["1e3", /not a number/],
      ["2.5", /Whole days/],
      ["2,5", /Whole days/],
      ["0", /At least 1/],
      ["91", /At most 90/],
    ] as const) {
      const answer = read(days);
      expect(answer.kind === "invalid" && answer.problems["Standard"], days).toMatch(why);
    }
  });

  it("refuses the whole form for one wrong field", () => {
    const answer = readPromises([
      { method: "Standard", days: "5" },
      { method: "Letter", days: "x" },
    ]);
    expect(answer).toEqual({ kind: "invalid", problems: { Letter: "“x” is not a number of days." } });
  });
});
