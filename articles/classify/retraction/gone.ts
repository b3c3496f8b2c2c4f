import { DAY_MS, HOUR_MS } from "../../../lib/time.ts";
import type { HostLook } from "../../../model/crawl/host.ts";
import type { Gone } from "../../../model/crawl/link.ts";

/** Answers that an article is gone, and the time between the first and the last, before it is believed. */
const TIMES = 2;
const APART = DAY_MS;
/** Looks at an article that is gone, at most. */
const MOST = 6;
/** Articles that have to be there for each other one that is gone. */
const THERE = 2;

/** What follows from another 404 or 410. */
export type GoneVerdict = {
  /** When to look again; null when enough was looked. */
  again: Date | null;
} & (
  | { retract: true; because: string }
  | { retract: false; why: "too soon" | "nothing to compare" | "the host is not well" }
);

/** The answers so far with one more. */
export function goneAgain(gone: Gone | null | undefined, now: Date): Gone {
  const { count, firstAt } = gone ?? { count: 0, firstAt: now };
  return { count: count + 1, firstAt, lastAt: now };
}

/**
 * Whether an article that answers 404 or 410 was taken back: only after two such answers a day
 * apart, and while other articles of its host, known before, are still there. A site that moved or
 * broke answers 404 for all of them.
 */
export function goneVerdict(linkId: string, gone: Gone, looks: readonly HostLook[]): GoneVerdict {
  const { count, firstAt, lastAt } = gone;
  const left = count < MOST;
  const tomorrow = left ? new Date(Math.max(firstAt.getTime(), lastAt.getTime()) + DAY_MS) : null;
  if (count < TIMES || lastAt.getTime() - firstAt.getTime() < APART) {
    const due = new Date(firstAt.getTime() + APART);
    const again = due > lastAt ? due : tomorrow;
    return { retract: false, why: "too soon", again: left ? again : null };
  }
  const { there, missing } = othersSince(linkId, looks, new Date(firstAt.getTime() - HOUR_MS));
  if (there + missing === 0) return { retract: false, why: "nothing to compare", again: tomorrow };
  if (there < THERE * missing) {
    return { retract: false, why: "the host is not well", again: tomorrow };
  }
  const days = Math.round((lastAt.getTime() - firstAt.getTime()) / DAY_MS);
  const others = `${there} other ${there === 1 ? "article" : "articles"} of the host`;
  return {
    retract: true,
    because: `404 or 410 ${count} times in ${days} ${days === 1 ? "day" : "days"}, while ${others} were there`,
    // It may come back.
    again: left ? new Date(lastAt.getTime() + 7 * DAY_MS) : null,
  };
}

/** The last look at each other article of the host. */
function othersSince(linkId: string, looks: readonly HostLook[], since: Date) {
  const last = new Map<string, boolean>();
  for (const look of looks.toSorted((a, b) => a.at.getTime() - b.at.getTime())) {
    if (look.linkId !== linkId && look.at >= since) last.set(look.linkId, look.gone);
  }
  const missing = [...last.values()].filter(Boolean).length;
  return { there: last.size - missing, missing };
}
