import { LINK_BOUNDS } from "../../config/limits.ts";
import { DAY_MS } from "../../lib/time.ts";
import type { EntryPointField } from "../../model/crawl/entry-points.ts";
import type { Host } from "../../model/crawl/host.ts";
import type { SkipReason } from "../../model/crawl/outcome.ts";
import type { Source } from "../../model/sources/source.ts";
import { fetchUrl } from "./canonical-url.ts";
import { hostOf, isHostAmong, sameSite } from "./site.ts";

/** The parts of a source that determine which URLs are its own. */
export type Scope = Pick<Source, EntryPointField | "home" | "include" | "exclude" | "allowHosts">;

/** Why a link is skipped, with the evidence. */
export interface LeftOut {
  reason: SkipReason;
  detail: string | null;
}

const NO_PAGE = new Set(
  `doc docx xls xlsx ppt pptx odt ods odp rtf csv epub zip gz tgz rar 7z tar exe dmg apk iso
  jpg jpeg png gif webp svg avif bmp tif tiff ico mp3 m4a ogg wav flac aac mp4 m4v mov avi mkv webm
  wmv mpg mpeg css js json xml rss atom ics woff woff2 ttf eot kml gpx geojson`.split(/\s+/),
);
const MAX_PATH = 2048;

/** Returns why an article's URL must be skipped; null if it isn't skipped. */
export function leftOut(url: string, scope: Scope): LeftOut | null {
  const address = fetchUrl(url);
  if (address === null) return { reason: "bad-url", detail: null };
  const site = offSite(address, scope);
  if (site) return site;
  const { pathname, search } = new URL(address);
  const extension = /\.([a-z0-9]{1,8})$/i.exec(pathname)?.[1]?.toLowerCase() ?? "";
  if (NO_PAGE.has(extension)) return { reason: "unsupported-type", detail: `.${extension}` };
  const matches = (pattern: string) => matchesPath(pattern, pathname, search);
  const excluded = scope.exclude.find(matches);
  if (excluded !== undefined) return { reason: "filtered", detail: `exclude ${excluded}` };
  if (scope.include.length > 0 && !scope.include.some(matches)) {
    return { reason: "filtered", detail: "matches no include pattern" };
  }
  return null;
}

/** Returns why a URL is off-site; null if it is on the source's own site or in `allowHosts`. */
export function offSite(url: string, scope: Scope): LeftOut | null {
  const host = hostOf(url) ?? "";
  const entries = scope.home === undefined ? [...scope.feeds, ...scope.sitemaps] : [scope.home];
  const own = [...entries, ...scope.listings.map((listing) => listing.url)];
  if (own.some((entry) => sameSite(entry, url))) return null;
  if (isHostAmong(host, scope.allowHosts)) return null;
  return { reason: "off-site", detail: host };
}

/** Matches the path as written or decoded. Includes the query only if the pattern contains `?`. */
function matchesPath(pattern: string, pathname: string, search: string): boolean {
  const raw = (pattern.includes("?") ? pathname + search : pathname).slice(0, MAX_PATH);
  const glob = pattern.replace(/%[0-9a-f]{2}/gi, (escape) => escape.toUpperCase());
  return matchesGlob(glob, raw) || matchesGlob(glob, readable(raw));
}

function readable(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

const WITHIN_SEGMENT = "*";
const ACROSS_SEGMENTS = "**";
/** Token that makes the next two tokens, `**` and a slash, optional. */
const OPTIONAL_SEGMENTS = "?";

/**
 * Returns whether a path matches a pattern. `*` matches within a segment, `**` across segments;
 * between two slashes, `**` can also match nothing. A pattern without a leading slash or star
 * matches in any folder. The time is at most quadratic.
 */
export function matchesGlob(pattern: string, path: string): boolean {
  const tokens = tokensOf(/^[/*]/.test(pattern) ? pattern : `/**/${pattern}`);
  // Contains i if the first i tokens match what was read so far.
  let reached = new Set<number>();
  reach(reached, 0, tokens);
  for (let i = 0; i < path.length && reached.size > 0; i += 1) {
    const char = path[i];
    const next = new Set<number>();
    for (const at of reached) {
      const token = tokens[at];
      if (token === undefined) continue;
      if (token.wild === ACROSS_SEGMENTS || (token.wild === WITHIN_SEGMENT && char !== "/"))
        reach(next, at, tokens);
      else if (token.char === char) reach(next, at + 1, tokens);
    }
    reached = next;
  }
  return reached.has(tokens.length);
}

interface Token {
  char: string | null;
  wild: typeof WITHIN_SEGMENT | typeof ACROSS_SEGMENTS | typeof OPTIONAL_SEGMENTS | null;
}

function tokensOf(pattern: string): Token[] {
  const tokens: Token[] = [];
  for (let i = 0; i < pattern.length; ) {
    const folders = pattern.startsWith("**/", i) && pattern[i - 1] === "/";
    if (folders) tokens.push({ char: null, wild: OPTIONAL_SEGMENTS });
    const wild = pattern.startsWith(ACROSS_SEGMENTS, i)
      ? ACROSS_SEGMENTS
      : pattern[i] === WITHIN_SEGMENT
        ? WITHIN_SEGMENT
        : null;
    tokens.push(wild ? { char: null, wild } : { char: pattern[i] ?? "", wild: null });
    i += wild?.length ?? 1;
  }
  return tokens;
}

/** Adds the state `at`, and all states that can be reached from it without reading a character. */
function reach(states: Set<number>, at: number, tokens: Token[]): void {
  if (states.has(at)) return;
  states.add(at);
  const wild = tokens[at]?.wild;
  if (wild) reach(states, at + 1, tokens);
  if (wild === OPTIONAL_SEGMENTS) reach(states, at + 3, tokens);
}

export const TRAP_EVIDENCE = LINK_BOUNDS.trapEvidence;
const RETRY_PAUSE_MS = 7 * DAY_MS;

/**
 * Returns a URL's path and parameter names, with numbers and slugs blanked. Null if the path has no
 * digit and there is no query, because such URLs can't be endlessly many.
 */
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

/**
 * Returns whether the URLs of a suspected crawler trap are tried again, because the last of them
 * was fetched (`at`) more than a week ago.
 */
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
