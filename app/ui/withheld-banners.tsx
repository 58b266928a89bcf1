import { Banner, Text } from "@shopify/polaris";
import type { Activity } from "~/views/activity.server";
import { withheldWords } from "./activity-words";
import { day, type Writing } from "./format";

/** What Shopify does not let Ease read, since when, what follows from it and what to do; nothing when all is open. */
export function WithheldBanners(props: { withheld: Activity["withheld"]; now: number; writing: Writing }) {
  const { withheld, now, writing } = props;
  return withheld.map(({ part, cause, since }) => {
    const { title, follows, todo } = withheldWords(part, cause);
    return (
      <Banner key={part} tone="warning" title={`${title} (since ${day(since, now, writing)})`}>
        <Text as="p">
          {follows} {todo}
        </Text>
      </Banner>
    );
  });
}
