import { useFetcher } from "@remix-run/react";
import { useAppBridge } from "@shopify/app-bridge-react";
import { Banner, BlockStack, Card, FormLayout, Text, TextField } from "@shopify/polaris";
import { useEffect, useRef, useState } from "react";
import { retentionFields, retentionRanges, type RetentionSettings } from "~/privacy/retention-settings";
import type { RetentionAnswer } from "../app.privacy";
import { UnsavedBar } from "~/ui/unsaved-bar";

const WORDS: Record<keyof RetentionSettings, { label: string; help: string }> = {
  historyMonths: {
    label: "Orders and their scores",
    help: "By the month they were placed in. With an order go its events, parcels and scores, and the totals of its day.",
  },
  inboxDays: {
    label: "What Shopify sent, as it came",
    help: "Cut to the fields Ease needs. What was read from it stays with the order.",
  },
  staffContactDays: {
    label: "Where staff are reached",
    help: "Counted from when they last said so. Kept encrypted, and deleted when Ease is uninstalled.",
  },
};

const ORDER = ["historyMonths", "inboxDays", "staffContactDays"] as const satisfies typeof retentionFields;

/** How long things are kept. The admin's save bar stands as long as a field says something else than what is saved. */
export function RetentionForm({ retention }: { retention: RetentionSettings }) {
  const fetcher = useFetcher<RetentionAnswer>();
  const form = useRef<HTMLFormElement>(null);
  const [typed, setTyped] = useState<Partial<Record<keyof RetentionSettings, string>>>({});
  const [discarded, setDiscarded] = useState<RetentionAnswer>();
  const saving = fetcher.state !== "idle";
  const answer = fetcher.data;
  const problems = !answer || answer === discarded ? {} : answer.problems;
  const changed = retentionFields.some((field) => (typed[field] ?? String(retention[field])) !== String(retention[field]));
  const shorter = Number(typed.historyMonths ?? retention.historyMonths) < retention.historyMonths;

  const shopify = useAppBridge();
  const savedAt = answer?.savedAt ?? null;
  useEffect(() => {
    if (savedAt === null) return;
    setTyped({});
    shopify.toast.show("Periods saved");
  }, [savedAt, shopify]);
  const discard = () => {
    setTyped({});
    setDiscarded(answer);
  };

  return (
    <fetcher.Form ref={form} method="post" action="/app/privacy" noValidate>
      <UnsavedBar id="retention-unsaved" form={form} open={changed} saving={saving} discard={discard} />
      <BlockStack gap="400">
        {Object.keys(problems).length > 0 && <Banner tone="critical" title="Nothing was saved yet" />}
        {shorter && (
          <Banner tone="warning" title="Older orders will be deleted within a day">
            Shopify tells Ease of the last 60 days again, or of all where it may read all orders. Promises that were
            revised and holds that ended are not told again, so a score made anew may differ.
          </Banner>
        )}
        <Card>
          <BlockStack gap="400">
            <FormLayout>
              {ORDER.map((field) => (
                <TextField
                  key={field}
                  label={WORDS[field].label}
                  name={field}
                  type="text"
                  inputMode="numeric"
                  autoComplete="off"
                  maxLength={20}
                  suffix={retentionRanges[field].unit}
                  disabled={saving}
                  value={typed[field] ?? String(retention[field])}
                  onChange={(value) => setTyped((before) => ({ ...before, [field]: value }))}
                  error={problems[field]}
                  helpText={WORDS[field].help}
                />
              ))}
            </FormLayout>
            <Text as="p" tone="subdued">
              Ease takes no shopper’s name, e-mail, phone, address or IP from Shopify: of a place, the country and the
              region; of a shopper, the number Shopify gives them.
            </Text>
          </BlockStack>
        </Card>
      </BlockStack>
    </fetcher.Form>
  );
}
