import type { Cause, SkipReason } from "../crawl/outcome.ts";
import {
  articleSignals,
  excerptLimit,
  mayShowFullText,
  mayShowImage,
  type Reserving,
  termsOf,
  type UsageSignal,
  type UsageTerms,
  type Use,
} from "../usage-rights.ts";
import type { Derived, PlaceVerdict, Relevance, TopicVerdict } from "./classification.ts";
import {
  ARTICLE_FIELDS,
  type ArticleFields,
  type Extraction,
  type Provenance,
  SHOWN_FIELDS,
  type ShownFields,
} from "./fields.ts";
import type { Origin, Representation } from "./story.ts";

/** The current fields of one article. `_id` is the key of its first link and never changes. */
export interface Article extends ArticleFields, Representation {
  _id: string;
  version: number;
  sourceId: string;
  sourceVersion: number;
  /** The URL at which readers find the article. */
  url: string;
  title: string;
  text: string;
  /** Id in `texts` of the whole text and HTML; null or missing if `text` is whole. */
  longText?: string | null;
  /** The place shown before the title, such as `CC: Region: `; empty if it is unknown. */
  prefix: string;
  country: string | null;
  /** English name of the first-level region; null if it is unknown. */
  region: string | null;
  /** ISO 3166-2 code; null if it is unknown. */
  regionCode: string | null;
  city: string | null;
  topics: string[];
  /** Relevance for the portal, 0 to 1; null if it was not computed. */
  relevanceScore: number | null;
  status: ArticleStatus;
  unlisted?: { reason: UnlistedReason; detail: string; at: Date } | null;
  retraction?: Retraction | null;
  /** Hash of title and text without layout; new extraction rules can also change the hash. */
  contentHash: string;
  captureId: string;
  extractor: string;
  /** Trace id of the run that last read the article (`traceIdOf`); missing if none has read it. */
  traceId?: string;
  derived: Derived;
  evidence: Extraction["evidence"] & {
    byTopic?: TopicVerdict[];
    relevance?: Relevance;
    places?: PlaceVerdict;
  };
  /** The rules' topics while an editor's correction overrides them; else null or missing. */
  overruled?: { byTopic: TopicVerdict[] } | null;
  /** The editorial state; null or missing if the rules set `published` and no editor changed it. */
  editorial?: Editorial | null;
  /** Texts that editors wrote; null or missing if there are none. */
  edited?: Edited | null;
  /** Embargo and expiry set by an editor; null or missing if there are none. */
  times?: Times | null;
  /** When the embargo set by the article's source ends; null or missing if there is none. */
  embargoUntil?: Date | null;
  /** When to decide visibility again, for example after an embargo; null or missing if never. */
  visibilityChangesAt?: Date | null;
  /** Until when the article is at the top of its lists; null or missing if it isn't pinned. */
  pinnedUntil?: Date | null;
  completeness: Completeness;
  /** Null or missing if the article is complete, or while its page waits for its first fetch. */
  incompleteReason?: IncompleteReason | null;
  /** Completeness that the source requires for publication; null if `announced` is enough. */
  publish: Exclude<Completeness, "announced"> | null;
  /** Share of filled fields, weighted by their importance and confidence, 0 to 1. */
  fieldScore: number;
  /** Names of the reservations that apply to us. */
  reservations: string[];
  /** Usage signals that apply to us. */
  rights: UsageSignal[];
  firstSeenAt: Date;
  lastSeenAt: Date;
  /** When readers could first see the article; null if never. */
  servedAt: Date | null;
  /** The time of publication or, if unknown, of our first fetch; never in the future. */
  sortAt: Date;
  /** Day of `sortAt` in the portal's time zone. */
  day: string;
  canonVersion: number;
  /** Number of the current revision. It stays the same if a new version has the same content. */
  revision: number;
  /** Number, kind and reason of the current revision. */
  revised: RevisionMark;
  pending: PendingChange[];
  /**
   * When the last change in `pending` was made; after an erasure, it can be the time of an earlier
   * change. Missing if `pending` is empty.
   */
  pendingAt?: Date;
}

/** A change to an article that the sequencer hasn't moved into the change stream yet. */
export interface PendingChange {
  version: number;
  kind: ChangeKind;
  /** The article before this change, for filters and statistics; null for a new article. */
  before: Visible | null;
  item: Item;
  /** Missing if the change adds no revision. */
  revision?: PublicRevision;
  /** Set if the publisher permits less than before: shorter excerpts, no image or no quotes. */
  reserves?: true;
  at: Date;
}

export type ChangeKind = "created" | "updated" | "retracted" | "merged";

/** Why an article is stored but not shown. */
export type UnlistedReason =
  | "below relevance"
  | "waits for an editor"
  | "reserved"
  | "embargo"
  | "incomplete"
  | "expired";

/** A URL of an article. `_id` is the URL's key. */
export interface Alias {
  _id: string;
  articleId: string;
  url: string;
  kind: "self" | "canonical" | "redirect" | "amp" | "mobile" | "print" | "variant" | "page";
  at: Date;
}

/**
 * A text that is too long to be stored in its article and revisions. A stored text never changes.
 * `_id` is `<articleId>:<hash>`.
 */
export interface LongText {
  _id: string;
  articleId: string;
  text: string;
  html: string | null;
}

/**
 * A marker for erased or purged content, so that this content is never stored again. `_id` is the
 * key of one of the content's URLs.
 */
export interface Tombstone {
  _id: string;
  /** `erased`: on request; `purged`: its retention time passed or its source was deleted. */
  kind: "erased" | "purged";
  at: Date;
  /** The reason that `actor` gave. It must not name what was erased. */
  reason: string;
  /** Who removed the content: a user, or a part of Newsgather such as `retention`. */
  actor: string;
}

/** The kinds of revisions, each with its meaning as shown to operators. */
export const REVISION_KINDS = {
  first: "the article as first seen",
  typo: "spelling and punctuation",
  update: "more, newer or other content",
  correction: "a correction of something in the article",
  headline: "another headline, the same text",
  reading: "the same article, read more completely or by other extraction rules",
  retraction: "retracted by the publisher or an editor",
  reinstatement: "published again after a retraction",
} as const;

export type RevisionKind = keyof typeof REVISION_KINDS;

export interface RevisionVerdict {
  kind: RevisionKind;
  because: string;
}

export interface RevisionMark extends RevisionVerdict {
  revision: number;
}

/**
 * A revision in the change stream. `because` is null if it might quote a text that the publisher
 * reserves.
 */
export interface PublicRevision extends Omit<RevisionMark, "because"> {
  because: string | null;
}

/**
 * A revision: the fields of an article at one time. It never changes once stored. `_id` is
 * `<articleId>:<revision>`.
 */
export interface Revision extends RevisionVerdict {
  _id: string;
  articleId: string;
  revision: number;
  fields: ArticleFields;
  /** Id in `texts` of the whole text and HTML; missing if `fields.text` is whole. */
  longText?: string;
  contentHash: string;
  captureId: string;
  extractor: string;
  sourceVersion: number;
  completeness: Completeness;
  fieldScore: number;
  provenance: Provenance;
  reservations: string[];
  at: Date;
}

/** The levels of completeness, least complete first, each with what the article was read from. */
export const COMPLETENESS = {
  announced: "only what the source's feed, sitemap or list says",
  partial: "only what the publisher shows for free",
  full: "everything on the article's page",
} as const;

export type Completeness = keyof typeof COMPLETENESS;

const ORDER = Object.keys(COMPLETENESS) as Completeness[];

export function isLess(one: Completeness, other: Completeness): boolean {
  return ORDER.indexOf(one) < ORDER.indexOf(other);
}

/** Why an article isn't complete: the outcome of fetching its page. */
export type IncompleteReason = SkipReason | Cause;

const ITEM_FIELDS = [
  "version",
  "status",
  "url",
  "title",
  "prefix",
  "sourceId",
  "firstSeenAt",
  "sortAt",
  "day",
  "country",
  "region",
  "regionCode",
  "city",
  "topics",
  "duplicateOf",
  "storyId",
  "completeness",
  "relevanceScore",
] as const;

/** An article as the API, feeds and the portal show it to readers, without its full text. */
export interface Item extends ShownFields, Pick<Article, (typeof ITEM_FIELDS)[number]> {
  id: string;
  teaser: string | null;
  image: { url: string; alt: string | null } | null;
  /** Null if the article is complete, or while its page waits for its first fetch. */
  incompleteReason: IncompleteReason | null;
  edited?: Edited;
  pinnedUntil?: Date;
  usage?: UsageTerms;
  /** The article's delays; readers don't get them. */
  timing: Timing;
  /** Set if the article was erased. Readers then get no item. */
  erased?: true;
}

/** The fields of an article that consumers' filters and the statistics need. */
export interface Visible
  extends Pick<Item, "sourceId" | "country" | "city" | "language" | "topics" | "status" | "day"> {
  /** ISO 3166-2 code; null if it is unknown. */
  region: string | null;
  relevanceScore: number | null;
  listed: boolean;
  denies?: Use[];
  timing?: Timing;
}

/** Whether the portal lists an article: published and not a copy of another one. */
export function isListed(article: Pick<Item, "status" | "duplicateOf">): boolean {
  return article.status === "published" && article.duplicateOf === null;
}

export function toVisible(
  article: Omit<Visible, "listed" | "region" | "denies"> &
    Pick<Item, "duplicateOf" | "regionCode" | "usage">,
): Visible {
  const { sourceId, country, language, topics, status, day } = article;
  const { regionCode: region, city, relevanceScore, timing, usage } = article;
  const listed = isListed(article);
  const place = { country, region, city };
  const visible = { sourceId, ...place, language, topics, relevanceScore, status, listed, day };
  return {
    ...visible,
    ...(usage && usage.denies.length > 0 && { denies: usage.denies }),
    ...(timing && { timing }),
  };
}

/** How long an article took on its way to readers, in seconds, for the statistics. */
export interface Timing {
  /**
   * Seconds from publication to our first fetch; null unless the time of publication is stated with
   * its time zone.
   */
  seenAfter: number | null;
  /** Seconds from our first fetch until readers could see the article; null if never or unknown. */
  servedAfter: number | null;
  /** Null for an original text. */
  origin: Origin | null;
}

export function timingOf(
  article: Pick<
    Article,
    "publishedAt" | "publishedPrecision" | "firstSeenAt" | "servedAt" | "origin"
  >,
): Timing {
  const { publishedAt, publishedPrecision, firstSeenAt, servedAt, origin } = article;
  const isExact = publishedPrecision === "instant";
  return {
    seenAfter: isExact && publishedAt ? seconds(publishedAt, firstSeenAt) : null,
    servedAfter: servedAt ? seconds(firstSeenAt, servedAt) : null,
    origin,
  };
}

function seconds(from: Date, to: Date): number {
  return (to.getTime() - from.getTime()) / 1000;
}

/** Returns an article as readers get it: with editors' texts, within the publisher's limits. */
export function toItem(stored: Omit<Article, "html" | "text" | "evidence" | "pending">): Item {
  const article = asEdited(stored);
  const image = mayShowImage(article) ? article.image : null;
  const limit = excerptLimit(article);
  const edited = limitEdited(article.edited, limit);
  const usage = termsOf(articleSignals(article));
  const same = Object.fromEntries(ITEM_FIELDS.map((name) => [name, article[name]]));
  return {
    id: article._id,
    ...(same as Pick<Article, (typeof ITEM_FIELDS)[number]>),
    teaser: cutTo(article.teaser, limit),
    ...shownFields(article),
    image: image && { url: image.url, alt: image.alt },
    incompleteReason: article.incompleteReason ?? null,
    ...(edited && { edited }),
    ...(article.pinnedUntil && { pinnedUntil: article.pinnedUntil }),
    ...(usage && { usage }),
    timing: timingOf(article),
  };
}

export function shownFields(article: Pick<ArticleFields, keyof ShownFields>): ShownFields {
  const values = SHOWN_FIELDS.map((name) => {
    const absent = ARTICLE_FIELDS[name].shown === "list" ? [] : null;
    return [name, article[name] ?? absent];
  });
  return Object.fromEntries(values) as ShownFields;
}

/** Returns an article's `Visible` fields, to be used as `before` in the article's next change. */
export function toBefore(article: Article): Visible {
  const usage = termsOf(articleSignals(article));
  return toVisible({ ...article, ...(usage && { usage }), timing: timingOf(article) });
}

/** Whether an article's text can be quoted elsewhere, such as in the reason of a revision. */
export function mayQuote({ reservations, rights }: Reserving): boolean {
  return reservations.length === 0 && mayShowFullText(rights);
}

export function reservesMore(article: Reserving, before: Reserving): boolean {
  const [most, mostBefore] = [article, before].map(excerptLimit);
  const isShorter = (most ?? Number.POSITIVE_INFINITY) < (mostBefore ?? Number.POSITIVE_INFINITY);
  const hidesImage = mayShowImage(before) && !mayShowImage(article);
  return isShorter || hidesImage || (mayQuote(before) && !mayQuote(article));
}

/** Cuts editors' teasers to `limit` characters, because they retell the publisher's text. */
function limitEdited(edited: Edited | null | undefined, limit: number | null): typeof edited {
  if (!edited || limit === null) return edited;
  if (limit === 0) return withoutTeaser(edited);
  const cut = <T extends Wording>(words: T): T =>
    words.teaser === undefined ? words : { ...words, teaser: cutTo(words.teaser, limit) };
  const { translations, ...own } = edited;
  const languages = Object.entries(translations ?? {}).map(([code, words]) => [code, cut(words)]);
  return { ...cut(own), ...(translations && { translations: Object.fromEntries(languages) }) };
}

function cutTo<T extends string | null>(text: T, limit: number | null): T | string | null {
  if (text === null || limit === null || text.length <= limit) return text;
  return limit === 0 ? null : `${text.slice(0, limit - 1).replace(/[\s\p{Surrogate}]+$/u, "")}…`;
}

/** The editorial states, each with its meaning as shown to editors. */
export const EDITORIAL_STATES = {
  new: "waits for an editor",
  draft: "an editor works on it",
  approved: "ready, until somebody publishes it",
  published: "readers get it",
} as const;

export type EditorialState = keyof typeof EDITORIAL_STATES;

export const STATES = ["new", "draft", "approved", "published", "withdrawn"] as const;

export type State = (typeof STATES)[number];

/**
 * Returns an article's editorial state; null if the article is hidden for other than editorial
 * reasons.
 */
export function stateOf({
  status,
  editorial,
  retraction,
}: Pick<Article, "status" | "editorial" | "retraction">): State | null {
  if (retraction?.cause === "editor") return "withdrawn";
  if (status !== "unlisted") return status === "published" ? "published" : null;
  return editorial && editorial.state !== "published" ? editorial.state : null;
}

/** The editorial state of an article, and whether the rules or an editor set it. */
export interface Editorial {
  state: EditorialState;
  /** The state that the rules in `config/editorial.yaml` gave the article when it was new. */
  initialState: EditorialState;
  /** Whether an editor set the state, which then overrides relevance and completeness. */
  isDecided: boolean;
  /** When the article began to wait for publication; null once it is published. */
  waitsSince: Date | null;
}

/** Texts that readers get instead of the publisher's. */
export interface Wording {
  title?: string;
  prefix?: string;
  teaser?: string;
}

/** The texts that editors wrote for an article, and editors' translations by language. */
export interface Edited extends Wording {
  translations?: Record<string, Wording>;
}

export interface Times {
  embargo?: Date;
  expires?: Date;
}

/** Returns editors' texts without teasers, for articles of which no excerpt is allowed. */
export function withoutTeaser(edited: Edited | null | undefined): Edited | null {
  if (!edited) return null;
  const { teaser: _, translations = {}, ...rest } = edited;
  const silent = Object.entries(translations).map(([language, { teaser: __, ...words }]) => [
    language,
    words,
  ]);
  return { ...rest, translations: Object.fromEntries(silent) as Record<string, Wording> };
}

/** Replaces the publisher's texts with editors' texts, preferably those in `language`. */
export function asEdited<T extends Pick<Article, "title" | "prefix" | "teaser" | "edited">>(
  article: T,
  language?: string,
): T {
  const { edited } = article;
  if (!edited) return article;
  const { translations, ...own } = edited;
  const foreign = language === undefined ? undefined : translations?.[language];
  const { title, prefix, teaser } = { ...own, ...foreign };
  return {
    ...article,
    ...(title !== undefined && { title }),
    ...(prefix !== undefined && { prefix }),
    ...(teaser !== undefined && { teaser }),
  };
}

/** Why an article is retracted. Its disappearance from a list is never the reason. */
export interface Retraction {
  /** `gone`: 404 or 410 responses. Otherwise, who retracted the article. */
  cause: "gone" | "publisher" | "editor";
  because: string;
  at: Date;
  /** Id of the response that proves the retraction; null for an editor's decision. */
  captureId: string | null;
}

/** Whether readers can see an article. If `unlisted`, the reason is in `Article.unlisted`. */
export type ArticleStatus = "published" | "unlisted" | "retracted";
