import { HTTP_BOUNDS } from "../../config/limits.ts";
import { httpUrl } from "../../lib/html.ts";
import { lines } from "../robots/line.ts";
import { matches, type Pattern, pathOf, toPattern } from "../robots/pattern.ts";
import { parsedByText } from "../robots/policy.ts";
import { head, latin1, productOf } from "../robots/robots.ts";
import { readContentSignal, readContentUsage } from "./preferences.ts";
import { unlicensed } from "./rsl.ts";
import type { Statement } from "./statement.ts";

/** A robots.txt that names more counts as denying analysis and AI use. */
const MAX_ROBOTS_LICENCES = 200;

interface UsageRule {
  /** Lower-case product tokens of the group (`*` for every crawler); empty without a group. */
  agents: ReadonlySet<string>;
  name: "content-usage" | "content-signal";
  pattern: Pattern;
  text: string;
}

interface RobotsUsage {
  agents: ReadonlySet<string>;
  rules: UsageRule[];
  licences: { agents: ReadonlySet<string>; isGlobal: boolean; url: string }[];
  hasMoreLicences: boolean;
}

export interface RobotsUsageOfPage {
  statements: Statement[];
  /** Absolute URLs of RSL licences. */
  licences: string[];
}

const parsed = parsedByText(parse);

/**
 * Returns what robots.txt states about our use of the page at `url`:
 *
 * - `Content-Usage` (IETF draft-ietf-aipref-attach-05, 19 August 2026, section 3:
 * https://www.ietf.org/archive/id/draft-ietf-aipref-attach-05.txt): the line in our groups with the
 * longest matching path; all such lines if several paths are equally long.
 *
 * - `Content-Signal` (https://contentsignals.org): by the same rule, because some publishers put a
 * path before its value, too.
 *
 * - `License` (RSL 1.0 section 4.4: https://rslstandard.org/rsl): the licences in our groups; if
 * there are none, the licences outside of any group. For `License`, a blank line also ends a
 * group, because many publishers end groups that way.
 *
 * Our groups are chosen by RFC 9309 section 2.2.1: the groups that name the product; if there are
 * none, the groups for `*`.
 */
export function robotsUsage(text: string, product: string, url: string): RobotsUsageOfPage {
  const usage = parsed(text);
  if (usage.rules.length === 0 && usage.licences.length === 0) {
    return { statements: [], licences: [] };
  }
  const name = latin1(product).toLowerCase();
  const agent = usage.agents.has(name) ? name : "*";
  const path = pathOf(latin1(new URL(url).href));
  const own = usage.rules.filter(({ agents }) => agents.has(agent));
  const read = { "content-usage": readContentUsage, "content-signal": readContentSignal };
  const statements = (["content-usage", "content-signal"] as const).flatMap((kind) => {
    const longest = longestOf(
      own.filter((rule) => rule.name === kind && matches(rule.pattern, path)),
    );
    return longest.flatMap(({ text: value }) => read[kind](value));
  });
  if (usage.hasMoreLicences)
    statements.push(unlicensed(`robots.txt names more than ${MAX_ROBOTS_LICENCES} licences`));
  const ownLicences = usage.licences.filter(({ agents }) => agents.has(agent));
  const candidates =
    ownLicences.length > 0 ? ownLicences : usage.licences.filter(({ isGlobal }) => isGlobal);
  // Relative URLs violate the specification, but their meaning is clear.
  const base = new URL("/robots.txt", url).href;
  const licences = new Set(candidates.flatMap((licence) => httpUrl(licence.url, base) ?? []));
  return { statements, licences: [...licences] };
}

function longestOf(rules: UsageRule[]): UsageRule[] {
  const length = Math.max(...rules.map(({ pattern }) => pattern.length));
  return rules.filter(({ pattern }) => pattern.length === length);
}

/** Returns the lines about use and the `User-agent` lines; empty if none states anything. */
export function usageLinesOf(text: string): string {
  if (!USAGE_RULE.test(text)) return "";
  const own = text
    .split(/[\r\n]+/)
    .filter((line) => /^\s*(user-?agent|content-|license)/i.test(line));
  return own.map((line) => line.trim()).join("\n");
}

const USAGE_RULE = /content-(?:usage|signal)|license/i;
/** Matches the lines that belong to a group; the next `User-agent` begins another group. */
const GROUP_LINE = /^(?:dis)?allow|^content-(?:usage|signal)$|^license$|^crawl-delay/;

function parse(text: string): RobotsUsage {
  const usage: RobotsUsage = {
    agents: new Set(),
    rules: [],
    licences: [],
    hasMoreLicences: false,
  };
  if (!USAGE_RULE.test(text)) return usage;
  const everybody = new Set<string>();
  usage.agents = everybody;
  let agents = new Set<string>();
  let isClosed = false;
  let isApart = true;
  let wildcards = 0;
  for (const line of lines(head(text))) {
    if (line?.name === "user-agent" || line?.name === "useragent") {
      if (isClosed) agents = new Set();
      isClosed = false;
      const agent = productOf(line.value);
      agents.add(agent);
      everybody.add(agent);
    } else if (line && GROUP_LINE.test(line.name)) {
      isClosed = true;
    }
    isApart = line === null || line.name === "sitemap" || (isApart && isOutside(line.name));
    if (line?.name === "license") {
      const isGlobal = isApart || agents.size === 0;
      const licence = { agents: isApart ? new Set<string>() : agents, isGlobal, url: line.value };
      if (usage.licences.length < MAX_ROBOTS_LICENCES) usage.licences.push(licence);
      else usage.hasMoreLicences = true;
    }
    if (line?.name !== "content-usage" && line?.name !== "content-signal") continue;
    const { path, value } = split(line.value);
    const pattern = toPattern(path);
    if (pattern.parts.length > 1 && ++wildcards > HTTP_BOUNDS.robotsWildcards) continue;
    usage.rules.push({ agents, name: line.name, pattern, text: value });
  }
  return usage;
}

/** Returns whether a line with this name is in no group; the next line can then be in none too. */
function isOutside(name: string): boolean {
  return name === "" || name === "license";
}

function split(value: string): { path: string; value: string } {
  if (!value.startsWith("/")) return { path: "", value };
  const end = value.search(/[ \t]/);
  if (end === -1) return { path: value, value: "" };
  return { path: value.slice(0, end), value: value.slice(end).trim() };
}
