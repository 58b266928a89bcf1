import { useSearchParams } from "@remix-run/react";
import { Select } from "@shopify/polaris";
import { DEFAULT_PERIOD, PERIODS, type Period } from "~/views/period";

/** The period in the address; the usual one is left out of it. */
export function PeriodSelect({ period }: { period: Period }) {
  const [, setSearch] = useSearchParams();
  return (
    <Select
      label="Period"
      labelInline
      options={PERIODS.map((days) => ({ value: String(days), label: `Last ${days} days` }))}
      value={String(period)}
      onChange={(chosen) =>
        setSearch(
          (search) => {
            if (chosen === String(DEFAULT_PERIOD)) search.delete("period");
            else search.set("period", chosen);
            return search;
          },
          { preventScrollReset: true }
        )
      }
    />
  );
}
