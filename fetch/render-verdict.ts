import type { PageKind } from "../model/extraction.ts";
import type { Host } from "../model/host.ts";
import type { Lane } from "../model/link.ts";

/** What extraction saw of a page that decides whether it needs the browser. */
export interface PageFacts {
  kind: PageKind;
  /** Words of article text; 0 without one. */
  words: number;
  /** Script elements of the page. */
  scripts: number;
}

/** A remembered verdict, as `Host.render` keeps it per source and path template. */
export type RenderMemory = Host["render"][string];

const HOUR = 3_600_000;
/** A page with this many words has its text, whatever else it loads. */
const ENOUGH_WORDS = 100;
const SHORTEST = 24 * HOUR;
const LONGEST = 30 * 24 * HOUR;

/**
 * Whether a page that came over HTTP has to be rendered: the extractor calls it a script app's
 * shell, or it has next to no text but scripts. Consent, captcha, error and login pages never do.
 */
export function needsBrowser({ kind, words, scripts }: PageFacts): boolean {
  if (kind === "app-shell") return true;
  return kind === "article" && words < ENOUGH_WORDS / 4 && scripts > 0;
}

/** The lane to try first under `render: auto`; HTTP where nothing is known or the verdict is old. */
export function laneOf(memory: RenderMemory | undefined, now: Date): Lane {
  return memory && memory.lane === "browser" && !isStale(memory, now) ? "browser" : "http";
}

/** Whether a verdict is due to be checked again: after a day, doubling up to thirty days. */
export function isStale({ at, checks }: RenderMemory, now: Date): boolean {
  const holds = Math.min(LONGEST, SHORTEST * 2 ** Math.min(10, checks));
  return now.getTime() - at.getTime() >= holds;
}

/**
 * The verdict to remember after a page: the same one again holds longer, another one starts anew.
 * `lane` is where the article's text was found.
 */
export function remember(memory: RenderMemory | undefined, lane: Lane, now: Date): RenderMemory {
  const same = memory?.lane === lane;
  if (same && !isStale(memory, now)) return memory;
  return { lane, at: now, checks: same ? memory.checks + 1 : 0 };
}

/** Whether a rendered page shows that HTTP would have done: as many words without scripts. */
export function httpWouldDo(overHttp: PageFacts, rendered: PageFacts): boolean {
  return overHttp.words >= ENOUGH_WORDS && overHttp.words >= 0.8 * rendered.words;
}

/** Key of a page type: the source and its path with digits and slugs blanked. */
export function pageType(sourceId: string, url: string): string {
  const parts = new URL(url).pathname.split("/").filter((part) => part !== "");
  const blank = parts.map((part, index) => {
    if (/^\d+$/.test(part)) return "0";
    return index === parts.length - 1 || part.length > 24 ? "x" : part;
  });
  // Dots and dollars can't stand in a field name of the store.
  return `${sourceId}/${blank.slice(0, 4).join("/")}`.replace(/[.$]/g, "_");
}
