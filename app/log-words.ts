/**
 * An error in words that may be written down: what it was and where, never what it was about. Messages of libraries
 * quote rows, responses and addresses, so what is quoted, or looks like a person or a secret, is cut out.
 */
export interface ErrorWords {
  type: string;
  code?: string;
  message: string;
  /** Where in the code; the message at the head of a stack is left out. */
  stack?: string;
  cause?: ErrorWords;
}

const MAX_MESSAGE = 300;

const CUTS: [RegExp, string][] = [
  // A response or a row as JSON follows what happened.
  [/[{[][\s\S]*$/, "…"],
  [/"[^"]*"|'[^']*'|“[^”]*”|`[^`]*`/g, "“…”"],
  [/(?:shp[a-z]{2}|shprt|shpss|shpca)_[A-Za-z0-9_-]+/g, "[token]"],
  [/\b(?:Bearer|Basic)\s+\S+/gi, "[token]"],
  [/\bey[A-Za-z0-9_-]{10,}(?:\.[A-Za-z0-9_-]+)*/g, "[token]"],
  [/[^\s@:/?&=]+@[^\s@:/?&=]+\.[A-Za-z]{2,}/g, "[address]"],
  [/\b(?:\d{1,3}\.){3}\d{1,3}\b|\b(?:[0-9a-f]{1,4}:){3,}[0-9a-f:]*/gi, "[address]"],
  [/\+\d[\d ().-]{6,}\d/g, "[number]"],
  [/(\?)[^\s]*/g, "$1…"],
];

/** A message without what it may quote. */
export function withoutQuotes(message: string): string {
  let words = message;
  for (const [pattern, instead] of CUTS) words = words.replace(pattern, instead);
  return words.length > MAX_MESSAGE ? `${words.slice(0, MAX_MESSAGE)}…` : words;
}

/** What may be written down of anything thrown. */
export function errorWords(error: unknown): ErrorWords {
  if (!(error instanceof Error)) return { type: typeof error, message: "" };
  const { code } = error as { code?: unknown };
  return {
    type: error.name,
    ...(typeof code === "string" ? { code: withoutQuotes(code) } : {}),
    message: withoutQuotes(error.message),
    stack: error.stack
      ?.split("\n")
      .filter((line) => /^\s+at /.test(line))
      .join("\n"),
    ...(error.cause === undefined ? {} : { cause: errorWords(error.cause) }),
  };
}

/**
 * The error itself where its message may be stored, one that says the same in words that may where not: the queue keeps
 * what a job threw.
 */
export function storableError(error: unknown): Error {
  const { message, type } = errorWords(error);
  if (error instanceof Error && error.message === message) return error;
  const stored = new Error(message || type, { cause: error });
  stored.name = type;
  return stored;
}
