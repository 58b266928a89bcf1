import { data, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { requireShop } from "~/admin-session.server";
import { readTypedRetention, retentionFields, type RetentionSettings } from "~/privacy/retention-settings";
import { saveRetention } from "~/privacy/retention.server";
import { readDataRequestAnswer } from "~/views/privacy-settings.server";

/** The answer to a shopper's request, as a file for the merchant to pass on. */
export async function loader({ request }: LoaderFunctionArgs) {
  const { scope } = await requireShop(request);
  const asked = new URL(request.url).searchParams.get("request") ?? "";
  const found = await readDataRequestAnswer(scope, asked);
  if (!found) throw data(null, 404);
  return new Response(JSON.stringify(found, null, 2), {
    headers: {
      "Content-Type": "application/json; charset=utf-8",
      "Content-Disposition": `attachment; filename="customer-data.json"`,
      "Cache-Control": "no-store",
    },
  });
}

export interface RetentionAnswer {
  typed: Record<keyof RetentionSettings, string>;
  problems: Partial<Record<keyof RetentionSettings, string>>;
  savedAt: number | null;
}

/** Saves how long things are kept. */
export async function action({ request }: ActionFunctionArgs) {
  const { scope } = await requireShop(request);
  const form = await request.formData();
  const typed = Object.fromEntries(
    retentionFields.map((field) => [field, String(form.get(field) ?? "")]),
  ) as RetentionAnswer["typed"];
  const read = readTypedRetention(typed);
  const now = Date.now();
  switch (read.kind) {
    case "invalid":
      return data<RetentionAnswer>({ typed, problems: read.problems, savedAt: null }, 422);
    case "valid":
      await saveRetention(scope, read.settings, new Date(now));
      return data<RetentionAnswer>({ typed, problems: {}, savedAt: now });
  }
}
