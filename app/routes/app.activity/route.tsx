import { data, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from "@remix-run/node";
import { useActionData, useLoaderData, useNavigate } from "@remix-run/react";
import { TitleBar } from "@shopify/app-bridge-react";
import { Banner, BlockStack, Page } from "@shopify/polaris";
import { requireShop } from "~/admin-session.server";
import { retryJob } from "~/jobs/given-up.server";
import { activitySentence } from "~/ui/activity-words";
import { Opening } from "~/ui/opening";
import { ScreenError } from "~/ui/screen-error";
import { useWriting } from "~/ui/use-writing";
import { WithheldBanner } from "~/ui/withheld-banner";
import { readActivity } from "~/views/activity.server";
import { readActivityPeriod } from "~/views/activity-period";
import { ActivityPeriodSelect } from "./activity-period-select";
import { ArrivedCard } from "./arrived-card";
import { BackfillsCard } from "./backfills-card";
import { ComparedCard } from "./compared-card";
import { GivenUpCard } from "./given-up-card";
import { UnreadableCard } from "./unreadable-card";

export const meta: MetaFunction = () => [{ title: "Activity · Ease" }];

export async function loader({ request }: LoaderFunctionArgs) {
  const { scope } = await requireShop(request);
  const now = Date.now();
  const period = readActivityPeriod(new URL(request.url).searchParams.get("period"));
  return { activity: await readActivity(scope, { period, now }), now };
}

/** Has a job that gave up tried again; one of another shop is not found. */
export async function action({ request }: ActionFunctionArgs) {
  const { scope } = await requireShop(request);
  const jobId = String((await request.formData()).get("job") ?? "");
  const found = /^\d{1,18}$/.test(jobId) && (await retryJob(scope.shopId, jobId));
  return found ? data({ kind: "retried" as const }) : data({ kind: "gone" as const }, 404);
}

export default function ActivityScreen() {
  const { activity, now } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const navigate = useNavigate();
  const writing = useWriting();
  const { sentence, detail } = activitySentence(activity, now, writing);
  return (
    <Page>
      <TitleBar title="Activity">
        <button variant="breadcrumb" onClick={() => navigate("/app/settings")}>
          Settings
        </button>
      </TitleBar>
      <BlockStack gap="400">
        <div className="ease-heading">
          <Opening sentence={sentence}>{detail}</Opening>
          <div className="ease-opening">
            <ActivityPeriodSelect period={activity.period} />
          </div>
        </div>
        {answer?.kind === "gone" && (
          <Banner tone="info">That work is not waiting any more: it has been done or tried again meanwhile.</Banner>
        )}
        <WithheldBanner withheld={activity.withheld} now={now} writing={writing} />
        <GivenUpCard jobs={activity.givenUp} now={now} writing={writing} />
        <ArrivedCard activity={activity} now={now} writing={writing} />
        <UnreadableCard unreadable={activity.unreadable} now={now} writing={writing} />
        <div className="ease-two-columns">
          <ComparedCard comparisons={activity.comparisons} period={activity.period} now={now} writing={writing} />
          <BackfillsCard backfills={activity.backfills} now={now} writing={writing} />
        </div>
      </BlockStack>
    </Page>
  );
}

export function ErrorBoundary() {
  return (
    <ScreenError
      what="The activity could not be read just now."
      lost="Nothing was lost: what Shopify sends is still kept and recorded, only this page failed."
    />
  );
}
