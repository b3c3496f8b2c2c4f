import { HTTP_BOUNDS } from "../../config/limits.ts";
import { type Directive, directives } from "./line.ts";
import { matches, type Pattern, pathOf, toPattern } from "./pattern.ts";

interface Rule {
  allow: boolean;
  pattern: Pattern;
}

interface Group {
  /** Lower-case product tokens of the group; `*` stands for every crawler. */
  agents: Set<string>;
  rules: Rule[];
  /** Crawl-delay in seconds; null if there is none. */
  delay: number | null;
}

export interface Robots {
  groups: Group[];
}

/** RFC 9309 requires at least 500 KiB. */
const MAX_ROBOTS_BYTES = 500 * 1024;
/** Per product. Rules without `*` are unlimited, because they are cheap to match. */
const MAX_WILDCARDS = HTTP_BOUNDS.robotsWildcards;
const MAX_PATH = 32_768;

/** Parses robots.txt (RFC 9309) as leniently as Google does. Never throws. */
export function parseRobots(text: string): Robots {
  const robots: Robots = { groups: [] };
  let group: Group | null = null;
  let closed = false;
  for (const { key, value } of directives(head(text))) {
    if (key === "user-agent") {
      if (!group || closed) {
        group = { agents: new Set(), rules: [], delay: null };
        robots.groups.push(group);
        closed = false;
      }
      group.agents.add(productOf(value));
    } else if (group) {
      if (addTo(group, key, value)) closed = true;
    }
  }
  return robots;
}

/** Returns what google/robotstxt would return. The URL must be percent-encoded. */
export function isAllowed(robots: Robots, product: string, url: string): boolean {
  const path = until0(pathOf(latin1(url))).slice(0, MAX_PATH);
  const { specific, global, isNamed } = rulesFor(robots, product);
  const own = verdictOf(specific, path);
  if (own !== null) return own;
  return isNamed ? true : (verdictOf(global, path) ?? true);
}

/** Returns the longest Crawl-delay for the product, in ms; null if none applies. */
export function crawlDelay(robots: Robots, product: string): number | null {
  const name = latin1(product).toLowerCase();
  const specific = robots.groups.filter((group) => group.agents.has(name));
  const groups = specific.length > 0 ? specific : robots.groups.filter((g) => g.agents.has("*"));
  const delays = groups.flatMap((group) => group.delay ?? []);
  return delays.length > 0 ? Math.max(...delays) * 1000 : null;
}

/** Returns true for a rule, because a later `User-agent` line then begins another group. */
function addTo(group: Group, key: Directive["key"], value: string): boolean {
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

interface Compiled {
  specific: Rule[];
  global: Rule[];
  /** Whether at least one group names the product, even if that group has no rules. */
  isNamed: boolean;
}

const compiled = new WeakMap<Robots, Map<string, Compiled>>();

function rulesFor(robots: Robots, product: string): Compiled {
  const name = latin1(product).toLowerCase();
  const known = compiled.get(robots) ?? new Map<string, Compiled>();
  compiled.set(robots, known);
  let found = known.get(name);
  if (!found) {
    const own = (group: Group) => name !== "*" && group.agents.has(name);
    found = {
      specific: merge(robots.groups.filter(own)),
      global: merge(robots.groups.filter((group) => group.agents.has("*"))),
      isNamed: robots.groups.some(own),
    };
    known.set(name, found);
  }
  return found;
}

/** Puts the longest pattern first, so that it decides. Omits `*` rules over `MAX_WILDCARDS`. */
function merge(groups: Group[]): Rule[] {
  let wildcards = 0;
  return groups
    .flatMap((group) => group.rules)
    .filter(({ pattern }) => pattern.parts.length === 1 || ++wildcards <= MAX_WILDCARDS)
    .toSorted((a, b) => b.pattern.length - a.pattern.length || Number(b.allow) - Number(a.allow));
}

/** Needs the order of `merge`. Returns null if no pattern matches; an empty one never does. */
function verdictOf(rules: Rule[], path: string): boolean | null {
  const rule = rules.find(({ pattern }) => pattern.length > 0 && matches(pattern, path));
  return rule ? rule.allow : null;
}

/** Returns the UTF-8 bytes as Latin-1 characters, the form in which paths are compared. */
export function latin1(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

/** Returns the whole lines that fit the limit: half a rule would forbid or allow too much. */
export function head(text: string): string {
  const bytes = latin1(text);
  if (bytes.length <= MAX_ROBOTS_BYTES) return bytes;
  const cut = bytes.slice(0, MAX_ROBOTS_BYTES);
  return cut.slice(0, Math.max(cut.lastIndexOf("\n"), cut.lastIndexOf("\r"), 0));
}

function until0(path: string): string {
  const at = path.indexOf("\0");
  return at === -1 ? path : path.slice(0, at);
}
