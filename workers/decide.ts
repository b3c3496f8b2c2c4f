import { urlKey } from "../discover/canonical-url.ts";
import type { Article, ChangeKind, PendingChange } from "../model/article.ts";
import type { Fingerprint } from "../model/fingerprint.ts";
import { toItem, toVisible } from "../model/item.ts";
import type { Link } from "../model/link.ts";
import type { ArticleWrite } from "../store/articles.ts";
import { type Draft, draftArticle, type Reading } from "./article.ts";
import { type Placement, placeArticle } from "./duplicates.ts";

/** What is to be stored of one page. */
export interface Decision {
  link: Link;
  articleId: string;
  outcome: NonNullable<Link["outcome"]>;
  /** The article itself where it changed, then others whose story moves. */
  writes: ArticleWrite[];
  /** The article when its content changed. */
  revised: Draft | null;
  join: { storyId: string; articleIds: string[]; because: Record<string, string> } | null;
}

/** What decisions are based on. */
export interface Grounds {
  existing: Map<string, Article>;
  /** One per page, in order. */
  prints: Fingerprint[];
  candidates: Fingerprint[];
  /** Stored articles among the candidates and their stories. */
  told: Map<string, Article>;
  timezone: string;
  now(): Date;
}

/** Decides for each page whether its article is new, changed, seen before, or another's variant. */
export function decide(
  open: { link: Link; articleId: string; reading: Reading }[],
  grounds: Grounds,
): Decision[] {
  const settled = new Set<string>();
  return open.map(({ link, articleId, reading }, index) => {
    const base = { link, articleId, writes: [], revised: null, join: null };
    const before = grounds.existing.get(articleId) ?? null;
    const print = grounds.prints[index];
    // Two addresses of one article in one batch: the first one tells it.
    if (!print || settled.has(articleId)) return { ...base, outcome: "duplicate" };
    settled.add(articleId);
    const draft = draftArticle(articleId, reading, before, grounds.timezone);
    if (before && !speaksFor(link, before, reading)) return { ...base, outcome: "duplicate" };
    if (before && sameFor(before, draft)) return { ...base, outcome: "unchanged" };
    return { ...base, ...change(draft, before, print, grounds) };
  });
}

/** Whether a page may change an article: it is its own address, and not older than what is stored. */
function speaksFor(link: Link, before: Article, { capture }: Reading): boolean {
  const own = link._id === before._id || link._id === urlKey(before.url);
  return own && (capture._id === before.captureId || capture.fetchedAt >= before.lastSeenAt);
}

/** Whether readers and filters would notice no difference. */
function sameFor(before: Article, draft: Draft): boolean {
  return (
    before.contentHash === draft.contentHash &&
    before.status === draft.status &&
    before.publishedAt?.getTime() === draft.publishedAt?.getTime() &&
    before.topics.join() === draft.topics.join() &&
    before.prefix === draft.prefix &&
    before.language === draft.language
  );
}

function change(
  draft: Draft,
  before: Article | null,
  print: Fingerprint,
  grounds: Grounds,
): Pick<Decision, "outcome" | "writes" | "revised" | "join"> {
  const { candidates, told, now } = grounds;
  const place = placeArticle(print, candidates, told);
  const article = { ...draft, ...storyOf(place, before) };
  const moved = before ? [] : place.replaces.flatMap((id) => told.get(id) ?? []);
  return {
    outcome: before ? "updated" : "new",
    writes: [
      writeOf(article, before, before ? "updated" : "created", now()),
      ...moved.map((other) => mergeInto(article._id, other, now())),
    ],
    revised: article.revision === before?.revision ? null : article,
    join: place.because ? joinOf(article, place, moved) : null,
  };
}

/** An article that is told already keeps its story while its text changes. */
function storyOf(place: Placement, before: Article | null) {
  if (before) return { duplicateOf: before.duplicateOf, storyId: before.storyId };
  return { duplicateOf: place.duplicateOf, storyId: place.storyId };
}

/** An article, as it is stored, becomes a copy of the one that stands for its story now. */
export function mergeInto(head: string, other: Article, at: Date): ArticleWrite {
  const copy = { ...other, version: other.version + 1, duplicateOf: head, storyId: head };
  return writeOf(copy, other, "merged", at);
}

function joinOf(article: Draft, place: Placement, moved: Article[]): Decision["join"] {
  const because = place.because ?? "";
  const members = [article._id, ...moved.map(({ _id }) => _id)];
  const copies = article.duplicateOf ? [article._id] : members.slice(1);
  return {
    storyId: place.storyId,
    articleIds: [...new Set([place.storyId, ...members])],
    because: Object.fromEntries(copies.map((id) => [id, because])),
  };
}

function writeOf(
  article: Draft & Partial<Article>,
  before: Article | null,
  kind: ChangeKind,
  at: Date,
): ArticleWrite {
  const { pending: _, pendingAt: __, ...draft } = article;
  const change: PendingChange = {
    version: draft.version,
    kind,
    before: before && toVisible(before),
    item: toItem(draft),
    at,
  };
  return { base: before?.version ?? 0, article: draft, change };
}
