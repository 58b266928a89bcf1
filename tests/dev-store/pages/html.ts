/** Markup that is safe to put into a page as it is. */
export interface Html {
  readonly markup: string;
}

export type HtmlValue = string | number | null | undefined | false | Html | HtmlValue[];

const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Escapes text for an element's content or a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => escapes[character] ?? character);
}

function markupOf(value: HtmlValue): string {
  if (value === null || value === undefined || value === false) return "";
  if (Array.isArray(value)) return value.map(markupOf).join("");
  if (typeof value === "object") return value.markup;
  return escapeHtml(String(value));
}

/** Template tag: what is put in is escaped, unless it is {@link Html} already. Null, undefined and false print nothing. */
export function html(strings: TemplateStringsArray, ...values: HtmlValue[]): Html {
  return { markup: strings.reduce((before, text, index) => before + markupOf(values[index - 1]) + text) };
}

/** JSON for a `<script type="application/json">`: `<` is escaped so that no value can end the script. */
export function jsonScript(value: unknown): Html {
  return { markup: JSON.stringify(value).replaceAll("<", "\\u003c") };
}

export interface Page {
  title: string;
  body: Html;
  /** Style sheets under /__dev-store/, after the one all pages share. */
  styles?: string[];
  head?: Html;
  bodyClass?: string;
}

/** A whole HTML document with the strip that says what this is. */
export function document(page: Page): string {
  const styles = ["pages.css", ...(page.styles ?? [])];
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${page.title} · Dev store</title>
<link rel="icon" href="/__dev-store/icon.svg" type="image/svg+xml">
${styles.map((file) => html`<link rel="stylesheet" href="/__dev-store/${file}">`)}
${page.head ?? null}
</head>
<body class="${page.bodyClass ?? ""}">
${page.body}
</body>
</html>
`.markup;
}

/** The strip every page carries, so that nobody takes it for Shopify. */
export function strip(clock: string): Html {
  return html`<aside class="strip" aria-label="About this page">
<p><strong>Dev store:</strong> a stand-in for Shopify</p>
<nav aria-label="Dev store"><a href="/">Start</a> <a href="/controls">Controls</a></nav>
<p class="strip-clock"><span class="strip-label">Store time</span> ${clock}</p>
</aside>`;
}
