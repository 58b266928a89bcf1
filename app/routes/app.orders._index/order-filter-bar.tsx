import { useNavigate, useNavigation } from "@remix-run/react";
import {
  BlockStack,
  ChoiceList,
  IndexFilters,
  IndexFiltersMode,
  TextField,
  useSetIndexFiltersMode,
} from "@shopify/polaris";
import { useEffect, useRef, useState } from "react";
import { ON_TIME_STATES } from "~/insights/on-time-state";
import { REASON_NAMES } from "~/ui/delivery-reason";
import { calendarDay, countryName, type Writing } from "~/ui/format";
import { BAND_WORDS, leftOutWords, ON_TIME_WORDS, STATE_WORDS } from "~/ui/order-words";
import {
  DELIVERY_STATES,
  narrows,
  NO_FILTERS,
  ORDER_SORTS,
  SCORE_BANDS,
  writeOrderFilters,
  type OrderFilters,
  type OrderSort,
} from "~/views/order-filters";
import type { OrderFacets } from "~/views/order-list.server";
import { isReasonCode, REASON_CODES } from "~/views/score-reasons";

/** Time without a key before what was typed is searched for. */
const TYPING_PAUSE_MS = 350;

const TABS = [
  { id: "scored", content: "Scored" },
  { id: "left-out", content: "Left out" },
];

/** The sorts in Polaris's writing: what by, and which way. */
const WRITTEN_SORTS: Record<OrderSort, string> = {
  worst: "delivery asc",
  easiest: "delivery desc",
  oldest: "placed asc",
  newest: "placed desc",
};

interface Choice {
  value: string;
  label: string;
}

/** Filters, search and sorting; all of it lives in the address. */
export function OrderFilterBar(props: { filters: OrderFilters; facets: OrderFacets; writing: Writing }) {
  const { facets, writing } = props;
  const navigate = useNavigate();
  const loading = useNavigation().state !== "idle";
  const [filters, setAsked] = useAskedFilters(props.filters, loading);
  const leftOutFor = filters.leftOut === "any" ? null : filters.leftOut;
  const narrowed = narrows({ ...filters, leftOut: leftOutFor });
  const { mode, setMode } = useSetIndexFiltersMode(narrowed ? IndexFiltersMode.Filtering : IndexFiltersMode.Default);
  const show = (next: OrderFilters) => {
    setAsked(next);
    navigate(`/app/orders?${writeOrderFilters(next)}`, { preventScrollReset: true });
  };
  const [typed, setTyped] = useTypedSearch(filters, show);

  const listed = (key: "state" | "onTime" | "method" | "carrier" | "country" | "band", label: string, choices: Choice[]) => ({
    key,
    label,
    choices,
    chosen: filters[key] as string[],
    put: (chosen: string[]) => show({ ...filters, [key]: chosen }),
    several: true,
  });
  const reasons = REASON_CODES.filter((code) => code !== "base").map((code) => ({
    value: code,
    label: REASON_NAMES[code].title,
  }));
  const lists = [
    listed(
      "state",
      "Delivery",
      DELIVERY_STATES.map((value) => ({ value, label: STATE_WORDS[value] }))
    ),
    ...(filters.leftOut
      ? []
      : [
          listed(
            "onTime",
            "On time",
            ON_TIME_STATES.map((value) => ({ value, label: ON_TIME_WORDS[value] }))
          ),
          listed(
            "band",
            "Score",
            SCORE_BANDS.map((value) => ({ value, label: `${BAND_WORDS[value].word} (${BAND_WORDS[value].range})` }))
          ),
          {
            key: "reason",
            label: "Reason",
            choices: reasons,
            chosen: filters.reason ? [filters.reason] : [],
            put: (chosen: string[]) => show({ ...filters, reason: chosen[0] ?? null }),
            several: false,
          },
        ]),
    listed("carrier", "Carrier", choicesOf(facets.carriers, filters.carrier)),
    listed("method", "Method", choicesOf(facets.methods, filters.method)),
    listed(
      "country",
      "Country",
      choicesOf(facets.countries, filters.country)
        .map(({ value }) => ({ value, label: countryName(value, writing) }))
        .sort((a, b) => a.label.localeCompare(b.label, writing.locale))
    ),
  ];

  const applied = [
    ...lists
      .filter((list) => list.chosen.length > 0)
      .map((list) => ({
        key: list.key,
        label: `${list.label}: ${list.chosen.map((value) => labelOf(list.choices, value)).join(", ")}`,
        onRemove: () => list.put([]),
      })),
    ...(filters.from || filters.to
      ? [
          {
            key: "placed",
            label: `Placed: ${[filters.from, filters.to]
              .map((day) => (day ? calendarDay(day, writing) : "…"))
              .join(" – ")}`,
            onRemove: () => show({ ...filters, from: null, to: null }),
          },
        ]
      : []),
    ...(leftOutFor
      ? [
          {
            key: "leftOut",
            label: `Left out: ${leftOutWords(leftOutFor)}`,
            onRemove: () => show({ ...filters, leftOut: "any" }),
          },
        ]
      : []),
  ];

  return (
    <IndexFilters
      tabs={TABS}
      selected={filters.leftOut ? 1 : 0}
      onSelect={(tab) => show({ ...filters, onTime: [], band: [], reason: null, leftOut: tab === 1 ? "any" : null })}
      canCreateNewView={false}
      mode={mode}
      setMode={setMode}
      loading={loading}
      autoFocusSearchField={false}
      // Escape, which closes a filter's own list, would clear every filter besides.
      disableKeyboardShortcuts
      queryValue={typed}
      queryPlaceholder="Search by order number"
      onQueryChange={setTyped}
      onQueryClear={() => setTyped("")}
      filters={[
        ...lists.map((list) => ({
          key: list.key,
          label: list.label,
          filter: (
            <ChoiceList
              title={list.label}
              titleHidden
              allowMultiple={list.several}
              choices={list.choices}
              selected={list.chosen}
              onChange={list.put}
            />
          ),
        })),
        {
          key: "placed",
          label: "Placed",
          filter: (
            <BlockStack gap="200">
              {(["from", "to"] as const).map((end) => (
                <TextField
                  key={end}
                  label={end === "from" ? "From" : "To"}
                  type="date"
                  autoComplete="off"
                  value={filters[end] ?? ""}
                  onChange={(day) => show({ ...filters, [end]: day || null })}
                />
              ))}
            </BlockStack>
          ),
        },
        ...(leftOutFor
          ? [
              {
                key: "leftOut",
                label: "Left out",
                filter: (
                  <ChoiceList
                    title="Left out"
                    titleHidden
                    choices={[
                      { value: "any", label: "For any reason" },
                      { value: leftOutFor, label: leftOutWords(leftOutFor) },
                    ]}
                    selected={[leftOutFor]}
                    onChange={([leftOut]) => show({ ...filters, leftOut: leftOut ?? "any" })}
                  />
                ),
              },
            ]
          : []),
      ]}
      appliedFilters={applied}
      onClearAll={() => show({ ...NO_FILTERS, sort: filters.sort, leftOut: filters.leftOut && "any" })}
      cancelAction={{
        onAction: () =>
          narrowed || filters.search
            ? show({ ...NO_FILTERS, sort: filters.sort, leftOut: filters.leftOut && "any" })
            : undefined,
      }}
      sortOptions={
        filters.leftOut
          ? undefined
          : [
              { label: "Delivery", value: "delivery asc", directionLabel: "Hardest first" },
              { label: "Delivery", value: "delivery desc", directionLabel: "Easiest first" },
              { label: "Placed", value: "placed asc", directionLabel: "Oldest first" },
              { label: "Placed", value: "placed desc", directionLabel: "Newest first" },
            ]
      }
      sortSelected={[WRITTEN_SORTS[filters.sort]]}
      onSort={([chosen]) =>
        show({ ...filters, sort: ORDER_SORTS.find((sort) => WRITTEN_SORTS[sort] === chosen) ?? "worst" })
      }
    />
  );
}

function choicesOf(known: string[], chosen: string[]): Choice[] {
  return [...new Set([...known, ...chosen])].map((value) => ({ value, label: value }));
}

function labelOf(choices: Choice[], value: string): string {
  if (isReasonCode(value)) return REASON_NAMES[value].title;
  return choices.find((choice) => choice.value === value)?.label ?? value;
}

/** The filters just asked for, until the page that shows them is there; then those of the page. */
function useAskedFilters(
  shown: OrderFilters,
  loading: boolean
): [OrderFilters, (asked: OrderFilters) => void] {
  const [asked, setAsked] = useState<OrderFilters | null>(null);
  useEffect(() => {
    if (!loading) setAsked(null);
  }, [loading]);
  return [asked ?? shown, setAsked];
}

/** What stands in the search field; the address follows once typing pauses, and the field follows the address. */
function useTypedSearch(filters: OrderFilters, show: (next: OrderFilters) => void): [string, (text: string) => void] {
  const [typed, setTyped] = useState(filters.search);
  const asked = useRef(filters.search);
  const latest = useRef({ filters, show });
  latest.current = { filters, show };

  useEffect(() => {
    if (filters.search !== asked.current) {
      asked.current = filters.search;
      setTyped(filters.search);
    }
  }, [filters.search]);

  useEffect(() => {
    if (typed.trim() === asked.current) return;
    const timer = setTimeout(() => {
      asked.current = typed.trim();
      latest.current.show({ ...latest.current.filters, search: typed.trim() });
    }, TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);

  return [typed, setTyped];
}
