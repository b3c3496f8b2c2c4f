import type { Extraction } from "../model/articles/extraction.ts";
import type { Hints } from "../model/crawl/link.ts";
import { signedIn } from "./fields/names.ts";
import { languageOfText } from "./language/language.ts";
import { type Answer, answer, gather, NOTHING } from "./rules.ts";
import { countWords } from "./words.ts";

/** What an entry point (such as a feed) says about an article. */
export interface AnnouncedInput {
  hints: Hints;
  /** The article's text in the entry point, with blank lines between paragraphs. */
  text?: string | undefined;
  language?: string | null | undefined;
  /** The current time. It replaces a publication date that is in the future. */
  now: Date;
}

/** `extract.ts` uses the same number. */
const ENTRY_POINT_CONFIDENCE = 0.7;

/** Reads only what the entry point says. The teaser is the text if `text` is missing. */
export function readAnnounced({ hints, text, language = null, now }: AnnouncedInput): Extraction {
  const { title, teaser, publishedAt, modifiedAt, tags, image } = hints;
  const { authors, organisations } = signedIn(hints.authors);
  const at = publishedAt && publishedAt > now ? now : publishedAt;
  const words = `${title ?? ""} ${text ?? teaser ?? ""}`;
  const unknown = { alt: null, caption: null, credit: null, width: null, height: null };
  const picture = image ? { url: image, ...unknown } : null;
  const { fields, evidence } = gather({
    title: entryPoint(title),
    text: entryPoint(text ?? teaser),
    teaser: entryPoint(teaser),
    authors: entryPoint(some(authors)),
    organisations: entryPoint(some(organisations)),
    publishedAt: entryPoint(at, at?.toISOString()),
    publishedPrecision: { value: at ? "instant" : null, evidence: null },
    modifiedAt: entryPoint(modifiedAt, modifiedAt?.toISOString()),
    language: languageOfText(words, null, hints.language ?? language),
    tags: entryPoint(tags),
    image: entryPoint(picture, image),
    wordCount: { value: text === undefined ? null : countWords(text), evidence: null },
  });
  return {
    fields,
    evidence,
    page: { kind: "article", confidence: ENTRY_POINT_CONFIDENCE, ampUrl: null },
  };
}

function entryPoint<T>(value: T | null | undefined, seen = String(value)): Answer<NonNullable<T>> {
  if (value === null || value === undefined || value === "") return NOTHING;
  return answer(value as NonNullable<T>, "entry point", seen, ENTRY_POINT_CONFIDENCE);
}

function some(values: string[]): string[] | null {
  return values.length > 0 ? values : null;
}
