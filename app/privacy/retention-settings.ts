/** How long a shop keeps what Ease holds. */
export interface RetentionSettings {
  /** Webhooks as they came, cut to the needed fields. */
  inboxDays: number;
  /** Orders with their events, parcels and scores, by the month they were placed in. */
  historyMonths: number;
  /** Where staff are reached, after they last said so. */
  staffContactDays: number;
}

/** What a shop has that has set nothing; the same in the table's definition. */
export const retentionDefaults: RetentionSettings = { inboxDays: 30, historyMonths: 25, staffContactDays: 90 };

/** What may be set; the same in the table's checks. */
export const retentionRanges: Record<keyof RetentionSettings, { least: number; most: number; unit: string }> = {
  inboxDays: { least: 1, most: 90, unit: "days" },
  historyMonths: { least: 3, most: 60, unit: "months" },
  staffContactDays: { least: 1, most: 365, unit: "days" },
};

/** The settings as they are typed and named in the form. */
export const retentionFields = Object.keys(retentionRanges) as (keyof RetentionSettings)[];

export type ReadRetention =
  | { kind: "valid"; settings: RetentionSettings }
  /** What is wrong, by field; nothing may be saved then. */
  | { kind: "invalid"; problems: Partial<Record<keyof RetentionSettings, string>> };

/** Reads what was typed: whole numbers in the range of each. */
export function readTypedRetention(typed: Record<keyof RetentionSettings, string>): ReadRetention {
  const problems: Partial<Record<keyof RetentionSettings, string>> = {};
  const settings = { ...retentionDefaults };
  for (const field of retentionFields) {
    const { least, most, unit } = retentionRanges[field];
    const text = typed[field].trim();
    const value = Number(text);
    if (text === "") problems[field] = `Say how many ${unit}.`;
    else if (!/^\d+([.,]\d+)?$/.test(text)) problems[field] = `“${text.slice(0, 20)}” is not a number of ${unit}.`;
    else if (!Number.isInteger(value)) problems[field] = `Whole ${unit} only.`;
    else if (value < least || value > most) problems[field] = `From ${least} to ${most} ${unit}.`;
    else settings[field] = value;
  }
  return Object.keys(problems).length > 0 ? { kind: "invalid", problems } : { kind: "valid", settings };
}
