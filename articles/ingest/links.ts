import { LIMITS } from "../../config/limits.ts";
import { type AttemptState, retryOrGiveUp } from "../../config/retry-policy.ts";
import { dateOf, newestFirst } from "../../crawler/links/published-at.ts";
import { urlKey } from "../../crawler/links/url.ts";
import { DAY_MS, MINUTE_MS, SECOND_MS } from "../../lib/time.ts";
import type { EntryPointKind } from "../../model/crawl/entry-points.ts";
import type { UnreliableKind } from "../../model/crawl/host.ts";
import type {
  Announcement,
  Discovery,
  FoundLink,
  Hints,
  Hop,
  Lane,
  Link,
  LinkChanges,
  LinkKind,
} from "../../model/crawl/link.ts";
import {
  DETAILS,
  GiveUp,
  type RetryLater,
  type Run,
  type Skipped,
  type SkipReason,
} from "../../model/crawl/outcome.ts";
import type { Source, SourceRecord } from "../../model/sources/source.ts";
import type { KnownLink } from "../../store/crawl/links.ts";
import { hintedRevisit } from "../revisions/revisits.ts";

export interface Origin extends ArticleBounds {
  link: Link;
  /** The entry point's response, which announced the articles. */
  announcer: AnnouncedBy;
  source: SourceRecord;
  run: Pick<Run, "_id" | "first">;
  /** The found links that are already stored, by key. */
  known: Map<string, KnownLink>;
  laneOf(url: string): Lane;
  /** Explains why a URL looks like part of a crawler trap; null if it doesn't. */
  trapOf(url: string): string | null;
  /** Whether statements of a kind, such as dates, are trusted from the entry point's host. */
  trusts(word: UnreliableKind): boolean;
}

interface Refetch extends Pick<Link, "url" | "host" | "lane" | "hints">, Partial<Announced> {
  id: string;
}

export interface DiscoveryPlan {
  /** New links to fetch, in order. */
  due: Link[];
  /** New links that are skipped, each with its reason. */
  left: Link[];
  again: Refetch[];
  /** Known article links to fetch again earlier than planned, but not now. */
  sooner: { _id: string; at: Date; hints: Hints }[];
  /** Known links without a fetched page, for which an entry point now gives a first title. */
  announced: Pick<Link, "_id" | "hints" | "announcement" | "announceAt">[];
  /** Number of new links over a run's limit or in a suspected trap. They aren't stored. */
  over: number;
  problems: string[];
}

/** Decides what happens to an entry point's links. New list pages come before new articles. */
export function planDiscovery(discovery: Discovery, origin: Origin): DiscoveryPlan {
  const { link, known, now } = origin;
  const isKnown = ({ url }: { url: string }) => known.has(urlKey(url));
  const unknown = discovery.links.filter((found) => !isKnown(found));
  const { fresh, traps, trapped } = withoutTraps(unknown, origin.trapOf);
  const articles = withinBounds(fresh.filter(isArticle), origin);
  // A list's next page is only fetched while the current one still contains something new.
  const inOrder = link.kind === "listing" && origin.trusts("order");
  const follow =
    !inOrder || articles.selected.length > 0 || allFoundInFeeds(discovery.links, origin);
  const further = follow ? fresh.filter((found) => !isArticle(found)) : [];
  const due = [...further, ...articles.selected].map((found, index) => {
    // One millisecond apart, to keep the order.
    const dueAt = new Date(now.getTime() + index);
    return { ...linkOf(found, origin), dueAt, ...announcedBy(found, origin) };
  });
  const byUrl = new Map(fresh.map((found) => [found.url, found]));
  const left = [...discovery.skipped, ...articles.skipped]
    .filter((skip) => URL.canParse(skip.url) && !isKnown(skip))
    .map((skip) => leftOut(skip, byUrl.get(skip.url)?.hints ?? {}, origin));
  const revisits = discovery.links.flatMap((found) => revisit(found, origin, follow));
  const again = revisits.filter(({ at }) => at <= now).map((each) => each.again);
  const sooner = revisits
    .filter(({ at }) => at > now)
    .map(({ at, again: { id, hints } }) => ({ _id: id, at, hints }));
  const { over } = articles;
  const problems = [...discovery.problems, ...traps];
  if (over > 0) problems.push(`links over the limit of a run: ${over}; they wait for the next run`);
  return {
    due,
    left,
    again,
    sooner,
    announced: discovery.links.flatMap((found) => announcedLate(found, origin)),
    over: over + trapped,
    problems,
  };
}

function isArticle({ kind }: Pick<FoundLink, "kind">): boolean {
  return kind === "article";
}

function allFoundInFeeds(links: readonly FoundLink[], { source, run, known }: Origin): boolean {
  const feeds = new Set(source.feeds.map(urlKey));
  const articles = links.filter(isArticle);
  // Articles found on list pages don't count, because some lists repeat their last page for ever.
  const isOfFeed = ({ url }: FoundLink) => {
    const there = known.get(urlKey(url));
    return there?.runId === run._id && there.parentId !== null && feeds.has(there.parentId);
  };
  return articles.length > 0 && articles.every(isOfFeed);
}

function announcedLate(found: FoundLink, origin: Origin): DiscoveryPlan["announced"] {
  const _id = urlKey(found.url);
  const there = origin.known.get(_id);
  if (!there || there.sourceId !== origin.source._id || there.kind !== "article") return [];
  if (there.state === "done" || there.articleId || there.hints.title || isNoItem(there)) return [];
  const announced = announcedBy(found, origin);
  return announced.announcement ? [{ _id, hints: withoutText(found.hints), ...announced }] : [];
}

function withoutText(hints: Hints): Hints {
  const { contentText: _, ...others } = hints;
  return others;
}

function linkOf(found: FoundLink, { link, source, run, now, laneOf }: Origin): Link {
  const lane = found.kind === "article" ? laneOf(found.url) : link.lane;
  const id = urlKey(found.url);
  const bare = { ...found, hints: withoutText(found.hints) };
  return newLink(bare, { id, source, runId: run._id, lane, now, parentId: link._id });
}

function leftOut(
  skip: { url: string; reason: SkipReason; detail: string | null },
  hints: Hints,
  origin: Origin,
): Link {
  const found: FoundLink = { url: skip.url, kind: "article", page: 1, hints };
  return {
    ...linkOf(found, origin),
    state: "skipped",
    dueAt: null,
    reason: skip.reason,
    detail: skip.detail,
    doneAt: origin.now,
  };
}

function revisit(
  found: FoundLink,
  origin: Origin,
  follow: boolean,
): { again: Refetch; at: Date }[] {
  const id = urlKey(found.url);
  const there = origin.known.get(id);
  const ours = there?.sourceId === origin.source._id && id !== origin.link._id;
  if (!there || !ours || there.state === "due") return [];
  const seen = there.runId === origin.run._id;
  const dated = origin.trusts("dates");
  const wantedByKind: Partial<Record<LinkKind, unknown>> = {
    article:
      (there.state === "done" || there.articleId) && saysChanged(there.hints, found.hints, dated),
    // Once per run. Otherwise two indexes that name each other would keep the run busy for ever.
    sitemap:
      !seen && (!dated || !found.hints.modifiedAt || saysChanged(there.hints, found.hints, dated)),
    listing: follow && !seen,
  };
  if (!wantedByKind[found.kind]) return [];
  // Start at the link's own URL: the last redirect might have led to another host, whose requests
  // are scheduled separately.
  const { url, host, lane } = linkOf(found, origin);
  // If the link's page doesn't arrive, readers get what the entry point says now.
  const announced = there.announcement ? announcedBy(found, origin) : {};
  const at =
    found.kind === "article" ? hintedRevisit(there.revisits, there.doneAt, origin.now) : origin.now;
  // An entry point without licences or an id doesn't remove those that another one stated.
  const { usage, guid } = there.hints;
  const hints = { ...(usage && { usage }), ...(guid && { guid }), ...withoutText(found.hints) };
  const sooner = there.nextFetchAt && there.nextFetchAt < at ? there.nextFetchAt : at;
  return [{ again: { id, url, host, lane, hints, ...announced }, at: sooner }];
}

function saysChanged(before: Hints, now: Hints, dated: boolean): boolean {
  const later = (a?: Date, b?: Date) => b !== undefined && (a === undefined || b > a);
  if (dated && later(before.modifiedAt ?? before.publishedAt, now.modifiedAt)) return true;
  if (now.usage && usageText(now) !== usageText(before)) return true;
  return now.title !== undefined && before.title !== undefined && now.title !== before.title;
}

function usageText({ usage = [] }: Hints): string {
  return JSON.stringify(usage.map((signal) => ({ ...signal, seenAt: null })));
}

interface ArticleBounds {
  source: Pick<Source, "firstRun">;
  run: Pick<Run, "first">;
  /** The run has taken this many links to articles so far. */
  taken: number;
  /** Returns the Crawl-delay of a URL's host, ms. */
  delayOf(url: string): number;
  now: Date;
}

function withoutTraps(found: readonly FoundLink[], trapOf: (url: string) => string | null) {
  const counts = new Map<string, number>();
  const fresh = found.filter(({ kind, url }) => {
    const why = kind === "article" ? trapOf(url) : null;
    if (why === null) return true;
    const count = counts.get(why);
    counts.set(why, (count ?? -1) + 1);
    // A trap's first link can be an article.
    return count === undefined;
  });
  const full = [...counts].filter(([, count]) => count > 0);
  return {
    fresh,
    trapped: full.reduce((sum, [, count]) => sum + count, 0),
    traps: full.map(([why, count]) => `links not followed: ${count} (${why})`),
  };
}

function withinBounds(
  found: readonly FoundLink[],
  { source, run, taken, delayOf, now }: ArticleBounds,
) {
  const first = run.first
    ? firstRunBudget(found, {
        articles: Math.max(0, source.firstRun.articles - taken),
        days: source.firstRun.days,
        now,
      })
    : { selected: found, skipped: [] };
  const selected: FoundLink[] = [];
  for (const link of first.selected)
    if (taken + selected.length < maxArticlesAt(delayOf(link.url))) selected.push(link);
  return { selected, skipped: first.skipped, over: first.selected.length - selected.length };
}

function maxArticlesAt(delay: number): number {
  const { linksPerRun, crawlDelay } = LIMITS;
  return Math.max(1, Math.floor(linksPerRun * Math.min(1, crawlDelay / Math.max(1, delay))));
}

/** Selects the links that a source's first run takes. Undated articles count as new. */
export function firstRunBudget(
  links: readonly FoundLink[],
  budget: { articles: number; days: number; now: Date },
): { selected: FoundLink[]; skipped: Discovery["skipped"] } {
  const oldest = budget.now.getTime() - budget.days * DAY_MS;
  const selected = links.filter((link) => !isArticle(link));
  const skipped: Discovery["skipped"] = [];
  let left = budget.articles;
  for (const link of newestFirst(links.filter(isArticle))) {
    const isOld = dateOf(link) < oldest;
    if (!isOld && left > 0) {
      selected.push(link);
      left -= 1;
    } else {
      const detail = isOld ? `older than ${budget.days} days` : "over the limit of the first run";
      skipped.push({ url: link.url, reason: "too-old", detail });
    }
  }
  return { selected, skipped };
}

export function skippedSet({ skipped, detail }: Skipped): LinkChanges {
  return { state: "skipped", dueAt: null, reason: skipped, detail: detail ?? null };
}

export function doneSet(outcome: Link["outcome"]) {
  return { state: "done" as const, dueAt: null, reason: null, detail: null, outcome };
}

export function redirectedSet(hop: Hop, link: Link, now: Date): LinkChanges {
  const host = new URL(hop.location).host;
  const where = { url: hop.location, host, hops: [...link.hops, hop] };
  // The hop succeeded, so the next request is a first attempt.
  return { ...where, state: "due", dueAt: now, attempts: 0 };
}

export function toBrowserSet(now: Date): LinkChanges {
  return { state: "due", dueAt: now, lane: "browser", attempts: 0 };
}

export function failedSet(verdict: RetryLater | GiveUp, now: Date): LinkChanges {
  const { reason, message: detail } = verdict;
  if (verdict instanceof GiveUp) return { state: "dead-letter", dueAt: null, reason, detail };
  return { state: "due", dueAt: new Date(now.getTime() + (verdict.delay ?? 0)), reason, detail };
}

/** Returns `RetryLater` if a failed fetch is tried again, otherwise `GiveUp`. */
export function verdictOn(error: RetryLater | GiveUp, state: AttemptState): RetryLater | GiveUp {
  return error instanceof GiveUp ? error : retryOrGiveUp(error.reason, error.message, state);
}

export function newLink(
  found: FoundLink,
  context: {
    id: string;
    source: Pick<SourceRecord, "_id">;
    runId: string;
    lane: Lane;
    now: Date;
    parentId: string | null;
  },
): Link {
  const { id, source, runId, lane, now, parentId } = context;
  return {
    _id: id,
    url: found.url,
    foundUrl: found.url,
    host: new URL(found.url).host,
    sourceId: source._id,
    kind: found.kind,
    lane,
    state: "due",
    dueAt: now,
    runId,
    parentId,
    page: found.page,
    attempts: 0,
    claim: null,
    hops: [],
    hints: found.hints,
    validators: {},
    notModified: 0,
    reason: null,
    detail: null,
    captureId: null,
    articleId: null,
    outcome: null,
    firstSeenAt: now,
    doneAt: null,
  };
}

/**
 * How long an announced article's page is awaited before the announcement itself is published, ms.
 * Readers must get an announcement within a minute.
 */
export const ANNOUNCE_AFTER_MS = 45 * SECOND_MS;
/** How much longer an announcement waits if its article's page is already being fetched, ms. */
export const ANNOUNCE_GRACE_MS = 5 * SECOND_MS;
export const ANNOUNCE_RETRY_MS = MINUTE_MS;

type AnnouncedBy = Omit<Announcement, "text">;

interface Announced {
  announcement: Announcement;
  announceAt: Date;
}

function announcedBy(
  { kind, hints }: FoundLink,
  { announcer, source, now }: Origin,
): Partial<Announced> {
  if (kind !== "article" || source.publish !== "announced" || !hasOwnTitle(hints, announcer.kind))
    return {};
  const text = hints.contentText;
  return {
    announcement: { ...announcer, ...(text && { text }) },
    announceAt: new Date(now.getTime() + ANNOUNCE_AFTER_MS),
  };
}

const MIN_HEADLINE_CHARS = { letters: 15, ideographs: 6 };

function hasOwnTitle({ title }: Hints, kind: EntryPointKind): boolean {
  if (!title || !/\p{L}/u.test(title)) return false;
  const least = /\p{Ideographic}/u.test(title)
    ? MIN_HEADLINE_CHARS.ideographs
    : MIN_HEADLINE_CHARS.letters;
  return kind !== "listing" || title.length >= least;
}

/** Returns changes to the announcement after a fetch attempt; empty if nothing changes. */
export function announcedAfter(
  link: Pick<Link, "announcement" | "announceAt" | "articleId" | "reason">,
  set: Partial<Link>,
  now: Date,
): Pick<Link, "announcement" | "announceAt"> {
  if (!link.announcement || set.state === undefined) return {};
  if (set.state === "done") return { announcement: null, announceAt: null };
  if (set.state === "due" && isUnderWay(set)) return {};
  // A link that is gone isn't announced until a later attempt succeeds. An item announced before
  // its first attempt is withdrawn.
  if (set.reason === "gone") return { announceAt: mayBePublishedUntried(link, now) ? now : null };
  const isKnown = link.articleId !== null && link.reason === set.reason;
  return isKnown ? {} : { announceAt: now };
}

function mayBePublishedUntried(
  { announceAt, articleId, reason }: Pick<Link, "announceAt" | "articleId" | "reason">,
  now: Date,
): boolean {
  return reason === null && (articleId !== null || (announceAt != null && announceAt <= now));
}

function isUnderWay({ reason, attempts }: Partial<Link>): boolean {
  // A redirect and a change to the browser reset `attempts`.
  return reason === "login" || (attempts === 0 && !reason);
}

const NO_ITEM_REASONS = new Set<SkipReason>([
  "filtered",
  "off-site",
  "duplicate",
  "advert",
  "too-old",
  "too-many",
  "withdrawn",
  "reserved",
  "erased",
  "purged",
  "bad-url",
  "egress-refused",
  "gone",
]);

const FEED_NO_ITEM_DETAILS = ["home", "error", DETAILS.redirectsHome];
const LIST_NO_ITEM_DETAILS = [...FEED_NO_ITEM_DETAILS, "listing"];

/** Whether the reason why a link was skipped also forbids announcing it. */
export function isNoItem({
  reason,
  detail,
  announcement,
}: Pick<Link, "reason" | "detail" | "announcement">): boolean {
  if (reason === null) return false;
  if (NO_ITEM_REASONS.has(reason as SkipReason)) return true;
  if (reason !== "not-article") return false;
  const beginnings = announcement?.kind === "feed" ? FEED_NO_ITEM_DETAILS : LIST_NO_ITEM_DETAILS;
  return beginnings.some((beginning) => detail?.startsWith(beginning));
}
