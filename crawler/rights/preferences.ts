import { isInnerList, parseDictionary, Token } from "structured-headers";
import type { Use } from "../../model/usage-rights.ts";
import { type Statement, stating } from "./statement.ts";

/** A longer `Content-Usage` states nothing; the rest of a longer `Content-Signal` is ignored. */
const MAX_STATEMENT_CHARS = 2000;

/** Uses by category (draft-ietf-aipref-vocab-08 section 6.1). Categories are case-sensitive. */
const CATEGORIES = {
  "train-ai": ["ai-train"],
  "ai-use": ["ai-input"],
  search: ["search"],
} as const satisfies Record<string, readonly Use[]>;

/**
 * Reads a preference (IETF draft-ietf-aipref-vocab-08, 14 September 2026, section 6:
 * https://www.ietf.org/archive/id/draft-ietf-aipref-vocab-08.txt): an RFC 9651 Dictionary with `y`
 * or `n` per category. If a label is repeated, the last one counts; anything else is ignored. The
 * `Content-Usage` header and robots.txt use the same syntax.
 */
export function readContentUsage(text: string): Statement[] {
  const preferences = dictionaryOf(text.replaceAll("\n", ", "));
  return Object.entries(CATEGORIES).flatMap(([label, uses]) => {
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

const SIGNALS = { search: ["search"], "ai-input": ["ai-input"], "ai-train": ["ai-train"] } as const;

/** The uses that each value of the content signal `use` denies. */
const LEVELS = {
  immediate: ["search", "full-text", "archive", "analysis", "ai-input", "ai-train"],
  reference: ["full-text", "ai-input", "ai-train"],
  full: [],
} as const satisfies Record<string, readonly Use[]>;

/**
 * Reads content signals (Content Signals Policy, https://contentsignals.org; labels as in
 * draft-romm-aipref-contentsignals-00, 1 October 2025): `search`, `ai-input` and `ai-train`, each
 * `yes` or `no`, separated by commas, case-insensitive. If a signal is repeated, `no` wins. Since
 * July 2026 `use` states how far content may be used: `immediate` (store and reuse nothing),
 * `reference` (index, excerpt, link back) or `full` (summarise and reproduce). Other words state
 * nothing.
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
  const uses = Object.entries(SIGNALS).find(([label]) => label === key)?.[1];
  if (uses && (value === "yes" || value === "no")) {
    return stating("content-signal", text, uses, value === "yes");
  }
  const denied = Object.entries(LEVELS).find(([level]) => key === "use" && level === value)?.[1];
  if (!denied) return null;
  const statement: Statement = { format: "content-signal", text };
  return denied.length > 0 ? { ...statement, denies: [...denied] } : statement;
}
