import { Form, useNavigation } from "@remix-run/react";
import { useAppBridge } from "@shopify/app-bridge-react";
import { Banner, BlockStack, Card, FormLayout, List, Text, TextField } from "@shopify/polaris";
import { useEffect, useRef, useState } from "react";
import { count, share, type Writing } from "~/ui/format";
import type { TypedPromise } from "~/views/promise-form";
import type { MethodPromises } from "~/views/promise-settings.server";
import { UnsavedBar } from "~/ui/unsaved-bar";

interface Answer {
  typed: TypedPromise[];
  problems: Record<string, string>;
  savedAt: number | null;
}

/**
 * One field a method. The admin's save bar stands as long as a field says something else than what is saved, so also
 * after a refusal, which leaves what was typed.
 */
export function PromiseForm(props: { methods: MethodPromises[]; answer: Answer | undefined; writing: Writing }) {
  const { methods, answer, writing } = props;
  const saved = Object.fromEntries(methods.map(({ method, days }) => [method, days === null ? "" : String(days)]));
  const [typed, setTyped] = useState<Record<string, string>>(() =>
    answer && answer.savedAt === null ? Object.fromEntries(answer.typed.map((one) => [one.method, one.days])) : {}
  );
  const [discarded, setDiscarded] = useState<Answer>();
  const form = useRef<HTMLFormElement>(null);
  const quoting = methods.filter((one) => one.days === null && one.orders > 0 && one.quoted === one.orders);
  const settable = methods.filter((one) => !quoting.includes(one));
  const saving = useNavigation().state === "submitting";
  const problems = !answer || answer === discarded ? {} : answer.problems;
  const changed = Object.entries(typed).some(([method, days]) => days !== (saved[method] ?? ""));
  const refused = Object.keys(problems).length;

  const savedAt = answer?.savedAt ?? null;
  useSavedToast(savedAt);
  useEffect(() => {
    if (savedAt !== null) setTyped({});
  }, [savedAt]);
  const discard = () => {
    setTyped({});
    setDiscarded(answer);
  };

  if (methods.length === 0) {
    return (
      <Card>
        <Text as="p" tone="subdued">
          No order with a shipping method is in yet. The methods show here with the first ones.
        </Text>
      </Card>
    );
  }
  return (
    <Form ref={form} method="post" noValidate>
      <UnsavedBar id="promises-unsaved" form={form} open={changed} saving={saving} discard={discard} />
      <BlockStack gap="400">
        {refused > 0 && (
          <Banner tone="critical" title="Nothing was saved yet">
            {refused === 1
              ? "One promise needs another look."
              : `${count(refused, writing)} promises need another look.`}
          </Banner>
        )}
        <Card>
          <FormLayout>
            {settable.map((one) => (
              <div key={one.method} className="ease-any-word">
                <input type="hidden" name="method" value={one.method} />
                <TextField
                  label={one.method}
                  name="days"
                  type="text"
                  inputMode="numeric"
                  autoComplete="off"
                  suffix="days"
                  placeholder="no promise"
                  maxLength={20}
                  disabled={saving}
                  value={typed[one.method] ?? saved[one.method] ?? ""}
                  onChange={(days) => setTyped((before) => ({ ...before, [one.method]: days }))}
                  error={problems[one.method]}
                  helpText={usage(one, writing)}
                />
              </div>
            ))}
          </FormLayout>
        </Card>
        {quoting.length > 0 && (
          <Card>
            <BlockStack gap="200">
              <Text as="h3" variant="headingSm">
                Quoted by your checkout
              </Text>
              <Text as="p" tone="subdued">
                Every order by these had a promise of its own, so there is nothing to set.
              </Text>
              <List>
                {quoting.map((one) => (
                  <List.Item key={one.method}>
                    <span className="ease-any-word">{one.method}</span>, {count(one.orders, writing)} orders lately
                  </List.Item>
                ))}
              </List>
            </BlockStack>
          </Card>
        )}
      </BlockStack>
    </Form>
  );
}

function usage(one: MethodPromises, writing: Writing): string {
  if (one.orders === 0) return "Not used lately.";
  if (one.quoted === 0)
    return `${count(one.orders, writing)} orders lately, none with a promise quoted at the checkout.`;
  const quoted = share(one.quoted / one.orders, writing);
  return `${count(one.orders, writing)} orders lately, ${quoted} with a promise quoted at the checkout.`;
}

function useSavedToast(savedAt: number | null): void {
  const shopify = useAppBridge();
  useEffect(() => {
    if (savedAt !== null) shopify.toast.show("Promises saved. Orders are being scored again.");
  }, [savedAt, shopify]);
}
