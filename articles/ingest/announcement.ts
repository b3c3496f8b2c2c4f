import { MINUTE_MS, SECOND_MS } from "../../lib/time.ts";
import type { Completeness } from "../../model/articles/item.ts";
import type { EntryPointKind } from "../../model/crawl/entry-points.ts";
import type { Announcement, FoundLink, Hints, Link } from "../../model/crawl/link.ts";
import { DETAILS, type SkipReason } from "../../model/crawl/outcome.ts";

/**
 * How long an item's page is awaited before the announcement is published, ms. The rest of the
 * first minute is for the grace period, for publishing, and for other items on a busy machine.
 */
export const ANNOUNCE_AFTER_MS = 45 * SECOND_MS;
/** How much longer an announcement waits if its article's page is already being fetched, ms. */
export const ANNOUNCE_GRACE_MS = 5 * SECOND_MS;
export const ANNOUNCE_RETRY_MS = MINUTE_MS;

/** Where an article was announced: the entry point's kind, and its response's id and time. */
export type AnnouncedBy = Omit<Announcement, "text">;

interface Announced {
  announcement: Announcement;
  announceAt: Date;
}

/** Returns what to publish, and when, if a link's page doesn't arrive; `{}` if nothing. */
export function announcementOf(
  { kind, hints }: FoundLink,
  announcer: AnnouncedBy,
  { publish, now }: { publish: Completeness; now: Date },
): Partial<Announced> {
  if (kind !== "article" || publish !== "announced" || !hasOwnTitle(hints, announcer.kind))
    return {};
  const text = hints.contentText;
  return {
    announcement: { ...announcer, ...(text && { text }) },
    announceAt: new Date(now.getTime() + ANNOUNCE_AFTER_MS),
  };
}

/** Minimum length of a list's link text to count as a title, for letters and for ideographs. */
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
  if (set.reason === "gone") return { announceAt: mayBeUntried(link, now) ? now : null };
  const isKnown = link.articleId !== null && link.reason === set.reason;
  return isKnown ? {} : { announceAt: now };
}

/** Whether an article might have been published before the first attempt to fetch it ended. */
function mayBeUntried(
  { announceAt, articleId, reason }: Pick<Link, "announceAt" | "articleId" | "reason">,
  now: Date,
): boolean {
  return reason === null && (articleId !== null || (announceAt != null && announceAt <= now));
}

/** Whether a fetch continues: at a redirect's target, in the browser or after another login. */
function isUnderWay({ reason, attempts }: Partial<Link>): boolean {
  return reason === "login" || (attempts === 0 && !reason);
}

/**
 * Reasons for skipping a link that also forbid announcing it: the link isn't a new article of the
 * source, or the article must not be shown.
 */
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

/**
 * A link from a feed isn't announced if it was skipped as `not-article` and its `detail` begins
 * with one of these.
 */
const FEED_NO_ITEM_DETAILS = ["home", "error", DETAILS.redirectsHome];
/**
 * A link from a sitemap or list isn't announced if it was skipped as `not-article` and its `detail`
 * begins with one of these.
 */
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
