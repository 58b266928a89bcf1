/** Days a promise may span. A parcel that is promised for later than this is no promise. */
export const LONGEST_PROMISE_DAYS = 90;

/** What was typed for one method, and what it means. */
export interface TypedPromise {
  method: string;
  days: string;
}

export type ReadPromises =
  | { kind: "valid"; promises: { method: string; days: number | null }[] }
  /** What is wrong, by method; nothing may be saved then. */
  | { kind: "invalid"; problems: Record<string, string> };

/** The rows of a posted promise form: `method` and `days` in pairs. */
export function typedPromises(form: FormData): TypedPromise[] {
  const days = form.getAll("days").map(String);
  return form.getAll("method").map((method, index) => ({ method: String(method), days: days[index] ?? "" }));
}

/** Reads what was typed: whole days from 1 to 90, or nothing for no promise. */
export function readPromises(typed: TypedPromise[]): ReadPromises {
  const problems: Record<string, string> = {};
  const promises = typed.map(({ method, days }) => {
    const text = days.trim();
    if (text === "") return { method, days: null };
    const value = Number(text);
    if (!/^\d+([.,]\d+)?$/.test(text)) problems[method] = `“${text.slice(0, 20)}” is not a number of days.`;
    else if (!Number.isInteger(value)) problems[method] = "Whole days only: round up to the day you can keep.";
    else if (value < 1) problems[method] = "At least 1 day; leave it empty for no promise.";
    else if (value > LONGEST_PROMISE_DAYS) problems[method] = `At most ${LONGEST_PROMISE_DAYS} days.`;
    return { method, days: value };
  });
  return Object.keys(problems).length > 0 ? { kind: "invalid", problems } : { kind: "valid", promises };
}
