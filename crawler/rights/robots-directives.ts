import { IMAGE_PREVIEWS, MINING, type Use } from "../../model/usage-rights.ts";
import { type Statement } from "./statement.ts";

const MAX_LENGTH = 5000;

const HIDES: Use[] = ["search"];
/**
 * The uses that each directive forbids. `none` is short for `noindex, nofollow`. `nocache` is
 * Bing's name for `noarchive`. `noai` forbids text and data mining.
 */
const DENIED: Record<string, Use[]> = {
  noindex: HIDES,
  none: HIDES,
  noarchive: ["archive", "full-text"],
  nocache: ["archive", "full-text"],
  noai: MINING,
};
/** Directives with a value. The word before their colon isn't the name of a robot. */
const DIRECTIVES_WITH_VALUE = new Set(["max-snippet", "max-image-preview", "max-video-preview"]);
const UNAVAILABLE_AFTER = "unavailable_after";
/**
 * Reads robots directives (Google's "Robots meta tag, data-nosnippet, and X-Robots-Tag
 * specifications", as of December 2025:
 * https://developers.google.com/search/docs/crawling-indexing/robots-meta-tag; DeviantArt's `noai`
 * and `noimageai`, 11 November 2022). `values` has the values of one header or `meta` element, one
 * per line; case is ignored. A robot's name applies to the rest of its line; directives for robots
 * other than `product` are ignored. `nosnippet` equals `max-snippet: 0`; `max-snippet: -1`
 * and `max-image-preview: large` are no limits; `noimageai` concerns only pictures. An unreadable
 * date states nothing.
 */
export function readRobotsDirectives(values: string, product: string): Statement[] {
  const found = new Map<string, Statement>();
  const ours = product.toLowerCase();
  for (const line of values.slice(0, MAX_LENGTH).split("\n")) {
    let robot: string | null = null;
    const parts = line.split(",");
    for (let at = 0; at < parts.length; at++) {
      const part = parts[at]?.trim() ?? "";
      const colon = part.indexOf(":");
      const name = colon === -1 ? "" : part.slice(0, colon).trim().toLowerCase();
      let words = part;
      // Some publishers separate directives by blanks.
      const isValued = DIRECTIVES_WITH_VALUE.has(name.split(/\s+/).at(-1) ?? "");
      if (name && name !== UNAVAILABLE_AFTER && !isValued) {
        if (!/^[\w-]+$/.test(name)) continue;
        robot = name;
        words = part.slice(colon + 1).trim();
      }
      if (robot !== null && robot !== ours) continue;
      const { statements, taken } = readPart(words, parts.slice(at + 1, at + 2));
      at += taken;
      for (const statement of statements) found.set(statement.text, statement);
    }
  }
  return [...found.values()];
}

/**
 * Reads one of the comma-separated parts of a line. `next` has the following part, if any. `taken`
 * is 1 if that part was read too, because it is the rest of a date that contains a comma; else 0.
 */
function readPart(words: string, next: string[]): { statements: Statement[]; taken: number } {
  const lower = words.toLowerCase();
  if (lower.startsWith(UNAVAILABLE_AFTER)) {
    const value = words.slice(UNAVAILABLE_AFTER.length).replace(/^\s*:/, "").trim();
    const rest = next.filter((part) => /^\s*\d/.test(part));
    const both = rest.length > 0 ? timeOf([value, ...rest].join(",")) : null;
    const at = both ?? timeOf(value);
    if (!at) return { statements: [], taken: 0 };
    const text = `${UNAVAILABLE_AFTER}: ${both ? [value, ...rest].join(",") : value}`;
    const statement: Statement = { format: "robots-directive", text, unavailableAfter: at };
    return { statements: [statement], taken: both ? 1 : 0 };
  }
  const limit = /^max-snippet\s*:?\s*(-?\d{1,9})$/.exec(lower)?.[1];
  if (limit !== undefined) return { statements: [snippet(Number(limit))], taken: 0 };
  const preview = imagePreview(lower);
  if (preview) return { statements: [preview], taken: 0 };
  if (DIRECTIVES_WITH_VALUE.has(lower.slice(0, lower.indexOf(":")).trim()))
    return { statements: [], taken: 0 };
  const statements = lower.split(/\s+/).flatMap((word): Statement | Statement[] => {
    if (word === "nosnippet") return { ...snippet(0), text: word };
    const inner = /^max-snippet:(-?\d{1,9})$/.exec(word)?.[1];
    if (inner !== undefined) return snippet(Number(inner));
    if (word === "noimageai") return { format: "robots-directive", text: word, noImageAi: true };
    const denies = Object.hasOwn(DENIED, word) ? DENIED[word] : undefined;
    return denies ? { format: "robots-directive", text: word, denies } : (imagePreview(word) ?? []);
  });
  return { statements, taken: 0 };
}

function imagePreview(words: string): Statement | null {
  const value = /^max-image-preview\s*:?\s*(\w+)$/.exec(words)?.[1];
  const maxImagePreview = IMAGE_PREVIEWS.find((size) => size === value);
  if (!maxImagePreview) return null;
  const text = `max-image-preview:${maxImagePreview}`;
  return { format: "robots-directive", text, maxImagePreview };
}

function snippet(maxCharacters: number): Statement {
  const statement: Statement = { format: "robots-directive", text: `max-snippet:${maxCharacters}` };
  return maxCharacters >= 0 ? { ...statement, maxCharacters } : statement;
}

/**
 * Matches a time zone at the end of a date. A numeric zone must follow a time: in `25-Jun-2010`,
 * `-2010` is the year.
 */
const ZONE = /(?:\b(?:UTC?|GMT|[ECMP][SD]T)|Z|:\d{2}[^+-]*[+-]\d{2}:?\d{2})$/i;
const YEAR = /\b\d{4}\b|[a-z]{3,9}[ -]\d{2}\b/i;

/**
 * Parses a date in the usual forms of RFC 822, RFC 850 and ISO 8601, in UTC if its zone is missing
 * or unknown.
 */
function timeOf(text: string): Date | null {
  const trimmed = text.trim().slice(0, 60);
  if (!YEAR.test(trimmed) || !/^[\w\s,:+./-]+$/.test(trimmed)) return null;
  const spaced = trimmed.replace(/(\d{1,2})-([a-z]{3,9})-(\d{2,4})/i, "$1 $2 $3");
  const forms =
    ZONE.test(trimmed) || /^\d{4}-\d{2}-\d{2}$/.test(trimmed)
      ? [spaced]
      : [`${trimmed}Z`, `${spaced} UTC`, `${spaced.replace(/\s+[a-z]+$/i, "")} UTC`];
  const time = forms.map((form) => Date.parse(form)).find((ms) => !Number.isNaN(ms));
  return time === undefined ? null : new Date(time);
}
