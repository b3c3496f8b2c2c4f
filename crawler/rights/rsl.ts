import { SaxesParser, type SaxesTagNS } from "saxes";
import { HTTP_BOUNDS } from "../../config/limits.ts";
import { DOCUMENT_BYTES, type Statement, type Use } from "../../model/usage-rights.ts";
import { latin1, matches, pathOf, toPattern } from "../robots/robots.ts";

export const RSL_NAMESPACE = "https://rslstandard.org/rsl";
const MAX_CONTENTS = 1000;
const MAX_LICENSES = 20;
const MAX_VALUE = 2000;
const MAX_DEPTH = 20;
const CHUNK_CHARS = 4096;

interface License {
  permits: string[] | null;
  prohibits: string[];
  condition: string | null;
  terms: string | null;
}

interface Content {
  url: string;
  server: string | null;
  licenses: License[];
  terms: string | null;
}

export interface RslDocument {
  contents: Content[];
  maxAgeDays: number;
  /** Why the document doesn't conform, so that its permissions don't count; null if it conforms. */
  problem: string | null;
}

const ELEMENTS = new Set(
  `rsl content license permits prohibits payment standard custom amount accepts reporting legal
  alternate schema copyright terms`.split(/\s+/),
);
/** Attribution costs nothing: we always name and link the publisher. */
const ACCEPTED_PAYMENTS = new Set(["free", "attribution"]);
const PRICE_ELEMENTS = new Set(["standard", "custom", "amount", "accepts"]);

/**
 * Parses an RSL document (RSL 1.0, Recommendation of 10 December 2025:
 * https://rslstandard.org/rsl). With `isFeed`, reads the `content` elements in a feed's items
 * (section 4.7).
 */
export function parseRsl(text: string, { isFeed = false } = {}): RslDocument {
  const document: RslDocument = { contents: [], maxAgeDays: 30, problem: null };
  // Sections 2.2 and 3 say which documents conform.
  const fail = (problem: string) => {
    document.problem ??= problem;
  };
  const path: string[] = [];
  let content: Content | null = null;
  let license: License | null = null;
  let payment: string | null = null;
  let type = "";
  let value = "";
  let isStopped = false;
  const parser = new SaxesParser({ xmlns: true, position: false });
  parser.on("error", (error) => fail(`broken XML: ${error.message}`));
  parser.on("doctype", () => {
    fail("it has a DOCTYPE");
    isStopped = true;
  });
  const addText = (more: string) => {
    if (value.length < MAX_VALUE) value += more.slice(0, MAX_VALUE);
  };
  parser.on("text", addText);
  parser.on("cdata", addText);
  parser.on("opentag", (tag: SaxesTagNS) => {
    const name = tag.uri === RSL_NAMESPACE ? tag.local : "";
    if (!isFeed && path.length === 0 && name !== "rsl" && name !== "content")
      fail("no RSL document");
    if (tag.uri === RSL_NAMESPACE && !ELEMENTS.has(name))
      fail(`unknown element ${name}`.slice(0, 100));
    path.push(name);
    if (path.length > MAX_DEPTH) isStopped = true;
    value = "";
    const attribute = (key: string) => tag.attributes[key]?.value.trim() ?? null;
    const days =
      name === "rsl" ? /^[1-9]\d{0,3}$/.exec(attribute("max-age") ?? "")?.[0] : undefined;
    if (days !== undefined) document.maxAgeDays = Number(days);
    if (name === "content") {
      const url = attribute("url");
      if (url === null || (isFeed && url === "")) fail("content without a url");
      content = { url: url ?? "", server: attribute("server"), licenses: [], terms: null };
    } else if (name === "license" && content) {
      license = { permits: null, prohibits: [], condition: null, terms: null };
    } else if (name === "payment") {
      payment = attribute("type")?.toLowerCase() ?? null;
      if (license && payment && !ACCEPTED_PAYMENTS.has(payment))
        license.condition ??= `payment ${payment}`;
    } else if (PRICE_ELEMENTS.has(name) && payment === null && license) {
      license.condition ??= "payment";
    } else if (name === "reporting" && license) {
      license.condition ??= `reporting ${attribute("type") ?? ""}`.trim();
    } else if (name === "permits" || name === "prohibits") {
      type = attribute("type") ?? "usage";
    }
  });
  parser.on("closetag", () => {
    const name = path.pop() ?? "";
    const ownText = value.trim();
    value = "";
    if (name === "content" && content) {
      if (content.licenses.length === 0) fail("content without a license");
      if (document.contents.length < MAX_CONTENTS) document.contents.push(content);
      else fail("too many contents");
      content = null;
    } else if (name === "license" && license) {
      if (content && content.licenses.length < MAX_LICENSES) content.licenses.push(license);
      else fail("too many licenses");
      license = null;
    } else if ((name === "permits" || name === "prohibits") && license) {
      if (ownText.length >= MAX_VALUE) fail(`${name} is too long`);
      addTokens(license, name, type, ownText);
    } else if ((name === "custom" || name === "standard") && license && /^https?:/.test(ownText)) {
      license.terms ??= ownText;
    } else if (name === "terms" && content && /^https?:/.test(ownText)) {
      content.terms = ownText;
    }
  });
  const end = isFeed ? text.length : Math.min(text.length, DOCUMENT_BYTES);
  for (let at = 0; at < end; at += CHUNK_CHARS) {
    if (isStopped) break;
    parser.write(text.slice(at, Math.min(at + CHUNK_CHARS, end)));
  }
  if (!isStopped) parser.close();
  if (isStopped || (document.contents.length === 0 && !isFeed)) fail("no content");
  return document;
}

/** Current names of usage tokens, by their names in RSL 0.9. */
const CURRENT_TOKEN_NAMES: Record<string, string> = {
  "train-ai": "ai-train",
  "train-genai": "ai-train",
  "ai-use": "ai-input",
  "ai-include": "ai-input",
  "ai-summarize": "ai-input",
};

function addTokens(
  license: License,
  name: "permits" | "prohibits",
  type: string,
  text: string,
): void {
  // RSL 0.9 separated tokens by commas.
  const tokens = text
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean);
  if (type === "usage") {
    const usages = tokens.map((token) => CURRENT_TOKEN_NAMES[token] ?? token);
    if (name === "permits") license.permits = [...(license.permits ?? []), ...usages];
    else license.prohibits.push(...usages);
  } else if (tokens.length > 0 && !isEverybody(name, type, tokens)) {
    // We don't know the operator's group or country.
    license.condition ??= `${name} ${type} ${tokens.join(" ")}`.slice(0, 100);
  }
}

const USERS = ["commercial", "non-commercial", "education", "government", "personal"];

function isEverybody(name: "permits" | "prohibits", type: string, tokens: string[]): boolean {
  return name === "permits" && type === "user" && USERS.every((user) => tokens.includes(user));
}

/** Narrower tokens come first and take precedence (RSL 1.0 section 3.4.1.1). */
const COVERING_TOKENS: Record<Use, string[][]> = {
  search: [["search"], [], ["all"]],
  "full-text": [[], [], ["all"]],
  archive: [[], [], ["all"]],
  analysis: [[], [], ["all"]],
  "ai-input": [["ai-input", "ai-index"], ["ai-all"], ["all"]],
  "ai-train": [["ai-train"], ["ai-all"], ["all"]],
};
type Answer = { isAllowed: boolean; text: string; terms: string | null };

/**
 * Returns what a licence states about the page at `url` (RSL 1.0 sections 3.1.1, 3.3, 3.5 and 3.6).
 * A document that doesn't conform denies analysis and AI use (section 4.3).
 */
export function readRsl(document: RslDocument, url: string): Statement[] {
  const { host, href } = new URL(url);
  const page = { host, path: pathOf(latin1(href)) };
  const found = document.contents
    .flatMap((content) => {
      const length = matchLength(content.url, page);
      return length === null ? [] : [{ content, length }];
    })
    // The longest matching path decides (RFC 9309).
    .toSorted((one, other) => other.length - one.length);
  const statements = new Map<string, Statement>();
  for (const use of Object.keys(COVERING_TOKENS) as Use[]) {
    const answer = answerOf(found, use);
    const denies = answer ? !answer.isAllowed : false;
    if (answer && (denies || document.problem === null)) add(statements, answer, use);
  }
  const list = [...statements.values()];
  return document.problem === null ? list : [...list, unlicensed(document.problem)];
}

/**
 * Returns what the licences in a feed state about a page. If the page isn't on the feed's origin,
 * only denials count (RSL 1.0 section 4.7).
 */
export function readFeedRsl(licences: RslDocument, feed: string, page: string): Statement[] {
  const statements = readRsl(licences, page);
  if (new URL(feed).origin === new URL(page).origin) return statements;
  return statements.filter(({ denies }) => denies);
}

/** Returns a denial of analysis and AI use, for an unusable licence (RSL 1.0 section 4.3). */
export function unlicensed(problem: string): Statement {
  const text = `unlicensed: ${problem}`;
  return { format: "rsl", text, denies: ["analysis", "ai-input", "ai-train"] };
}

function add(
  statements: Map<string, Statement>,
  { isAllowed, text, terms }: Answer,
  use: Use,
): void {
  const statement: Statement = statements.get(text) ?? { format: "rsl", text };
  const key = isAllowed ? "allows" : "denies";
  statement[key] = [...(statement[key] ?? []), use];
  if (terms) statement.terms = terms;
  statements.set(text, statement);
}

/**
 * Returns the answer for `use`; null if no content gives one. Contents with longer paths take
 * precedence and, among paths of the same length, denials do. `found` must be sorted, longest
 * first.
 */
function answerOf(found: { content: Content; length: number }[], use: Use): Answer | null {
  let answer: Answer | null = null;
  let least = 0;
  // Stops early, because in a feed each of 1,000 contents can match each of 2,000 pages.
  for (const { content, length } of found) {
    if (length < least) break;
    const next = contentAnswer(content, use);
    if (next && !next.isAllowed) return next;
    if (next) least = length;
    answer ??= next;
  }
  return answer;
}

function contentAnswer(content: Content, use: Use): Answer | null {
  const { licenses } = content;
  for (const tokens of COVERING_TOKENS[use]) {
    const prohibited = tokens.find((token) =>
      licenses.some(({ prohibits }) => prohibits.includes(token)),
    );
    const terms = content.terms ?? licenses.find((license) => license.terms)?.terms ?? null;
    if (prohibited) return { isAllowed: false, text: `prohibits ${prohibited}`, terms };
    const permitting = licenses.flatMap((license) => {
      const token = tokens.find((one) => license.permits?.includes(one));
      return token ? [{ license, token }] : [];
    });
    const answer = permission(content, permitting);
    if (answer) return answer;
  }
  // A licence that names no usages covers all of them.
  const open = licenses.filter(({ permits }) => permits === null);
  const answer = permission(
    content,
    open.map((license) => ({ license, token: "all" })),
  );
  if (answer) return answer;
  const permitted = licenses.flatMap(({ permits }) => permits ?? []);
  // Every permitted use requires that we keep a copy.
  if (permitted.length === 0 || use === "archive") return null;
  const text = `permits ${[...new Set(permitted)].join(" ")} only`;
  return { isAllowed: false, text, terms: content.terms };
}

function permission(
  { server, terms: about }: Content,
  permitting: { license: License; token: string }[],
): Answer | null {
  const [first] = permitting;
  if (!first) return null;
  // A permission with a condition, or from a licence server, counts as a denial.
  const free = server ? undefined : permitting.find(({ license }) => license.condition === null);
  const { license, token } = free ?? first;
  const terms = license.terms ?? about;
  if (free) return { isAllowed: true, text: `permits ${token}`, terms };
  const condition = license.condition ?? `a licence of ${server}`;
  return { isAllowed: false, text: `permits ${token} for ${condition}`, terms: terms ?? server };
}

function matchLength(pattern: string, page: { host: string; path: string }): number | null {
  if (pattern === "") return 0;
  const whole = /^https?:\/\/[^/?]+/i.exec(pattern)?.[0];
  if (whole && (!URL.canParse(whole) || new URL(whole).host !== page.host)) return null;
  const path = whole ? pattern.slice(whole.length) || "/" : pattern;
  const compiled = toPattern(latin1(path.slice(0, MAX_VALUE)));
  if (compiled.parts.length > HTTP_BOUNDS.robotsWildcards) return null;
  return matches(compiled, page.path) ? compiled.length : null;
}
