import type { Extraction } from "../../model/articles/extraction.ts";
import type { Capture } from "../../model/crawl/capture.ts";
import type { Source } from "../../model/sources/source.ts";

/** What publishers reserved and what holds for us: all but what a source has written consent to. */
export function holding(
  reservations: readonly string[],
  { rights: { consent } }: Pick<Source, "rights">,
): string[] {
  return reservations.filter((name) => !consent?.to.some((allowed) => allowed === name));
}

/** What is reserved in all: markup that leaves mining free (`no-tdm`) goes before what was said elsewhere. */
export function inAll(markup: readonly string[], elsewhere: readonly string[]): string[] {
  const free = markup.includes("no-tdm");
  const said = elsewhere.filter((name) => !(free && name === "tdm"));
  return [...new Set([...markup.filter((name) => name !== "no-tdm"), ...said])];
}

/** What may be analysed: with a TDM reservation the publisher's teaser in place of the text. */
export function forAnalysis(extraction: Extraction, reserved: readonly string[]): Extraction {
  if (!reserved.includes("tdm")) return extraction;
  // The first paragraphs are a piece of the text; a description is meant to be passed on.
  const ours = extraction.evidence.teaser?.rule === "first paragraphs";
  const { teaser: _, ...fields } = extraction.fields;
  return teaserOnly(ours ? { ...extraction, fields: { ...fields, teaser: null } } : extraction);
}

/** What may be stored: with `noarchive` or a TDM reservation the teaser in place of the text. */
export function forStore(extraction: Extraction, reserved: readonly string[]): Extraction {
  return withholds(reserved) ? teaserOnly(extraction) : extraction;
}

/** Why the bytes of a page are not kept; null where they are. */
export function withholds(reserved: readonly string[]): NonNullable<Capture["withheld"]> | null {
  const [reason] = (["tdm", "noarchive"] as const).filter((name) => reserved.includes(name));
  return reason ?? null;
}

/** What an operator reads about a page whose publisher reserves something; null for nothing. */
export function reservedWords(reserved: readonly string[]): string | null {
  const names = reserved.filter((name) => name !== "noindex");
  if (names.length === 0) return null;
  const means = withholds(names) ? "the teaser alone is kept" : "no teaser is shown";
  return `articles are reserved (${names.join(", ")}): ${means}`;
}

function teaserOnly(extraction: Extraction): Extraction {
  const { fields } = extraction;
  const { text: _, html: __, ...evidence } = extraction.evidence;
  return { ...extraction, fields: { ...fields, text: fields.teaser, html: null }, evidence };
}
