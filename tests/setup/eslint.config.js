import { fileURLToPath } from "node:url";
import js from "@eslint/js";
import a11y from "eslint-plugin-jsx-a11y";
import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * The stages from the first to the last: each may import itself and those before it, never one after it. Folders on one
 * line do not import each other.
 */
const stages = [
  [
    "shopify", "stats", "i18n", "jobs/definitions", "jobs/enqueue.server", "jobs/given-up.server", "db.server",
    "encryption", "env.server", "errors", "log.server", "log-words", "shopify.server", "telemetry.server",
  ],
  ["ingest"],
  ["facts"],
  ["scores"],
  ["insights"],
  ["outreach", "cases", "alerts", "surveys", "privacy"],
  ["views"],
  ["ui"],
  ["routes", "jobs/handlers", "jobs/run-jobs.server", "admin-session.server"],
];

const oneWay = stages.flatMap((stage, index) => {
  const later = stages.slice(index + 1).flat();
  if (later.length === 0) return [];
  return stage.map((place) => ({
    files: [`app/${place}/**/*.{ts,tsx}`, `app/${place}.{ts,tsx}`],
    ignores: ["**/*.test.{ts,tsx}"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              group: later.flatMap((one) => [`~/${one}`, `~/${one}/**`, `../${one}`, `../${one}/**`]),
              message: `Imports flow one way: ${place} stands before what it imports here.`,
            },
            { group: ["../*", "!../*.server"], message: "Across folders, import by ~/." },
          ],
        },
      ],
    },
  }));
});

export default tseslint.config(
  { ignores: ["build/**", "node_modules/**", ".data/**", ".shopify/**", "app/shopify/documents.generated.ts"] },
  { basePath: root },
  js.configs.recommended,
  ...tseslint.configs.strict,
  {
    files: ["**/*.{ts,tsx}"],
    rules: {
      // Index access is checked by the compiler; where a value is known to be there, `!` says so in one character.
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/no-confusing-void-expression": "off",
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "no-console": "error",
      // `== null` asks for null and undefined at once.
      eqeqeq: ["error", "always", { null: "ignore" }],
      "@typescript-eslint/no-dynamic-delete": "off",
    },
  },
  {
    files: ["app/**/*.tsx"],
    plugins: { "react-hooks": hooks, ...a11y.flatConfigs.recommended.plugins },
    rules: { ...hooks.configs.recommended.rules, ...a11y.flatConfigs.recommended.rules },
  },
  {
    files: ["app/**/*.{ts,tsx}"],
    ignores: ["app/env.server.ts"],
    rules: {
      "no-restricted-properties": [
        "error",
        { object: "process", property: "env", message: "app/env.server.ts is the only reader of the environment." },
      ],
    },
  },
  ...oneWay,
  { files: ["tests/**", "prisma/**"], rules: { "no-console": "off" } },
  {
    files: ["tests/dev-store/pages/*.js"],
    languageOptions: {
      globals: Object.fromEntries(
        [
          "window", "document", "location", "history", "fetch", "URL", "URLSearchParams", "customElements", "HTMLElement",
          "MutationObserver", "CustomEvent", "Event", "Request", "Response", "Headers", "setTimeout", "clearTimeout",
          "crypto", "structuredClone", "HTMLAnchorElement", "HTMLFormElement", "HTMLInputElement", "Node", "console",
          "navigator", "sessionStorage", "parent", "top", "self", "requestAnimationFrame", "queueMicrotask", "Element",
          "CSSStyleSheet", "AbortController", "DOMException", "FormData", "matchMedia", "performance", "addEventListener",
        ].map((name) => [name, "readonly"]),
      ),
    },
  },
  { files: ["**/*.mjs", "tests/setup/*.js"], languageOptions: { globals: { process: "readonly", console: "readonly", URL: "readonly", setTimeout: "readonly", setInterval: "readonly", clearTimeout: "readonly" } } },
);
