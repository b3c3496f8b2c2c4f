import { isInnerList, parseDictionary, Token } from "structured-headers";
import { HTTP_BOUNDS } from "../../config/limits.ts";
import { httpUrl } from "../../lib/text.ts";
import { type Statement, stating, type Use } from "../../model/usage-rights.ts";
import {
  head,
  latin1,
  lines,
  matches,
  type Pattern,
  parsedByText,
  pathOf,
  productOf,
  toPattern,
} from "../robots/robots.ts";
import { unlicensed } from "./rsl.ts";

const MAX_ROBOTS_LICENCES = 200;

interface UsageRule {
  agents: ReadonlySet<string>;
  name: "content-usage" | "content-signal";
  pattern: Pattern;
  text: string;
}

interface RobotsUsage {
  agents: Set<string>;
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
 * - `Content-Usage` (IETF draft-ietf-aipref-attach-05, section 3:
 *   https://www.ietf.org/archive/id/draft-ietf-aipref-attach-05.txt): the lines of our groups with
 *   the longest matching path.
 * - `Content-Signal` (https://contentsignals.org): also the lines with the longest matching path.
 * - `License` (RSL 1.0 section 4.4: https://rslstandard.org/rsl): the licences in our groups.
 *   Without any, the licences outside of all groups.
 *
 * Our groups name the product. Without any, our groups are those for `*` (RFC 9309 section 2.2.1).
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

/** Returns the lines about use and the `User-agent` lines; empty if there is nothing about use. */
export function usageLinesOf(text: string): string {
  if (!USAGE_RULE.test(text)) return "";
  const own = text
    .split(/[\r\n]+/)
    .filter((line) => /^\s*(user-?agent|content-|license)/i.test(line));
  return own.map((line) => line.trim()).join("\n");
}

const USAGE_RULE = /content-(?:usage|signal)|license/i;
const GROUP_LINE = /^(?:dis)?allow|^content-(?:usage|signal)$|^license$|^crawl-delay/;

const OUTSIDE_GROUPS = new Set(["", "license"]);

function parse(text: string): RobotsUsage {
  const usage: RobotsUsage = {
    agents: new Set(),
    rules: [],
    licences: [],
    hasMoreLicences: false,
  };
  if (!USAGE_RULE.test(text)) return usage;
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
      usage.agents.add(agent);
    } else if (line && GROUP_LINE.test(line.name)) {
      isClosed = true;
    }
    // For `License`, a blank line also ends a group, because many publishers end groups that way.
    isApart =
      line === null || line.name === "sitemap" || (isApart && OUTSIDE_GROUPS.has(line.name));
    if (line?.name === "license") {
      const isGlobal = isApart || agents.size === 0;
      const licence = { agents: isApart ? new Set<string>() : agents, isGlobal, url: line.value };
      if (usage.licences.length < MAX_ROBOTS_LICENCES) usage.licences.push(licence);
      else usage.hasMoreLicences = true;
    }
    if (line?.name !== "content-usage" && line?.name !== "content-signal") continue;
    const [, path = "", value = ""] = /^(\/[^ \t]*)?[ \t]*(.*)$/.exec(line.value) ?? [];
    const pattern = toPattern(path);
    if (pattern.parts.length > 1 && ++wildcards > HTTP_BOUNDS.robotsWildcards) continue;
    usage.rules.push({ agents, name: line.name, pattern, text: value });
  }
  return usage;
}

const MAX_STATEMENT_CHARS = 2000;

const CATEGORIES = {
  "train-ai": ["ai-train"],
  "ai-use": ["ai-input"],
  search: ["search"],
} as const satisfies Record<string, readonly Use[]>;

/**
 * Reads a preference in a header or robots.txt, such as `train-ai=n, search=y`. The syntax is an
 * RFC 9651 Dictionary (IETF draft-ietf-aipref-vocab-08, section 6:
 * https://www.ietf.org/archive/id/draft-ietf-aipref-vocab-08.txt).
 */
export function readContentUsage(text: string): Statement[] {
  const preferences = dictionaryOf(text.replaceAll("\n", ", "));
  return Object.entries(CATEGORIES).flatMap(([label, uses]) => {
    // Categories are case-sensitive.
    const value = preferences.get(label);
    if (value !== "y" && value !== "n") return [];
    return [stating("content-usage", `${label}=${value}`, uses, value === "y")];
  });
}

function dictionaryOf(text: string): Map<string, string> {
  const tokens = new Map<string, string>();
  if (text.length > MAX_STATEMENT_CHARS) return tokens;
  try {
    for (const [key, member] of parseDictionary(text)) {
      if (isInnerList(member)) continue;
      const [value] = member;
      if (value instanceof Token) tokens.set(key, value.toString());
    }
  } catch {
    return new Map();
  }
  return tokens;
}

const SIGNALS: readonly Use[] = ["search", "ai-input", "ai-train"];

/** What the levels of the signal `use` deny. */
const DENIED_BY_LEVEL = new Map<string, Use[]>([
  ["immediate", ["search", "full-text", "archive", "analysis", "ai-input", "ai-train"]],
  ["reference", ["full-text", "ai-input", "ai-train"]],
  ["full", []],
]);

/**
 * Reads content signals such as `search=yes, ai-train=no` (https://contentsignals.org and
 * draft-romm-aipref-contentsignals-00). If a signal is repeated, `no` wins.
 */
export function readContentSignal(text: string): Statement[] {
  const found = new Map<string, Statement>();
  for (const pair of text.slice(0, MAX_STATEMENT_CHARS).toLowerCase().split(/[,\n]/)) {
    const at = pair.indexOf("=");
    if (at === -1) continue;
    const [key, value] = [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
    const statement = contentSignal(key, value);
    const name = key === "use" ? pair : key;
    if (statement && !found.get(name)?.denies) found.set(name, statement);
  }
  return [...found.values()];
}

function contentSignal(key: string, value: string): Statement | null {
  const text = `${key}=${value}`;
  const use = SIGNALS.find((name) => name === key);
  if (use && (value === "yes" || value === "no")) {
    return stating("content-signal", text, [use], value === "yes");
  }
  const denies = key === "use" ? DENIED_BY_LEVEL.get(value) : undefined;
  if (!denies) return null;
  return { format: "content-signal", text, ...(denies.length > 0 && { denies }) };
}
