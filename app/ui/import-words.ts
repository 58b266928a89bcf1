import type { ImportProgress } from "~/views/import-progress.server";

/** What an import is doing, as a title and a sentence about what comes next. */
export function importWords(progress: ImportProgress): { title: string; next: string } {
  switch (progress.state) {
    case "requested":
      return {
        title: "Asking Shopify for your orders",
        next: "Shopify prepares them as one file; that takes from seconds to minutes.",
      };
    case "running":
      return {
        title: "Shopify is preparing your orders",
        next: "They are read as soon as the file is there. New orders already come in meanwhile.",
      };
    case "recording":
      return { title: "Reading your orders", next: "Each gets its delivery score right after." };
    case "scoring":
      return { title: "Scoring your orders", next: "What is scored already counts in the figures here." };
    case "done":
      return { title: "All orders are in", next: "New ones come in by themselves." };
    case "failed":
      return { title: "The import of your orders stopped", next: failureWords(progress.errorCode) };
  }
}

/** How far an import has come, in per cent; null while it cannot be known. */
export function importPercent(progress: ImportProgress): number | null {
  const { state, ordersFound } = progress;
  if (state === "done") return 100;
  if (!ordersFound || state === "requested" || state === "running") return null;
  const done = state === "recording" ? progress.ordersRecorded : progress.ordersScored;
  // Reading is the longer half of the work.
  const share = Math.min(1, done / ordersFound);
  return Math.round(state === "recording" ? share * 60 : 60 + share * 40);
}

function failureWords(errorCode: string | null): string {
  const why =
    errorCode === "ACCESS_DENIED"
      ? "Shopify refused access to the orders. Open Ease again: Shopify then asks you for the access it needs."
      : errorCode === "EXPIRED" || errorCode === "TIMEOUT"
      ? "Shopify took too long to prepare them, several times in a row."
      : "Shopify could not prepare them, several times in a row.";
  return `${why} What is in stays, new orders keep coming in, and nothing was lost at Shopify.`;
}
