import { isFurniture, paragraphsOf } from "../classify/revision/noise.ts";
import { urlKey } from "../discover/canonical-url.ts";
import type { Article, ChangeKind, PendingChange } from "../model/article.ts";
import type { Correction } from "../model/correction.ts";
import type { Fingerprint } from "../model/fingerprint.ts";
import { toItem, toVisible } from "../model/item.ts";
import type { Link } from "../model/link.ts";
import type { ArticleWrite } from "../store/articles.ts";
import { type Draft, draftArticle, type Reading } from "./article.ts";
import { corrected } from "./corrected.ts";
import { type Placement, placeArticle } from "./duplicates.ts";

/** What is to be stored of one page. */
export interface Decision {
  link: Link;
  articleId: string;
  /** When its page was fetched. */
  seenAt: Date;
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
  /** What editors said of them, by article. */
  corrections: ReadonlyMap<string, Correction[]>;
  /** One per page, in order. */
  prints: Fingerprint[];
  candidates: Fingerprint[];
  /** Stored articles among the candidates and their stories. */
  told: Map<string, Article>;
  timezone: string;
  now(): Date;
}

/** Decides for each page whether its article is new, changed, seen before, or another's variant. */
export function decide(open: Entry[], grounds: Grounds): Decision[] {
  const told = new Map(grounds.told);
  const decisions = open.map(({ link, articleId, reading }): Decision => {
    const seenAt = reading.capture.fetchedAt;
    return { link, articleId, seenAt, outcome: "duplicate", writes: [], revised: null, join: null };
  });
  // Earliest first: what copies a copy that arrives with it meets the story of both.
  for (const { index, print } of inOrder(open, grounds.prints)) {
    const entry = open[index];
    const decision = decisions[index];
    if (!entry || !decision) continue;
    Object.assign(decision, decideOne(entry, print, { ...grounds, told }));
    for (const { article } of decision.writes) told.set(article._id, { ...article, pending: [] });
  }
  return decisions;
}

interface Entry {
  link: Link;
  articleId: string;
  reading: Reading;
}

/** Pages in the order of their articles' times; of two addresses of one article the first tells it. */
function inOrder(open: Entry[], prints: Fingerprint[]): { index: number; print: Fingerprint }[] {
  const first = new Map<string, { index: number; print: Fingerprint }>();
  for (const [index, { articleId }] of open.entries()) {
    const print = prints[index];
    if (print && !first.has(articleId)) first.set(articleId, { index, print });
  }
  return [...first.values()].toSorted(
    (a, b) => a.print.at.getTime() - b.print.at.getTime() || (a.print._id < b.print._id ? -1 : 1),
  );
}

function decideOne(
  { link, articleId, reading }: Entry,
  print: Fingerprint,
  grounds: Grounds,
): Partial<Decision> {
  const before = grounds.existing.get(articleId) ?? null;
  const read = draftArticle(articleId, reading, before, grounds.timezone);
  const draft = corrected(read, grounds.corrections.get(articleId) ?? [], before, grounds.now());
  if (before && !speaksFor(link, before, reading)) return { outcome: "duplicate" };
  // Its revision once more: a process that ended between article and revision left none.
  if (before && sameFor(before, draft)) return { outcome: "unchanged", revised: before };
  return decideChange(draft, before, print, grounds);
}

/** Whether a page may change an article: it is its own address, and not older than what is stored. */
function speaksFor(link: Link, before: Article, { capture }: Reading): boolean {
  const own = link._id === before._id || link._id === urlKey(before.url);
  return own && (capture._id === before.captureId || capture.fetchedAt >= before.lastSeenAt);
}

/** Whether readers and filters would notice no difference. */
function sameFor(before: Article, draft: Draft): boolean {
  // A teaser out of the first paragraphs says nothing that the text doesn't.
  const own = [before, draft].some(({ evidence }) => evidence.teaser?.rule !== "first paragraphs");
  return before.revision === draft.revision && shown(before, own) === shown(draft, own);
}

/**
 * What readers see beside headline and text. Pages that only claim to be newer, count something in
 * their teaser or byline or resize an image are as they were.
 */
function shown(article: Draft, withTeaser: boolean): string {
  const { image, ...item } = toItem(article);
  const picture = image?.url.split("?")[0];
  const teaser = withTeaser && item.teaser && paragraphsOf({ text: item.teaser, html: null });
  // Names hold no figures.
  const authors = item.authors
    .filter((author) => !isFurniture(author))
    .map((author) => author.replace(/[\p{N}.,\s]+/gu, " "));
  const same = { title: "", version: 0, modifiedAt: null, wordCount: 0 };
  return JSON.stringify({ ...item, ...same, picture, teaser, authors });
}

function decideChange(
  draft: Draft,
  before: Article | null,
  print: Fingerprint,
  grounds: Grounds,
): Pick<Decision, "outcome" | "writes" | "revised" | "join"> {
  const { candidates, told, now } = grounds;
  const place = placeArticle(print, candidates, told);
  const article = { ...draft, ...storyOf(place, before) };
  const replaced = new Set(before ? [] : place.replaces);
  const moved = [...told.values()].filter(({ storyId }) => replaced.has(storyId));
  return {
    outcome: outcomeOf(article, before),
    writes: [
      writeOf(article, before, before ? "updated" : "created", now()),
      ...moved.map((other) => mergeInto(article._id, other, now())),
    ],
    revised: article.revision === before?.revision ? null : article,
    join: place.because ? joinOf(article, place, moved) : null,
  };
}

function outcomeOf(article: Draft, before: Article | null): Decision["outcome"] {
  if (before) return "updated";
  return article.duplicateOf ? "copy" : "new";
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

/** The write of an article and the change that tells readers of it. */
export function writeOf(
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
    ...(draft.revised && draft.revision !== before?.revision && { revision: draft.revised }),
    at,
  };
  return { base: before?.version ?? 0, article: draft, change };
}
