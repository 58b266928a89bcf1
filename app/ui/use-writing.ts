import { useOutletContext } from "@remix-run/react";
import type { Writing } from "./format";

/** How to write in this visit. The frame learns it once: Shopify names the reader's locale in the first address only. */
export function useWriting(): Writing {
  return useOutletContext<Writing>();
}
