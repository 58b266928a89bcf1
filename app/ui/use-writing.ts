import { useOutletContext } from "@remix-run/react";
import type { Writing } from "./format";

/** How to write in this visit. The frame learns it once: only the first address names the reader's locale. */
export function useWriting(): Writing {
  return useOutletContext<Writing>();
}
