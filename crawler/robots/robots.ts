import { z } from "zod";
import { HTTP_BOUNDS, LIMITS } from "../../config/limits.ts";
import { RETRY_POLICY } from "../../config/retry-policy.ts";
import { jsonOf } from "../../lib/text.ts";
import { DAY_MS } from "../../lib/time.ts";
import type { RobotsCopy, TdmCopy, TdmRule } from "../../model/crawl/host.ts";
import type { Skipped } from "../../model/crawl/outcome.ts";

interface Rule {
  allow: boolean;
  pattern: Pattern;
}

interface Group {
  agents: Set<string>;
  rules: Rule[];
  delay: number | null;
}

/** A parsed robots.txt. */
export type Robots = Group[];

const MAX_PATH = 32_768;

/** Parses robots.txt (RFC 9309) as leniently as Google does. Never throws. */
export function parseRobots(text: string): Robots {
  const robots: Robots = [];
  let group: Group | null = null;
  let closed = false;
  for (const line of lines(head(text))) {
    const key = line && keyOf(line.name);
    if (!key) continue;
    if (key === "user-agent") {
      if (!group || closed) {
        group = { agents: new Set(), rules: [], delay: null };
        robots.push(group);
        closed = false;
      }
      group.agents.add(productOf(line.value));
    } else if (group && addTo(group, key, line.value)) {
      closed = true;
    }
  }
  return robots;
}

/** Returns whether a URL is allowed, as google/robotstxt does. The URL must be percent-encoded. */
export function isAllowed(robots: Robots, product: string, url: string): boolean {
  const path = until(pathOf(latin1(url)), "\0").slice(0, MAX_PATH);
  // The first matching rule decides; `sortedRules` gives the required order.
  const rule = compiledFor(robots, product).rules.find(
    ({ pattern }) => pattern.length > 0 && matches(pattern, path),
  );
  return rule?.allow ?? true;
}

/** Returns the longest Crawl-delay for the product, in ms; null if none applies. */
export function crawlDelay(robots: Robots, product: string): number | null {
  return compiledFor(robots, product).delayMs;
}

function addTo(group: Group, key: Key, value: string): boolean {
  if (key === "crawl-delay") {
    const seconds = Number(value);
    if (value !== "" && seconds >= 0 && Number.isFinite(seconds)) {
      group.delay = Math.max(group.delay ?? 0, seconds);
    }
    return false;
  }
  group.rules.push({ allow: key === "allow", pattern: toPattern(value) });
  // As Google does: allowing the index page allows its directory.
  const slash = value.lastIndexOf("/");
  if (key === "allow" && slash !== -1 && value.startsWith("/index.htm", slash)) {
    group.rules.push({ allow: true, pattern: toPattern(`${value.slice(0, slash + 1)}$`) });
  }
  return true;
}

/** Returns the lower-case product token of a `User-agent` line: letters, `-` and `_`, or `*`. */
export function productOf(value: string): string {
  if (/^\*([\t-\r ]|$)/.test(value)) return "*";
  return (/^[a-zA-Z_-]*/.exec(value)?.[0] ?? "").toLowerCase();
}

/** What applies to one product: the groups that name it or, without any, those for `*`. */
interface Compiled {
  rules: Rule[];
  delayMs: number | null;
}

const compiled = new WeakMap<Robots, Map<string, Compiled>>();

function compiledFor(robots: Robots, product: string): Compiled {
  const name = latin1(product).toLowerCase();
  const known = compiled.get(robots) ?? new Map<string, Compiled>();
  compiled.set(robots, known);
  const rules = known.get(name) ?? compile(robots, name);
  known.set(name, rules);
  return rules;
}

function compile(robots: Robots, name: string): Compiled {
  const own = robots.filter(({ agents }) => name !== "*" && agents.has(name));
  const groups = own.length > 0 ? own : robots.filter(({ agents }) => agents.has("*"));
  const delays = groups.flatMap(({ delay }) => delay ?? []);
  return {
    rules: sortedRules(groups),
    delayMs: delays.length > 0 ? Math.max(...delays) * 1000 : null,
  };
}

function sortedRules(groups: Group[]): Rule[] {
  let wildcards = 0;
  return groups
    .flatMap((group) => group.rules)
    .filter(
      ({ pattern }) => pattern.parts.length === 1 || ++wildcards <= HTTP_BOUNDS.robotsWildcards,
    )
    .toSorted((a, b) => b.pattern.length - a.pattern.length || Number(b.allow) - Number(a.allow));
}

/** Returns a text's UTF-8 bytes as Latin-1 characters. Paths are compared in this form. */
export function latin1(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

/** Returns `latin1(text)`, cut after the last whole line that fits `LIMITS.robotsBytes`. */
export function head(text: string): string {
  const bytes = latin1(text);
  if (bytes.length <= LIMITS.robotsBytes) return bytes;
  const cut = bytes.slice(0, LIMITS.robotsBytes);
  return cut.slice(0, Math.max(cut.lastIndexOf("\n"), cut.lastIndexOf("\r"), 0));
}

/** The rest of a longer line is ignored, as in Google's parser. */
const MAX_LINE_BYTES = 2083 * 8 - 1;

type Key = "user-agent" | "allow" | "disallow" | "crawl-delay";

// Frequent typos that Google's parser accepts; keys match by prefix.
const KEYS: [Key, string[]][] = [
  ["user-agent", ["user-agent", "useragent", "user agent"]],
  ["allow", ["allow"]],
  ["disallow", ["disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw"]],
  ["crawl-delay", ["crawl-delay"]],
];

/** Each character of `value` is one byte (Latin-1). */
interface Line {
  name: string;
  value: string;
}

/** Yields each line of a robots.txt; null for a blank line. */
export function* lines(bytes: string): Generator<Line | null> {
  // A byte order mark is skipped, even an incomplete one.
  const text = bytes.replace(/^\u00ef(?:\u00bb\u00bf?)?/, "");
  // Splitting at a pattern would take three times as long.
  for (const line of text.replaceAll("\r\n", "\n").replaceAll("\r", "\n").split("\n")) {
    yield toLine(line.slice(0, MAX_LINE_BYTES));
  }
}

function toLine(line: string): Line | null {
  if (trimBlanks(line) === "") return null;
  const text = trimBlanks(until(until(line, "\0"), "#"));
  const separator = separatorOf(text);
  if (separator === -1) return { name: "", value: "" };
  const name = trimBlanks(text.slice(0, separator)).toLowerCase();
  return { name, value: trimBlanks(text.slice(separator + 1)) };
}

function keyOf(name: string): Key | undefined {
  return KEYS.find(([, spellings]) => spellings.some((each) => name.startsWith(each)))?.[0];
}

function separatorOf(text: string): number {
  const colon = text.indexOf(":");
  if (colon !== -1) return colon;
  // As Google does: without a colon, a blank between exactly two words separates them.
  const blank = text.search(/[ \t]/);
  if (blank === -1) return -1;
  const value = text.slice(blank).replace(/^[ \t]+/, "");
  return /[ \t]/.test(value) ? -1 : blank;
}

function until(text: string, delimiter: string): string {
  const at = text.indexOf(delimiter);
  return at === -1 ? text : text.slice(0, at);
}

/** Removes ASCII white space, but keeps U+00A0, which can be part of a UTF-8 character. */
function trimBlanks(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  // A loop, because a pattern ending in `+$` takes quadratic time on blanks within a line.
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

/** A parsed path pattern. The match with the greatest `length` (escaped, in bytes) decides. */
export interface Pattern {
  length: number;
  /** Literal parts between the `*`s. */
  parts: string[];
  /** Whether the pattern ends with `$`, so that its last part must end the path. */
  anchored: boolean;
}

/** Parses a path pattern (RFC 9309 section 2.2.2): `*` is any text, a final `$` is the end. */
export function toPattern(value: string): Pattern {
  const escaped = escapePattern(value);
  const anchored = escaped.endsWith("$");
  const body = anchored ? escaped.slice(0, -1) : escaped;
  return { length: escaped.length, parts: body.split("*"), anchored };
}

/** Returns whether the pattern matches the path's start, or all of the path if anchored. */
export function matches({ parts, anchored }: Pattern, path: string): boolean {
  const [first = ""] = parts;
  if (parts.length === 1) return anchored ? path === first : path.startsWith(first);
  if (!path.startsWith(first)) return false;
  let at = first.length;
  const last = parts.length - 1;
  for (let index = 1; index < (anchored ? last : parts.length); index++) {
    const part = parts[index] ?? "";
    const found = path.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  const end = parts[last] ?? "";
  return !anchored || (path.endsWith(end) && path.length - end.length >= at);
}

/** Makes `/ä` and `/%c3%a4` equal. */
function escapePattern(value: string): string {
  return value
    .replace(/%[0-9a-fA-F]{2}/g, (escape) => escape.toUpperCase())
    .replace(/[\u0080-\u00ff]/g, (byte) => {
      return `%${byte.charCodeAt(0).toString(16).toUpperCase()}`;
    });
}

/** Returns a URL's path and query as written, without the fragment; begins with `/`. */
export function pathOf(url: string): string {
  // As google/robotstxt does: the path begins after a scheme, if any, and a host.
  const [, path = ""] = /^(?:\/\/)?(?:[^/?;#]*:\/\/)?[^/?;#]*([^#]*)/.exec(url) ?? [];
  return path.startsWith("/") ? path : `/${path}`;
}

/** The status and text after any redirects, or why there is no response. */
export type FileAnswer = { status: number; text: string } | { failed: string };

const MAX_CRAWL_DELAY_MS = 30 * DAY_MS;

/**
 * Returns the copy of robots.txt to store (RFC 9309 section 2.3.1).
 *
 * - A 3xx, or a 4xx other than 429, allows everything.
 * - After a 429, a 5xx or no response, the last good copy remains valid for two days.
 * - Without a valid copy, everything is forbidden.
 */
export function robotsCopy(answer: FileAnswer, previous: RobotsCopy | null, now: Date): RobotsCopy {
  const later = (ms: number) => new Date(now.getTime() + ms);
  const status = "status" in answer ? answer.status : null;
  const reached = status !== null && status >= 200 && status < 500 && status !== 429;
  if (reached && "text" in answer) {
    const ok = status < 300;
    return {
      state: ok ? "ok" : "none",
      text: ok ? answer.text : "",
      status,
      fetchedAt: now,
      expiresAt: later(DAY_MS),
      goodAt: now,
      detail: null,
    };
  }
  const good = previous?.goodAt && now.getTime() - previous.goodAt.getTime() <= 2 * DAY_MS;
  return {
    state: "unreachable",
    text: good ? previous.text : null,
    status,
    fetchedAt: now,
    expiresAt: later(nextRetry(previous, status === null ? "silent" : "refused")),
    goodAt: good ? previous.goodAt : null,
    detail: "failed" in answer ? answer.failed : `robots.txt answered ${status}`,
  };
}

/** Returns why robots.txt doesn't let us fetch a URL; null if it does. */
export function refusalBy(copy: RobotsCopy, product: string, url: string): Skipped | null {
  const { text } = copy;
  if (text === null) return { skipped: "robots-unreachable", detail: copy.detail ?? "unreachable" };
  if (isAllowed(parsed(text), product, new URL(url).href)) return null;
  return { skipped: "robots", detail: `robots.txt forbids ${new URL(url).pathname}` };
}

/** Returns the Crawl-delay to observe, in ms, at most 30 days; 0 if there is none. */
export function robotsDelay(copy: RobotsCopy, product: string): number {
  const { text } = copy;
  return text === null ? 0 : Math.min(MAX_CRAWL_DELAY_MS, crawlDelay(parsed(text), product) ?? 0);
}

function nextRetry(previous: RobotsCopy | null, how: "refused" | "silent"): number {
  const { firstMs, factor, maxMs } = RETRY_POLICY.hostFile;
  if (previous?.state !== "unreachable") return firstMs[how];
  const last = previous.expiresAt.getTime() - previous.fetchedAt.getTime();
  return Math.min(maxMs, Math.max(firstMs[how], factor * last));
}

const parsed = parsedByText(parseRobots);

const MAX_CACHED_CHARACTERS = 2_000_000;

/** Returns `parse` with a cache for texts of `MAX_CACHED_CHARACTERS` in total. */
export function parsedByText<Parsed>(parse: (text: string) => Parsed): (text: string) => Parsed {
  const cached = new Map<string, Parsed>();
  let characters = 0;
  return (text) => {
    const isKnown = cached.has(text);
    const value = isKnown ? (cached.get(text) as Parsed) : parse(text);
    cached.delete(text);
    cached.set(text, value);
    if (!isKnown) characters += text.length;
    for (const oldest of cached.keys()) {
      if (characters <= MAX_CACHED_CHARACTERS || oldest === text) break;
      cached.delete(oldest);
      characters -= oldest.length;
    }
    return value;
  };
}

/** Path of the file with which a host reserves the rights to text and data mining of its pages. */
export const TDM_PATH = "/.well-known/tdmrep.json";
export const TDM_BYTES = 100_000;
const MAX_RULES = 500;

const TdmEntry = z
  .object({
    location: z.string().min(1).max(2000),
    "tdm-reservation": z.literal([0, 1, "0", "1"]),
    "tdm-policy": z.string().min(1).max(2000).optional().catch(undefined),
  })
  .transform((rule): TdmRule => {
    const policy = rule["tdm-policy"];
    const reserved = Number(rule["tdm-reservation"]) === 1;
    return { location: rule.location, reserved, ...(policy !== undefined && { policy }) };
  });

/**
 * Returns the copy of tdmrep.json to store (W3C TDMRep, "TDM File on the Origin Server"). After a
 * 429, a 5xx or no response, the previous rules remain valid.
 */
export function tdmCopy(answer: FileAnswer, previous: TdmCopy | null, now: Date): TdmCopy {
  const copy = (rules: TdmRule[], status: number | null, ms: number, detail: string | null) => {
    return { rules, status, fetchedAt: now, expiresAt: new Date(now.getTime() + ms), detail };
  };
  const known = previous?.rules ?? [];
  const { delayMs } = RETRY_POLICY.tdmFile;
  if ("failed" in answer) return copy(known, null, delayMs, answer.failed);
  const { status, text } = answer;
  if (status >= 500 || status === 429) {
    return copy(known, status, delayMs, `tdmrep.json answered ${status}`);
  }
  if (status >= 300) return copy([], status, DAY_MS, null);
  const rules = rulesOf(text);
  return copy(rules ?? [], status, DAY_MS, rules ? null : "tdmrep.json isn't a list of rules");
}

function rulesOf(text: string): TdmRule[] | null {
  const list = jsonOf(text.replace(/^\ufeff/, ""));
  if (!Array.isArray(list)) return null;
  return list.slice(0, MAX_RULES).flatMap((item) => TdmEntry.safeParse(item).data ?? []);
}

export function tdmRuleFor(rules: readonly TdmRule[], url: string): TdmRule | null {
  const path = pathOf(new URL(url).href);
  return rules.find(({ location }) => matches(toPattern(location), path)) ?? null;
}
