import { LINK_BOUNDS } from "../../config/limits.ts";
import { DAY_MS } from "../../lib/time.ts";
import type { Host } from "../../model/crawl/host.ts";

export const TRAP_EVIDENCE = LINK_BOUNDS.trapEvidence;
const RETRY_PAUSE_MS = 7 * DAY_MS;

/** Blanks numbers and slugs; null without a number or query: such URLs can't be endlessly many. */
export function pathPattern(url: string): string | null {
  const { pathname, searchParams } = new URL(url);
  const path = pathname.split("/").map(blankSegment).join("/");
  const names = [...new Set(searchParams.keys())].toSorted().slice(0, 20);
  const pattern = (path + (names.length > 0 ? `?${names.join("&")}` : "")).slice(0, 300);
  return /\d/.test(pathname) || names.length > 0 ? pattern : null;
}

/** Returns why the URLs that match a path pattern look like a crawler trap; null if they don't. */
export function trapOf(traps: Host["traps"], pattern: string, now: Date): string | null {
  const trap = Object.values(traps ?? {}).find((each) => each.pattern === pattern);
  if (!trap || trap.misses < TRAP_EVIDENCE || hasPassed(trap, now)) return null;
  return `none of the last ${trap.misses} pages like ${pattern} held a new article`;
}

/** Returns whether a trap's last page was fetched so long ago that its URLs are tried again. */
export function hasPassed({ at }: { at: Date }, now: Date): boolean {
  return now.getTime() - at.getTime() > RETRY_PAUSE_MS;
}

function blankSegment(segment: string): string {
  // 2026-11-25, week-48, page7.html: only the numbers change.
  if (/^[a-z]{0,12}[-_.]?\d+(?:[-_.:]\d+)*(?:\.[a-z]{1,5})?$/i.test(segment)) {
    return segment.replace(/\d+/g, "0");
  }
  return /\d|-.*-/.test(segment) || segment.length > 24 ? "x" : segment;
}
