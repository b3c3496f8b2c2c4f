import type { Stamp } from "../lib/dates.ts";
import type { Extraction, PageKind } from "../model/articles/fields.ts";
import type { Hints } from "../model/crawl/link.ts";
import type { Select } from "../model/sources/source.ts";
import { readArticlePages } from "./article-pages/find.ts";
import { bodyBefore, readBody, readTeaser } from "./body/body.ts";
import { readSigned, signedIn } from "./fields/authors.ts";
import { readingOf, readModified, readPublished } from "./fields/dates.ts";
import { readImage } from "./fields/image.ts";
import {
  readAccess,
  readDeclaredUse,
  readSection,
  readSiteName,
  readTags,
} from "./fields/labels.ts";
import { readTitle } from "./fields/title.ts";
import {
  hasArticleMarkup,
  mayBeFilled,
  offerIn,
  pageKind,
  paywallOf,
  readPaidPart,
} from "./kind/kind.ts";
import { declaredLanguage, languageOfText } from "./language.ts";
import { layOut } from "./layout.ts";
import { absolute, openPage, type Page, textIn, unarchived } from "./page.ts";
import {
  type Answer,
  type Answers,
  answer,
  ENTRY_POINT_CONFIDENCE,
  gather,
  hinted,
  NOTHING,
} from "./rules.ts";
import { type Selected, selectAt, selectedFields } from "./selectors/select.ts";
import { countWords } from "./words.ts";

export interface ExtractInput {
  html: string;
  url: string;
  /** The current time. No publication date in the result is later. */
  now: Date;
  /** The source's selectors. The ones that are valid at `now` take precedence over every rule. */
  select?: Select[];
  /** The source's language, used for short texts and for the order of day and month in dates. */
  language?: string | null;
  /**
   * What the source's feed, sitemap or list says about the article. Fills gaps in what the page
   * says.
   */
  hints?: Hints;
  /** Whether the source has a login. If so, paid text was received, and is part of the article. */
  hasPaid?: boolean;
  /** IANA time zone for times without a stated zone; UTC by default. */
  timezone?: string;
}

export function extract(input: ExtractInput): Extraction {
  const { now, hints = {} } = input;
  const page = openPage(input);
  const declared = declaredLanguage(page);
  const reading = readingOf(page, declared ?? input.language ?? null, input.timezone);
  const select = input.select?.length ? selectAt(input.select, now) : null;
  const own: Selected = select ? selectedFields(page, select, reading) : {};
  const title = own.title ?? hinted(readTitle(page), hints.title);
  const layout = layOut(page, title.value);
  const signed = readSigned(page, layout);
  const hinting = signedIn(hints.authors);
  const authors = own.authors ?? hinted(signed.authors, hinting.authors);
  const organisations = hinted(signed.organisations, hinting.organisations);
  const access = readAccess(page);
  const { hasPaid = false } = input;
  const paid = hasPaid ? { because: null, tags: [] } : readPaidPart(page, access.value);
  const isPaid = !hasPaid && (paid.because !== null || access.value === false);
  const { body: whole, ...around } = readBody(page, layout, {
    title: title.value,
    authors: [...(authors.value ?? []), ...(organisations.value ?? [])],
    own: own.body,
    paid: paid.tags,
    isPaid,
  });
  const isMarked = hasArticleMarkup(page);
  const offer = hasPaid || access.value === true ? null : offerIn(around.core);
  const total = whole && countWords(whole.text);
  const facts = { paid, free: access.value, words: total ?? 0, offer: offer !== null };
  const paywall = hasPaid ? null : paywallOf(page, { ...facts, stated: isMarked });
  const body = whole && paywall && offer ? bodyBefore(whole, offer, page.base) : whole;
  const short = body === null || body.text.length < 200;
  const text = short ? `${title.value ?? ""} ${body?.text ?? ""} ${around.visible}` : body.text;
  const stamp = own.publishedAt ?? readPublished(page, layout, reading);
  const words = body === whole ? total : body && countWords(body.text);
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
    language: languageOfText(text, declared, input.language ?? hints.language ?? null),
    section: own.section ?? readSection(page),
    tags: own.tags ?? hinted(readTags(page), hints.tags),
    image: own.image ?? readImage(page, layout, around.isAround),
    siteName: readSiteName(page),
    canonicalUrl: readCanonical(page),
    isAccessibleForFree: access,
    wordCount: { value: words, evidence: null },
  };
  const { fields, evidence } = gather(answers);
  if (fields.publishedAt && !stamp.value) fields.publishedPrecision = "instant";
  const free = fields.isAccessibleForFree;
  const judged = { ...around, title: title.value, stated: isMarked, words: words ?? 0, free };
  const kind = pageKind(page, judged);
  const isAnnounced = isMarked || hints.publishedAt !== undefined;
  const unfilled = isAnnounced && mayBeFilled(page, kind.kind, words ?? 0);
  const declaredUse = readDeclaredUse(page, free);
  const variants = { ampUrl: readAmpUrl(page), variants: readVariants(page) };
  const articlePages = kind.kind === "article" ? readArticlePages(page, layout.headline) : null;
  const isFreeInPart =
    paywall !== null && PARTLY_FREE_KINDS.has(kind.kind) && fields.title !== null;
  if (isFreeInPart && !fields.text) fields.text = fields.teaser;
  const pageFacts = {
    kind: kind.kind,
    confidence: kind.confidence,
    ...(declaredUse && { declared: declaredUse }),
    ...variants,
    ...(articlePages && { articlePages }),
    ...(isFreeInPart && fields.text && { paywall }),
    ...(unfilled && !isFreeInPart && { unfilled }),
  };
  return { fields, evidence, page: pageFacts };
}

/** What an entry point (such as a feed) says about an article. */
export interface AnnouncedInput {
  hints: Hints;
  /** The article's text in the entry point, with blank lines between paragraphs. */
  text?: string | undefined;
  language?: string | null | undefined;
  /** The current time. It replaces a publication date that is in the future. */
  now: Date;
}

/**
 * Returns an extraction from what the entry point says. If `text` is missing, the teaser is used as
 * the article's text.
 */
export function readAnnounced({ hints, text, language = null, now }: AnnouncedInput): Extraction {
  const { title, teaser, publishedAt, modifiedAt, tags, image } = hints;
  const { authors, organisations } = signedIn(hints.authors);
  const at = publishedAt && earlier(publishedAt, now);
  const words = `${title ?? ""} ${text ?? teaser ?? ""}`;
  const unknown = { alt: null, caption: null, credit: null, width: null, height: null };
  const picture = image
    ? answer({ url: image, ...unknown }, "entry point", image, ENTRY_POINT_CONFIDENCE)
    : NOTHING;
  const { fields, evidence } = gather({
    title: hinted(NOTHING, title),
    text: hinted(NOTHING, text ?? teaser),
    teaser: hinted(NOTHING, teaser),
    authors: hinted(NOTHING, authors),
    organisations: hinted(NOTHING, organisations),
    publishedAt: hinted(NOTHING, at),
    publishedPrecision: { value: at ? "instant" : null, evidence: null },
    modifiedAt: hinted(NOTHING, modifiedAt),
    language: languageOfText(words, null, hints.language ?? language),
    tags: hinted(NOTHING, tags),
    image: picture,
    wordCount: { value: text === undefined ? null : countWords(text), evidence: null },
  });
  return {
    fields,
    evidence,
    page: { kind: "article", confidence: ENTRY_POINT_CONFIDENCE, ampUrl: null },
  };
}

const PARTLY_FREE_KINDS = new Set<PageKind>(["article", "paywall", "listing"]);

function instant({ value, evidence }: Answer<Stamp>): Answer<Date> {
  return { value: value?.at ?? null, evidence };
}

function until({ value, evidence }: Answer<Date>, now: Date): Answer<Date> {
  return { value: value && earlier(value, now), evidence };
}

function earlier(at: Date, now: Date): Date {
  return at > now ? now : at;
}

function readCanonical(page: Page): Answer<string> {
  const stated = [
    ["link canonical", page.links("canonical")[0]?.href],
    ["meta og:url", page.meta("og:url")[0]],
    [
      "json-ld url",
      textIn(page.article?.["mainEntityOfPage"], "@id", "url") ?? textIn(page.article?.["url"]),
    ],
  ] as const;
  for (const [rule, href] of stated) {
    const url = href ? absolute(href, page.base) : null;
    const own = url && unarchived(url);
    if (own && isPlausible(own, page.url)) return answer(own, rule, href ?? null, 0.9);
  }
  return NOTHING;
}

function readAmpUrl(page: Page): string | null {
  const href = page.links("amphtml")[0]?.href;
  return href && href !== page.url ? href : null;
}

const MAX_ALTERNATE_LINKS = 10;

type Variant = NonNullable<Extraction["page"]["variants"]>[number];

function readVariants(page: Page): Variant[] {
  const links = page.links("alternate").slice(0, MAX_ALTERNATE_LINKS);
  return links.flatMap(({ href: url, tag: { attribs } }): Variant[] => {
    const media = attribs["media"]?.toLowerCase() ?? "";
    if (url === page.url || attribs["hreflang"]) return [];
    if (/\bprint\b/.test(media)) return [{ url, kind: "print" }];
    return /max-(?:device-)?width|handheld/.test(media) ? [{ url, kind: "mobile" }] : [];
  });
}

function isPlausible(url: string, own: string): boolean {
  if (!URL.canParse(own)) return false;
  const canonicalUrl = new URL(url);
  const here = new URL(own);
  const isHome = canonicalUrl.pathname.length <= 1 && !canonicalUrl.search;
  return (
    siteOf(canonicalUrl.hostname) === siteOf(here.hostname) && !(isHome && here.pathname.length > 1)
  );
}

function siteOf(host: string): string {
  return host
    .replace(/^(?:www|m|mobile|amp|beta)\./, "")
    .split(".")
    .slice(-3)
    .join(".")
    .replace(/^[^.]+\.(?=[^.]{4,}\.)/, "");
}
