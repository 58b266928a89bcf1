import { Transform } from "node:stream";

/** Where the front serves the stand-in for App Bridge. */
export const appBridgePath = "/__dev-store/app-bridge.js";
/** Whatever else a page wants of Shopify's CDN (fonts, pictures) is asked for under this path, and is empty. */
export const nothingPath = "/__dev-store/nothing/";

const cdn = "https://cdn.shopify.com/";
const realAppBridge = `${cdn}shopifycloud/app-bridge.js`;

/** Points every address of Shopify's CDN in a script, style sheet or page at this front. */
export function rewriteText(text: string): string {
  return text.replaceAll(realAppBridge, appBridgePath).replaceAll(cdn, nothingPath);
}

/** {@link rewriteText} for markup; links to the CDN (style sheets, preconnects) go altogether. */
export function rewriteMarkup(markup: string): string {
  return rewriteText(markup.replace(/<link\b[^>]*https:\/\/cdn\.shopify\.com[^>]*>/g, ""));
}

/** Allows `adminOrigin` to frame the page, besides whom the policy allows already. */
export function allowFraming(policy: string, adminOrigin: string): string {
  return policy
    .split(";")
    .map((directive) => {
      const [name, ...sources] = directive.trim().split(/\s+/);
      if (name !== "frame-ancestors") return directive;
      return ["frame-ancestors", ...sources.filter((source) => source !== "'none'"), adminOrigin].join(" ");
    })
    .join(";");
}

/** A Link header without what it asks of Shopify's CDN; null when nothing is left. */
export function withoutCdnLinks(link: string): string | null {
  const kept = link.split(/,(?=\s*<)/).filter((one) => !one.includes(`<${cdn}`));
  return kept.length ? kept.join(",") : null;
}

/** Redirects to Shopify admin go to the dev store's admin. */
export function rewriteLocation(location: string, adminOrigin: string): string {
  return location.replace(/^https:\/\/admin\.shopify\.com\/store\//, `${adminOrigin}/admin/store/`);
}

/**
 * Rewrites markup as it streams by. Text is held back to the last ">" only, so no tag is ever cut in two and a page
 * that is sent in parts still arrives in parts.
 */
export function markupRewriter(): Transform {
  const decoder = new TextDecoder();
  let rest = "";
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      rest += decoder.decode(chunk, { stream: true });
      const end = rest.lastIndexOf(">") + 1;
      const ready = rest.slice(0, end);
      rest = rest.slice(end);
      done(null, rewriteMarkup(ready));
    },
    flush(done) {
      done(null, rewriteMarkup(rest + decoder.decode()));
    },
  });
}
