import { urlKey } from "../../crawler/links/canonical-url.ts";
import type { Article, ChangeKind, PendingChange } from "../../model/articles/article.ts";
import type { Correction } from "../../model/articles/correction.ts";
import type { EditorialState } from "../../model/articles/editorial.ts";
import type { Features } from "../../model/articles/fingerprint.ts";
import { mayQuote, toBefore, toItem } from "../../model/articles/to-item.ts";
import type { Link } from "../../model/crawl/link.ts";
import type { ArticleWrite } from "../../store/articles/articles.ts";
import { isFurniture, paragraphsOf, withoutNoise } from "../classify/revision/noise.ts";
import { type Draft, draftArticle, type Reading } from "./article.ts";
import { corrected } from "./corrected.ts";
import { enter } from "./editorial.ts";
import { variantsOf } from "./identity.ts";

/** What is to be stored of one page. */
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
  /** What it is compared by; null for a page that doesn't speak for its article. */
  features: Features | null;
}

/** What decisions are based on. */
export interface Grounds {
  existing: ReadonlyMap<string, Article>;
  /** What becomes of a new article, by the rules of `config/editorial.yaml`; missing: it is published. */
  ruled?: ((article: Draft) => EditorialState) | undefined;
  /** What editors said of them, by article. */
  corrections: ReadonlyMap<string, Correction[]>;
  timezone: string;
  now(): Date;
}

/** Decides for each page whether its article is new, changed, seen before, or another's variant. */
export function decide(open: readonly Entry[], grounds: Grounds): Decision[] {
  const told = new Set<string>();
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
    if (told.has(articleId) || isMute) return duplicate;
    told.add(articleId);
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
  { corrections, ruled, timezone, now }: Grounds,
): Pick<Decision, "outcome" | "draft" | "revised" | "features"> {
  const read = draftArticle(articleId, reading, before, timezone);
  const entered = before ? read : enter(read, ruled?.(read) ?? "published");
  const draft = corrected(entered, corrections.get(articleId) ?? [], before, now());
  const features = featuresOf(reading, draft.firstSeenAt);
  // Its revision once more: a process that ended between article and revision left none.
  if (before && sameFor(before, draft)) {
    return { outcome: "unchanged", draft: null, revised: before, features };
  }
  const revised = draft.revision === before?.revision ? null : draft;
  return { outcome: before ? "updated" : "new", draft, revised, features };
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
  const named = variantsOf(extracted.extraction, capture.finalUrl);
  const own =
    link._id === before._id ||
    [link._id, ...named.map(({ url }) => urlKey(url))].includes(urlKey(before.url));
  return own && (capture._id === before.captureId || capture.fetchedAt >= before.lastSeenAt);
}

/** Whether readers, filters and those who look for what isn't listed would notice no difference. */
export function sameFor(before: Article, draft: Draft): boolean {
  const why = before.unlisted?.detail === draft.unlisted?.detail;
  if (!why || before.revision !== draft.revision) return false;
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

/** The write of an article and the change that tells readers of it. */
export function writeOf(
  article: Draft & Partial<Article>,
  before: Article | null,
  kind: ChangeKind,
  at: Date,
): ArticleWrite {
  const { pending: _, pendingAt: __, ...written } = article;
  const draft = { ...written, ...servedBy(written, before, at) };
  const change: PendingChange = {
    version: draft.version,
    kind,
    before: before && toBefore(before),
    item: toItem(draft),
    ...(draft.revised &&
      draft.revision !== before?.revision && {
        revision: mayQuote(draft) ? draft.revised : { ...draft.revised, because: null },
      }),
    ...(before && mayQuote(before) && !mayQuote(draft) && { reserves: true as const }),
    at,
  };
  return { base: before?.version ?? 0, article: draft, change };
}

/** When readers could first see an article; of one stored before that was told nobody knows. */
function servedBy({ status }: Draft, before: Article | null, at: Date): Pick<Draft, "servedAt"> {
  const { servedAt } = before ?? { servedAt: null };
  if (servedAt !== null) return {};
  return { servedAt: status === "published" ? at : null };
}
