import { afterEach, beforeEach, expect, vi } from "vitest";

// Words on the console are either a fault nobody looks at or noise that hides one: a test that expects some says so by
// mocking the method itself and checking what was said.
const WATCHED = ["error", "warn", "log", "info"] as const;

beforeEach(() => {
  for (const method of WATCHED) vi.spyOn(console, method).mockImplementation(() => undefined);
});

afterEach(() => {
  for (const method of WATCHED) {
    const said = vi.mocked(console[method]).mock?.calls ?? [];
    vi.mocked(console[method]).mockRestore?.();
    expect(said, `unexpected console.${method}`).toEqual([]);
  }
});
