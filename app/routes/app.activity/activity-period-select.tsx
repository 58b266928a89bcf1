import { useSearchParams } from "@remix-run/react";
import { Select } from "@shopify/polaris";
import type { ActivityPeriod } from "~/views/activity-period";

const OPTIONS: { label: string; value: ActivityPeriod }[] = [
  { label: "Last 24 hours", value: "day" },
  { label: "Last 7 days", value: "week" },
];

/** Which time the screen is about; kept in the address. */
export function ActivityPeriodSelect({ period }: { period: ActivityPeriod }) {
  const [, setParams] = useSearchParams();
  const choose = (chosen: string) =>
    setParams((before) => {
      before.set("period", chosen);
      return before;
    });
  return <Select label="Period" labelHidden options={OPTIONS} value={period} onChange={choose} />;
}
