import type { Received } from "../fetch/received.ts";
import type { Lane } from "../model/link.ts";
import type { Skipped } from "../model/skipped.ts";
import type { Source } from "../model/source.ts";
import type { Extracted } from "./parse-tasks.ts";

/** What becomes of a fetched article page. */
export type PageVerdict =
  | ({ kind: "article" } & Extracted & { article: NonNullable<Extracted["article"]> })
  | { kind: "needs-browser" }
  | { kind: "skipped"; why: Skipped };

/** Judges a page by what the extractor saw and what the publisher reserved. */
export function judgePage(
  { extraction, article }: Extracted,
  reservations: string[],
  how: { lane: Lane; render: Source["render"] },
): PageVerdict {
  const { kind } = extraction.page;
  if (kind === "app-shell" && how.lane === "http" && how.render === "auto") {
    return { kind: "needs-browser" };
  }
  if (kind === "consent") return skipped("consent", "a consent page came instead of the article");
  if (kind === "captcha") return skipped("blocked", "a captcha came instead of the article");
  if (reservations.includes("noindex")) return skipped("reserved", reservations.join(", "));
  if (!article) return skipped("not-article", kind === "article" ? "no title or text" : kind);
  return { kind: "article", extraction, article };
}

function skipped(reason: Skipped["skipped"], detail: string): PageVerdict {
  return { kind: "skipped", why: { skipped: reason, detail } };
}

const DIRECTIVES: [string, RegExp][] = [
  ["noindex", /\b(noindex|none)\b/i],
  ["noarchive", /\b(noarchive|none)\b/i],
];

/**
 * Everything that the publisher reserved: in the markup, in `X-Robots-Tag` (for all robots; lines
 * that name another one don't count) and by TDM reservation (W3C TDMRep, `tdm-reservation: 1`).
 */
export function reservationsOf({ headers }: Received, markup: string[]): string[] {
  const tags = (headers["x-robots-tag"] ?? "")
    .split("\n")
    .filter((line) => !/^\s*\w+\s*:/.test(line));
  const stated = DIRECTIVES.filter(([, form]) => form.test(tags.join())).map(([name]) => name);
  const tdm = headers["tdm-reservation"]?.trim() === "1" ? ["tdm"] : [];
  return [...new Set([...markup, ...stated, ...tdm])];
}
