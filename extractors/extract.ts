import type { Extraction } from "../model/extraction.ts";
import type { Hints } from "../model/link.ts";
import type { Select } from "../model/source.ts";
import { readAmpUrl, readCanonical, readVariants } from "./address.ts";
import { readSigned } from "./authors.ts";
import { readBody } from "./body/body.ts";
import { readingOf } from "./dates/reading.ts";
import type { Stamp } from "./dates/stamp.ts";
import { fold } from "./dom/text.ts";
import { readImage } from "./image.ts";
import { mayBeFilled, pageKind } from "./kind.ts";
import { readAccess, readSection, readTags } from "./labels.ts";
import { declaredLanguage, readLanguage } from "./language.ts";
import { layOut } from "./layout.ts";
import { signedIn } from "./names.ts";
import { openPage } from "./page.ts";
import { readModified, readPublished } from "./published.ts";
import { readReservations } from "./reservations.ts";
import { type Answer, type Answers, answer, gather, NOTHING } from "./rules.ts";
import { selectAt, selectedFields } from "./select.ts";
import { readSheets } from "./sheets/find.ts";
import { readSiteName } from "./site-name.ts";
import { readTeaser } from "./teaser.ts";
import { readTitle } from "./title.ts";
import { countWords } from "./words.ts";

/** One page and what is known of it beforehand. */
export interface ExtractInput {
  html: string;
  url: string;
  /** Nothing is published after it. */
  now: Date;
  /** The source's own selectors; the latest that is valid at `now` wins over every rule. */
  select?: Select[];
  /** The source's language, for pages too short to tell. */
  language?: string | null;
  /** What the entry point said: fills what the page leaves open. */
  hints?: Hints;
  /** IANA zone of times that state none; UTC by default. */
  timezone?: string;
}

export { prepare } from "./language/detect.ts";

/** Reads every field of an article from one page: pure, in one parse. */
export function extract(input: ExtractInput): Extraction {
  const { now, hints = {} } = input;
  const page = openPage(input);
  const stated = declaredLanguage(page) ?? input.language ?? null;
  const reading = readingOf(page, stated, input.timezone);
  const own = selectedFields(page, selectAt(input.select ?? [], now), reading);
  const title = own.title ?? hinted(readTitle(page), hints.title);
  const layout = layOut(page, title.value);
  const signed = readSigned(page, layout);
  const hinting = signedIn(hints.authors);
  const authors = own.authors ?? hinted(signed.authors, some(hinting.authors));
  const organisations = hinted(signed.organisations, some(hinting.organisations));
  const { body, ...around } = readBody(page, layout, {
    title: title.value,
    authors: [...(authors.value ?? []), ...(organisations.value ?? [])],
    own: own.body,
  });
  const short = body === null || body.text.length < 200;
  const text = short ? `${title.value ?? ""} ${body?.text ?? ""} ${around.visible}` : body.text;
  const stamp = own.publishedAt ?? readPublished(page, layout, reading);
  const words = body ? countWords(body.text) : null;
  const answers: Answers = {
    title,
    text: body ? { value: body.text, evidence: body.evidence } : NOTHING,
    html: { value: body?.html ?? null, evidence: null },
    teaser:
      own.teaser ?? hinted(readTeaser(page, layout, body?.blocks ?? [], title.value), hints.teaser),
    authors,
    organisations,
    publishedAt: hinted(
      until(instant(stamp), now),
      hints.publishedAt && earlier(hints.publishedAt, now),
    ),
    publishedPrecision: { value: stamp.value?.precision ?? null, evidence: null },
    publishedOffset: { value: stamp.value?.offset ?? null, evidence: null },
    modifiedAt: hinted(
      instant(own.modifiedAt ?? readModified(page, layout, reading)),
      hints.modifiedAt,
    ),
    language: readLanguage(page, text, input.language ?? hints.language ?? null),
    section: own.section ?? readSection(page),
    tags: own.tags ?? hinted(readTags(page), hints.tags),
    image: own.image ?? readImage(page, layout, around.isAround),
    siteName: readSiteName(page),
    canonicalUrl: readCanonical(page),
    isAccessibleForFree: readAccess(page),
    wordCount: { value: words, evidence: null },
  };
  const { fields, evidence } = gather(answers);
  if (fields.publishedAt && !stamp.value) fields.publishedPrecision = "instant";
  const free = fields.isAccessibleForFree;
  const kind = pageKind(page, { ...around, title: title.value, words: words ?? 0, free });
  const isAnnounced = kind.stated || hints.publishedAt !== undefined;
  const unfilled = isAnnounced && mayBeFilled(page, kind.kind, words ?? 0);
  const reservations = readReservations(page);
  const variants = { ampUrl: readAmpUrl(page), variants: readVariants(page) };
  const sheets = kind.kind === "article" ? readSheets(page, layout?.headline ?? null) : null;
  const told = {
    kind: kind.kind,
    confidence: kind.confidence,
    reservations,
    ...variants,
    ...(sheets && { sheets }),
    ...(unfilled && { unfilled }),
  };
  return { fields, evidence, page: told };
}

/** An answer, or what the entry point said where the page says nothing. */
function hinted<T>(own: Answer<T>, hint: T | null | undefined): Answer<T> {
  if (own.value !== null || hint === undefined || hint === null) return own;
  const seen = hint instanceof Date ? hint.toISOString() : fold(String(hint));
  return seen ? answer(hint, "entry point", seen, 0.7) : own;
}

function some(values: string[]): string[] | null {
  return values.length > 0 ? values : null;
}

function instant({ value, evidence }: Answer<Stamp>): Answer<Date> {
  return { value: value?.at ?? null, evidence };
}

function until({ value, evidence }: Answer<Date>, now: Date): Answer<Date> {
  return { value: value && earlier(value, now), evidence };
}

function earlier(at: Date, now: Date): Date {
  return at > now ? now : at;
}
