import { Badge } from "@shopify/polaris";
import { bandOf } from "~/views/order-filters";
import { decimal, type Writing } from "./format";
import { BAND_WORDS } from "./order-words";

/** An order's score with its band in a word; the colour only repeats the word. */
export function ScoreBadge({ score, writing }: { score: number; writing: Writing }) {
  const { word, tone } = BAND_WORDS[bandOf(score)];
  return <Badge tone={tone}>{`${decimal(score, 0, writing)} · ${word}`}</Badge>;
}
