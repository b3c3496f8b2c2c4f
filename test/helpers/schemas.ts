import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { validateXML } from "xmllint-wasm";

const schemaOf = (name: string) =>
  readFileSync(new URL(`../fixtures/schemas/${name}`, import.meta.url), "utf8");

/** Returns what a RELAX NG schema of the fixtures reports about documents; empty if they are valid. */
export async function problemsOf(
  documents: readonly string[],
  schema: "atom.rng" | "rss.rng" | "sitemap.rng",
): Promise<string[]> {
  const { valid, errors } = await validateXML({
    xml: documents.map((contents, n) => ({ fileName: `${n}.xml`, contents })),
    schema: schemaOf(schema),
    extension: "relaxng",
  });
  return valid ? [] : errors.map(({ rawMessage }) => rawMessage);
}

const ajv = new Ajv2020({ allErrors: true });
formats.default(ajv);
const jsonFeed = ajv.compile(JSON.parse(schemaOf("json-feed.json")));

/** Returns what the JSON Feed 1.1 schema reports about a document. */
export function jsonFeedProblems(document: string): string[] {
  if (jsonFeed(JSON.parse(document))) return [];
  return (jsonFeed.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
