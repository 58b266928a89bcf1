import { data, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { TitleBar } from "@shopify/app-bridge-react";
import { BlockStack, Card, Layout, Link, Page } from "@shopify/polaris";
import { requireShop } from "~/admin-session.server";
import { requestRescore } from "~/jobs/enqueue.server";
import { isoDayIn } from "~/ui/format";
import { Opening } from "~/ui/opening";
import { ScreenError } from "~/ui/screen-error";
import { settingsSentence } from "~/ui/settings-sentence";
import { useWriting } from "~/ui/use-writing";
import { addDays } from "~/views/period";
import { readPromises, typedPromises } from "~/views/promise-form";
import { readPrivacySettings } from "~/views/privacy-settings.server";
import { readMethodPromises } from "~/views/promise-settings.server";
import { DataRequestsCard } from "./data-requests-card";
import { RetentionForm } from "./retention-form";
import { savePromises } from "./save-promises.server";
import { PromiseForm } from "./promise-form";

/** How far back a method must have been used to be listed, in days. */
const METHODS_OF_DAYS = 180;

export const meta: MetaFunction = () => [{ title: "Settings · Ease" }];

export async function loader({ request }: LoaderFunctionArgs) {
  const { shop, scope } = await requireShop(request);
  const [methods, privacy] = await Promise.all([
    readMethodPromises(scope, methodsSince(shop.timeZone)),
    readPrivacySettings(scope),
  ]);
  return { methods, privacy };
}

function methodsSince(timeZone: string): string {
  return addDays(isoDayIn(timeZone, Date.now()), -METHODS_OF_DAYS);
}

export async function action({ request }: ActionFunctionArgs) {
  const { shop, scope } = await requireShop(request);
  const known = new Set((await readMethodPromises(scope, methodsSince(shop.timeZone))).map((one) => one.method));
  const typed = typedPromises(await request.formData()).filter((one) => known.has(one.method));
  const read = readPromises(typed);
  switch (read.kind) {
    case "invalid":
      return data({ typed, problems: read.problems, savedAt: null }, 422);
    case "valid":
      await savePromises(scope, read.promises);
      await requestRescore(scope.shopId);
      return data({ typed, problems: {} as Record<string, string>, savedAt: Date.now() });
  }
}

export default function Settings() {
  const { methods, privacy } = useLoaderData<typeof loader>();
  const writing = useWriting();
  const answer = useActionData<typeof action>();
  const { sentence, detail } = settingsSentence(methods, writing);
  return (
    <Page>
      <TitleBar title="Settings" />
      <BlockStack gap="400">
        <Opening sentence={sentence}>{detail}</Opening>
        <Layout>
          <Layout.AnnotatedSection
            title="Delivery promises"
            description={
              "By when a parcel should have arrived, counted in calendar days from the purchase. A promise your checkout " +
              "quotes always comes first; yours stands where it quotes none. Without either, an order counts as neither " +
              "on time nor late."
            }
          >
            <PromiseForm methods={methods} answer={answer} writing={writing} />
          </Layout.AnnotatedSection>
          <Layout.AnnotatedSection
            title="Privacy and data"
            description={
              "How long Ease keeps what it holds; what is older is deleted once a day. When a shopper asks to be forgotten, " +
              "the number and the checkouts are taken off their orders at once, whatever is set here."
            }
          >
            <BlockStack gap="400">
              <RetentionForm retention={privacy.retention} />
              <DataRequestsCard requests={privacy.requests} writing={writing} />
            </BlockStack>
          </Layout.AnnotatedSection>
          <Layout.AnnotatedSection
            title="Activity"
            description="Whether everything Shopify sent has arrived and was recorded, and what failed."
          >
            <Card>
              <Link url="/app/activity">See what arrived, what was repaired and what failed</Link>
            </Card>
          </Layout.AnnotatedSection>
        </Layout>
      </BlockStack>
    </Page>
  );
}

export function ErrorBoundary() {
  return (
    <ScreenError
      what="The settings could not be read or saved just now."
      lost="What was saved before still holds. After trying again, look whether your last change is there."
    />
  );
}
