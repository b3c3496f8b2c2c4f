import { isDeepStrictEqual } from "node:util";
import { urlKey } from "../../crawler/links/canonical-url.ts";
import { sameSite } from "../../crawler/links/site.ts";
import type { Alias, Article } from "../../model/articles/article.ts";
import type { Correction } from "../../model/articles/correction.ts";
import type { EditorialState } from "../../model/articles/editorial.ts";
import type { ArticlePageRead, Extraction } from "../../model/articles/extraction.ts";
import type { Features } from "../../model/articles/fingerprint.ts";
import { isLess } from "../../model/articles/item.ts";
import { toItem } from "../../model/articles/to-item.ts";
import type { Capture } from "../../model/crawl/capture.ts";
import type { Hop, Link } from "../../model/crawl/link.ts";
import { isFurniture, paragraphsOf, withoutNoise } from "../classify/revision/noise.ts";
import { completenessOf, type Draft, draftArticle, type Reading } from "../revisions/draft.ts";
import { corrected, enter } from "../revisions/visibility.ts";

/** A page that holds an article, and the link that led to it. */
export interface ReadPage {
  link: Link;
  capture: Capture;
  reading: Reading;
}

/** The writes for one page. */
export interface Decision {
  link: Link;
  articleId: string;
  /** When its page was fetched. */
  seenAt: Date;
  outcome: "new" | "updated" | "unchanged" | "duplicate";
  /** The article as it is stored. */
  before: Article | null;
  /** The article as it shall be, where readers see a difference; its story is decided later. */
  draft: Draft | null;
  /** The article when its content changed. */
  revised: Draft | null;
  /** Its fingerprint; null for a page that doesn't represent its article. */
  features: Features | null;
}

/** What decisions are based on. */
export interface Grounds {
  existing: ReadonlyMap<string, Article>;
  /** Returns the first state of a new article, by `config/editorial.yaml`; missing: it is published. */
  initialStateOf?: ((article: Draft) => EditorialState) | undefined;
  /** What editors said of them, by article. */
  corrections: ReadonlyMap<string, Correction[]>;
  timezone: string;
  now(): Date;
}

/** Decides for each page whether its article is new, changed, seen before, or another's variant. */
export function decide(open: readonly Entry[], grounds: Grounds): Decision[] {
  const seen = new Set<string>();
  // What the page itself says, counts before what its versions say.
  const inTurn = open.toSorted(
    (a, b) => Number(a.isVersion ?? false) - Number(b.isVersion ?? false),
  );
  return inTurn.map((entry): Decision => {
    const { link, articleId, reading } = entry;
    const before = grounds.existing.get(articleId) ?? null;
    const seenAt = reading.capture.fetchedAt;
    const nothing = { draft: null, revised: null, features: null };
    const duplicate = {
      link,
      articleId,
      seenAt,
      before,
      outcome: "duplicate",
      ...nothing,
    } as const;
    // Of two addresses of one article the first tells it.
    const isMute = before && (entry.isVersion || !speaksFor(link, before, reading));
    if (seen.has(articleId) || isMute) return duplicate;
    seen.add(articleId);
    if (before && saysLess(before, reading)) return { ...duplicate, outcome: "unchanged" };
    return { ...duplicate, ...decideOne(entry, before, grounds) };
  });
}

interface Entry {
  link: Link;
  articleId: string;
  reading: Reading;
  /** Whether its address is that of a version, for AMP, phones or print, which another page speaks for. */
  isVersion?: boolean;
}

function decideOne(
  { articleId, reading }: Entry,
  before: Article | null,
  { corrections, initialStateOf, timezone, now }: Grounds,
): Pick<Decision, "outcome" | "draft" | "revised" | "features"> {
  const read = draftArticle(articleId, reading, before, timezone);
  const entered = before ? read : enter(read, initialStateOf?.(read) ?? "published");
  const draft = corrected(entered, corrections.get(articleId) ?? [], before, now());
  const features = featuresOf(reading, draft.firstSeenAt);
  // Its revision once more: a process that ended between article and revision left none.
  if (before && sameFor(before, draft)) {
    return { outcome: "unchanged", draft: null, revised: before, features };
  }
  const revised = draft.revision === before?.revision ? null : draft;
  return { outcome: before ? "updated" : "new", draft, revised, features };
}

/** Minimum share of a whole text that another version of its page needs to replace it. */
const STILL_WHOLE = 0.7;

/**
 * Whether a reading has less of an article than is stored: an announcement says nothing of one whose page came or that was
 * taken back, nor the first paragraphs of one that could be read whole.
 */
function saysLess(before: Article, reading: Reading): boolean {
  if (reading.announced)
    return before.completeness !== "announced" || before.status === "retracted";
  const { completeness } = completenessOf(reading);
  const { length } = reading.extracted.extraction.fields.text ?? "";
  return isLess(completeness, before.completeness) && length < before.text.length * STILL_WHOLE;
}

/** Its time is never later than the first look, whatever the page says at later ones. */
function featuresOf({ extracted }: Reading, firstSeenAt: Date): Features {
  const features = extracted.article.fingerprint;
  return { ...features, at: firstSeenAt < features.at ? firstSeenAt : features.at };
}

/** Whether a page may change an article: it has its address, or names it as a version of its own, and is not older than what is stored. */
export function speaksFor(
  link: Pick<Link, "_id">,
  before: Article,
  { capture, extracted }: Pick<Reading, "capture" | "extracted">,
): boolean {
  const variants = variantsOf(extracted.extraction, capture.finalUrl);
  const own =
    link._id === before._id ||
    [link._id, ...variants.map(({ url }) => urlKey(url))].includes(urlKey(before.url));
  return own && (capture._id === before.captureId || capture.fetchedAt >= before.lastSeenAt);
}

/** Whether two sets of reservations are the same, whenever they were seen. */
function sameRights(before: Article, draft: Draft): boolean {
  const textsOf = ({ rights = [] }: Pick<Article, "rights">) =>
    rights.map((signal) => JSON.stringify({ ...signal, seenAt: null })).toSorted();
  return isDeepStrictEqual(textsOf(before), textsOf(draft));
}

/** Whether readers, filters and those who look for what isn't listed would notice no difference. */
export function sameFor(before: Article, draft: Draft): boolean {
  const why = before.unlisted?.detail === draft.unlisted?.detail;
  if (!why || before.revision !== draft.revision || !sameRights(before, draft)) return false;
  // Of the same response nothing is noise.
  if (before.captureId === draft.captureId) return itemOf(before) === itemOf(draft);
  // A teaser out of the first paragraphs says nothing that the text doesn't.
  const own = [before, draft].some(({ evidence }) => evidence.teaser?.rule !== "first paragraphs");
  return shown(before, own) === shown(draft, own);
}

function itemOf(article: Draft): string {
  return JSON.stringify({ ...toItem(article), version: 0 });
}

/**
 * What readers see beside headline and text. Pages that only claim to be newer, count something in
 * their teaser or byline or resize an image are as they were.
 */
function shown(article: Draft, withTeaser: boolean): string {
  const { image, ...item } = toItem(article);
  const picture = image?.url.split("?")[0];
  const teaser = withTeaser && item.teaser && withoutNoise(paragraphsOf(item.teaser), null);
  // Names hold no figures.
  const authors = item.authors
    .filter((author) => !isFurniture(author))
    .map((author) => author.replace(/[\p{N}.,\s]+/gu, " "));
  const same = { title: "", version: 0, modifiedAt: null, wordCount: 0, relevanceScore: null };
  return JSON.stringify({ ...item, ...same, picture, teaser, authors });
}

/** A fetched article page, before it is known which article it is. */
export interface Arrival {
  link: Pick<Link, "_id" | "foundUrl" | "articleId">;
  hops: Hop[];
  finalUrl: string;
  /** The publisher's canonical address, where it is believable, else the final one. */
  address: string;
  /** Its versions for AMP, phones and print, and its further pages. */
  variants: Pick<Alias, "url" | "kind">[];
}

/** Which article an arrival is, and the addresses that it adds to it. */
interface Identity {
  articleId: string;
  aliases: Alias[];
  /** A version for AMP, phones or print that arrived before the page that names it, and belongs to that page now. */
  version?: Pick<Alias, "_id" | "kind">;
}

/** Which article an address is of, and as what. */
export type Owner = Pick<Alias, "articleId" | "kind">;

/** Whether an address is that of a version, which doesn't speak for its article. */
export function isVersion(owner: Pick<Alias, "kind"> | undefined): boolean {
  return owner !== undefined && VERSIONS.has(owner.kind);
}

const VERSIONS = new Set<Alias["kind"]>(["amp", "mobile", "print", "page"]);

/**
 * The versions of a page that it names, and the further pages that were joined with it, as far as they
 * are its site's own: a page may not claim others' addresses.
 */
export function variantsOf(
  { page: { ampUrl, variants = [] }, evidence }: Pick<Extraction, "page" | "evidence">,
  finalUrl: string,
): Arrival["variants"] {
  const amp = ampUrl ? [{ url: ampUrl, kind: "amp" as const }] : [];
  const joined = (evidence.text?.articlePages ?? []).filter(({ state }) => IS_OF_IT.has(state));
  const articlePages = joined.map(({ url }) => ({ url, kind: "page" as const }));
  const all = [...amp, ...variants, ...articlePages];
  return all.filter(({ url }) => sameSite(url, finalUrl));
}

const IS_OF_IT = new Set<ArticlePageRead["state"]>(["joined", "repeats"]);

/** Keys of all addresses of an arrival, its own first. */
export function keysOf({ link, hops, finalUrl, address, variants }: Arrival): string[] {
  const others = [...hops, ...variants].map(({ url }) => url);
  const urls = [finalUrl, ...others, address];
  return [...new Set([link._id, ...urls.map(urlKey)])];
}

/**
 * Names the article of each arrival. What a link was before it stays; else the article that has
 * the canonical address; else the one that a version of it began, which came first and didn't say
 * whose it is; else the link itself becomes the article. `owners` has what is known by URL key and
 * is extended, so arrivals of one batch find each other.
 */
export function identify(arrivals: Arrival[], owners: Map<string, Owner>, now: Date): Identity[] {
  return arrivals.map((arrival): Identity => {
    const { link, address, finalUrl } = arrival;
    const known =
      owners.get(link._id) ?? owners.get(urlKey(address)) ?? owners.get(urlKey(finalUrl));
    const version = known ? undefined : orphanOf(arrival, owners);
    const articleId = known?.articleId ?? version?._id ?? link._id;
    if (version) owners.set(version._id, { articleId, kind: version.kind });
    const aliases = aliasesOf(arrival, articleId, now).filter(({ _id }) => !owners.has(_id));
    for (const { _id, kind } of aliases) owners.set(_id, { articleId, kind });
    return { articleId, aliases, ...(version && { version }) };
  });
}

/** Returns the version that became an article of its own, because it arrived before the page that names it. */
function orphanOf({ variants }: Arrival, owners: Map<string, Owner>): Identity["version"] {
  return variants
    .map(({ url, kind }) => ({ _id: urlKey(url), kind }))
    .find(({ _id }) => {
      const owner = owners.get(_id);
      return owner?.articleId === _id && owner.kind === "self";
    });
}

function aliasesOf(arrival: Arrival, articleId: string, at: Date): Alias[] {
  const { link, hops, finalUrl, address, variants } = arrival;
  const of = (url: string, kind: Alias["kind"]): Alias => {
    return { _id: urlKey(url), articleId, url, kind, at };
  };
  const all = [
    of(link.foundUrl, link._id === articleId ? "self" : "variant"),
    of(address, "canonical"),
    of(finalUrl, "redirect"),
    ...hops.map((hop) => of(hop.url, "redirect")),
    ...variants.map(({ url, kind }) => of(url, kind)),
  ];
  const seen = new Set<string>();
  return all.filter(({ _id }) => !seen.has(_id) && seen.add(_id));
}
