import { MINUTE_MS, SECOND_MS } from "../../lib/time.ts";
import type { Completeness } from "../../model/articles/item.ts";
import type { EntryPointKind } from "../../model/crawl/entry-points.ts";
import type { Announcement, FoundLink, Hints, Link } from "../../model/crawl/link.ts";
import type { SkipReason } from "../../model/crawl/skipped.ts";

/**
 * An item is published by its announcement when its page hasn't come after so long, ms: within a minute of its discovery,
 * with the grace, with what publishing takes, and with those that are published before it on a busy machine.
 */
export const ANNOUNCE_AFTER_MS = 45 * SECOND_MS;
/** How much longer an item waits whose page is being fetched, ms, so that readers get one complete article. */
export const ANNOUNCE_GRACE_MS = 5 * SECOND_MS;
/** Pause before an announcement that failed through our fault is published again, ms. */
export const ANNOUNCE_RETRY_MS = MINUTE_MS;

/** The response of an entry point that announced something. */
export type AnnouncedBy = Omit<Announcement, "text">;

interface Announced {
  announcement: Announcement;
  announceAt: Date;
}

/**
 * What is published of a found link while its page doesn't come; nothing when its entry point gives it no title of its own,
 * or its source publishes pages alone.
 */
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

/** Characters of a link in a list from which its words are a headline; ideographs say more with fewer. */
const HEADLINE = { letters: 15, ideographs: 6 };

/** Whether an entry point gives an item a title: of a list any link has some words. */
function hasOwnTitle({ title }: Hints, kind: EntryPointKind): boolean {
  if (!title || !/\p{L}/u.test(title)) return false;
  const least = /\p{Ideographic}/u.test(title) ? HEADLINE.ideographs : HEADLINE.letters;
  return kind !== "listing" || title.length >= least;
}

/** Returns further changes of a link, for its announcement, at the end of an attempt. */
export function announcedAfter(
  link: Pick<Link, "announcement" | "announceAt" | "articleId" | "reason">,
  set: Partial<Link>,
  now: Date,
): Pick<Link, "announcement" | "announceAt"> {
  if (!link.announcement || set.state === undefined) return {};
  if (set.state === "done") return { announcement: null, announceAt: null };
  if (set.state === "due" && isUnderWay(set)) return {};
  // What is gone already is published once a later attempt finds it; one that was published untried is taken back.
  if (set.reason === "gone") return { announceAt: mayBeUntried(link, now) ? now : null };
  const isKnown = link.articleId !== null && link.reason === set.reason;
  return isKnown ? {} : { announceAt: now };
}

/** Whether an item may be published already though no attempt at its page has ended before. */
function mayBeUntried(
  { announceAt, articleId, reason }: Pick<Link, "announceAt" | "articleId" | "reason">,
  now: Date,
): boolean {
  return reason === null && (articleId !== null || (announceAt != null && announceAt <= now));
}

/** Whether a link goes on to another address, lane or login: nothing has ended yet. */
function isUnderWay({ reason, attempts }: Partial<Link>): boolean {
  return reason === "login" || (attempts === 0 && !reason);
}

/** Reasons that say of an item that it is none, or none that may be shown. */
const NO_ITEM = new Set<SkipReason>([
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

/** Kinds of pages that say that an item is none: of a list's link, what is no article but a list as well. */
const NO_PAGE = /^(?:home|error|leads to the home page)\b/;
const NO_PAGE_OF_LIST = /^(?:home|error|listing|leads to the home page)\b/;

/** Whether what became of a link says that what was announced is no item. */
export function isNoItem({
  reason,
  detail,
  announcement,
}: Pick<Link, "reason" | "detail" | "announcement">): boolean {
  if (reason === null) return false;
  if (NO_ITEM.has(reason as SkipReason)) return true;
  if (reason !== "not-article") return false;
  const pattern = announcement?.kind === "feed" ? NO_PAGE : NO_PAGE_OF_LIST;
  return pattern.test(detail ?? "");
}
