import { describe, expect, it } from "vitest";

import { html, jsonScript } from "./html";

describe("html", () => {
  it("escapes what is put in, and leaves markup it made itself", () => {
    const inner = html`<b>${"a < b & \"c\""}</b>`;
    expect(html`<p title="${"'"}">${inner}${[1, null, false, undefined]}</p>`.markup)
      .toBe("<p title=\"&#39;\"><b>a &lt; b &amp; &quot;c&quot;</b>1</p>");
  });

  it("lets no value end a script element", () => {
    expect(jsonScript({ name: "</script>" }).markup).not.toContain("</script>");
    expect(JSON.parse(jsonScript({ name: "</script>" }).markup)).toEqual({ name: "</script>" });
  });
});
