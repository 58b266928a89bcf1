import { Form, useNavigation } from "@remix-run/react";
import { BlockStack, Button, Card, InlineStack, Text } from "@shopify/polaris";
import type { GivenUpJob } from "~/jobs/given-up.server";
import { ago, jobWords, troubleWords } from "~/ui/activity-words";
import { count, type Writing } from "~/ui/format";

/** Work that was given up, each with its reason and a way to have it tried again; nothing when there is none. */
export function GivenUpCard({ jobs, now, writing }: { jobs: GivenUpJob[]; now: number; writing: Writing }) {
  const navigation = useNavigation();
  const retrying = navigation.state === "idle" ? null : navigation.formData?.get("job") ?? null;
  if (jobs.length === 0) return null;
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          Work that was given up
        </Text>
        {jobs.map((job) => (
          <InlineStack key={job.id} align="space-between" blockAlign="center" gap="200">
            <div>
              <Text as="p" fontWeight="semibold">
                {jobWords(job.name)}
              </Text>
              <Text as="p" tone="subdued">
                {troubleWords(job.errorCode)} Tried {count(job.attempts, writing)} times, last{" "}
                {ago(job.lastTriedAt, now, writing)}.
              </Text>
            </div>
            <Form method="post">
              <input type="hidden" name="job" value={job.id} />
              <Button submit loading={retrying === job.id} accessibilityLabel={`Try again: ${jobWords(job.name)}`}>
                Try again
              </Button>
            </Form>
          </InlineStack>
        ))}
      </BlockStack>
    </Card>
  );
}
