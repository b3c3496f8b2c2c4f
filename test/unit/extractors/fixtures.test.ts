import { readFileSync } from "node:fs";
import { beforeAll, expect, it } from "vitest";
import { extract } from "../../../extractors/extract.ts";
import { prepare } from "../../../extractors/language.ts";
import { isoOf } from "../../../lib/dates.ts";

/** What a page of the fixture set is to give; pages that are no articles have only their kind. */
interface Truth {
  file: string;
  url: string;
  kind: string;
  title?: string;
  authors?: string[] | null;
  published?: string | null;
  language?: string;
  paragraphs?: string[];
}

const FOLDER = new URL("../../fixtures/extractors/", import.meta.url);
const PAGES: Truth[] = JSON.parse(readFileSync(new URL("truth.json", FOLDER), "utf8"));
const now = new Date("2025-06-01T00:00:00Z");
const read = ({ file, url }: Truth) =>
  extract({ html: readFileSync(new URL(file, FOLDER), "utf8"), url, now });

beforeAll(prepare);

it.each(PAGES)("$file is taken for $kind", (truth) => {
  expect(read(truth).page.kind).toBe(truth.kind);
});

it.each(PAGES.filter((truth) => truth.paragraphs))("$file gives each field exactly", (truth) => {
  const { title, text, authors, language, ...fields } = read(truth).fields;
  const { publishedAt: at, publishedPrecision: precision, publishedOffset: offset = null } = fields;
  const published = at && precision && isoOf({ at, precision, offset });
  expect(text?.split("\n\n")).toEqual(truth.paragraphs);
  expect({ title, authors, published, language }).toEqual({
    title: truth.title,
    authors: truth.authors,
    published: truth.published,
    language: truth.language,
  });
});
