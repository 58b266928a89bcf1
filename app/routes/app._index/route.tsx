import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { TitleBar } from "@shopify/app-bridge-react";
import { Banner, BlockStack, Page } from "@shopify/polaris";
import { requireShop } from "~/admin-session.server";
import { requestBackfill } from "~/ingest/install.server";
import { isoDayIn } from "~/ui/format";
import { homeSentence } from "~/ui/home-sentence";
import { Opening } from "~/ui/opening";
import { ScreenError } from "~/ui/screen-error";
import { useWriting } from "~/ui/use-writing";
import { WithheldBanner } from "~/ui/withheld-banner";
import { readWithheld } from "~/views/activity.server";
import { readHome } from "~/views/home.server";
import { readImportProgress } from "~/views/import-progress.server";
import { readPeriod } from "~/views/period";
import { ImportCard } from "./import-card";
import { LeftOutCard } from "./left-out-card";
import { OnTimeCard } from "./on-time-card";
import { PeriodSelect } from "./period-select";
import { ReasonsCard } from "./reasons-card";
import { ScoreCard } from "./score-card";

export const meta: MetaFunction = () => [{ title: "Home · Ease" }];

export async function loader({ request }: LoaderFunctionArgs) {
  const { shop, scope } = await requireShop(request);
  const now = Date.now();
  const { period, understood } = readPeriod(new URL(request.url).searchParams.get("period"));
  const today = isoDayIn(shop.timeZone, now);
  const [home, progress, withheld] = await Promise.all([
    readHome(scope, { period, today, now }),
    readImportProgress(scope),
    readWithheld(scope),
  ]);
  // Nothing on this screen is made of abandoned checkouts.
  return { home, progress, withheld: withheld.filter((one) => one.part !== "abandoned_checkouts"), now, understood };
}

/** Asks for the history again after an import stopped; one that is under way goes on instead. */
export async function action({ request }: ActionFunctionArgs) {
  const { shop } = await requireShop(request);
  await requestBackfill(shop, Date.now());
  return null;
}

export default function Home() {
  const { home, progress, withheld, now, understood } = useLoaderData<typeof loader>();
  const writing = useWriting();
  const { sentence, detail } = homeSentence({ home, progress, now, writing });
  return (
    <Page>
      <TitleBar title="Home" />
      <BlockStack gap="400">
        {!understood && (
          <Banner tone="warning">The address asks for a period there is not; these are the last 28 days.</Banner>
        )}
        <div className="ease-heading">
          <Opening sentence={sentence}>{detail}</Opening>
          <div className="ease-opening">
            <PeriodSelect period={home.period} />
          </div>
        </div>
        <WithheldBanner withheld={withheld} now={now} writing={writing} />
        {progress && <ImportCard progress={progress} writing={writing} />}
        {home.orders > 0 && (
          <div className="ease-two-columns ease-second-beside">
            <ScoreCard home={home} now={now} writing={writing} />
            <ReasonsCard home={home} writing={writing} />
            <OnTimeCard home={home} writing={writing} />
            <LeftOutCard home={home} writing={writing} />
          </div>
        )}
      </BlockStack>
    </Page>
  );
}

export function ErrorBoundary() {
  return (
    <ScreenError
      what="Home could not be read just now."
      lost="Nothing was lost: the orders and their scores are kept, only this page failed."
    />
  );
}
