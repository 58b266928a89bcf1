import { Banner, List, Text } from "@shopify/polaris";
import type { Activity } from "~/views/activity.server";
import { withheldWords } from "./activity-words";
import { day, type Writing } from "./format";

/** What Shopify does not let Ease read, since when, what follows from it and what to do; nothing when all is open. */
export function WithheldBanner(props: { withheld: Activity["withheld"]; now: number; writing: Writing }) {
  const { withheld, now, writing } = props;
  const told = withheld.map(({ part, cause, since }) => {
    const { title, follows, todo } = withheldWords(part, cause);
    return { part, title: `${title} (since ${day(since, now, writing)})`, follows: `${follows} ${todo}` };
  });
  const [only, ...others] = told;
  if (!only) return null;
  if (others.length === 0) {
    return (
      <Banner tone="warning" title={only.title}>
        <Text as="p">{only.follows}</Text>
      </Banner>
    );
  }
  return (
    <Banner tone="warning" title="Shopify does not let Ease read everything it needs">
      <List>
        {told.map(({ part, title, follows }) => (
          <List.Item key={part}>
            {title}. {follows}
          </List.Item>
        ))}
      </List>
    </Banner>
  );
}
