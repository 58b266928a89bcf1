/**
 * Writes app/shopify/documents.generated.ts from app/shopify/*.graphql: a typed document per operation.
 * Run: node --import tsx tests/dev-store/schema-tools/generate-documents.ts
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { codegen } from "@graphql-codegen/core";
import * as typedDocumentNode from "@graphql-codegen/typed-document-node";
import * as typescript from "@graphql-codegen/typescript";
import * as typescriptOperations from "@graphql-codegen/typescript-operations";
import { type DocumentNode, parse } from "graphql";

const FOLDER = "app/shopify";
const SCHEMA_FILE = join(FOLDER, "schema", "admin-2026-07.graphql");
export const GENERATED_FILE = join(FOLDER, "documents.generated.ts");

/** The .graphql documents the app sends, by file name. */
export function appDocuments(): { location: string; document: DocumentNode }[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith(".graphql"))
    .sort()
    .map((name) => ({ location: name, document: parse(readFileSync(join(FOLDER, name), "utf8")) }));
}

export function readSchemaSdl(): string {
  return readFileSync(SCHEMA_FILE, "utf8");
}

/** The text of documents.generated.ts as the documents and the schema now ask for it. */
export async function generateDocuments(): Promise<string> {
  const scalars = Object.fromEntries(
    ["ARN", "Color", "Date", "DateTime", "Decimal", "FormattedString", "HTML", "Money", "URL", "UnsignedInt64"].map(
      (name) => [name, "string"],
    ),
  );
  const shared = {
    scalars: { ...scalars, ID: "string", JSON: "unknown" },
    enumsAsTypes: true,
    onlyOperationTypes: true,
    skipTypename: true,
    useTypeImports: true,
    documentMode: "documentNode",
    dedupeFragments: true,
  };
  const text = await codegen({
    filename: GENERATED_FILE,
    schema: parse(readSchemaSdl()),
    documents: appDocuments(),
    config: {},
    skipDocumentsValidation: true,
    plugins: [{ typescript: shared }, { operations: shared }, { documents: shared }],
    pluginMap: { typescript, operations: typescriptOperations, documents: typedDocumentNode },
  });
  const note = "// Written by tests/dev-store/schema-tools/generate-documents.ts; change the .graphql files instead.";
  return `${note}\n${onlyReferenced(text).trim()}\n`;
}

/** The generated text without the schema's enums and inputs that no operation comes to. */
function onlyReferenced(text: string): string {
  const blocks = text.split(/\n(?=(?:\/\*\*.*\*\/\n)?export )/);
  const nameOf = (block: string) => /export (?:type|const) (\w+)/.exec(block)?.[1];
  const byName = new Map(blocks.map((block) => [nameOf(block), block]));
  const needed = new Set<string>();
  const need = (name: string): void => {
    const block = byName.get(name);
    if (block === undefined || needed.has(name)) return;
    needed.add(name);
    for (const [word] of block.matchAll(/\b[A-Z]\w+\b/g)) need(word);
  };
  for (const name of byName.keys()) if (name?.endsWith("Document")) need(name);
  return blocks.filter((block) => nameOf(block) === undefined || needed.has(nameOf(block)!)).join("\n");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  writeFileSync(GENERATED_FILE, await generateDocuments());
}
