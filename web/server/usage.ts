import {
  articleSignals,
  MINING,
  type Reserving,
  strictestOf,
  termsOf,
  type UsageTerms,
  type Use,
} from "../../model/usage-rights.ts";

/** How two specifications name uses, and say whether a use is allowed. */
const CONTENT_USAGE = {
  uses: { search: "search", "ai-use": "ai-input", "train-ai": "ai-train" },
  yes: "y",
  no: "n",
} as const;
const CONTENT_SIGNAL = {
  uses: { search: "search", "ai-input": "ai-input", "ai-train": "ai-train" },
  yes: "yes",
  no: "no",
} as const;

export function usageOf(
  articles: readonly (Reserving & { url: string; lastSeenAt: Date })[],
): (UsageTerms | null)[] {
  return articles.map((article) => termsOf(articleSignals(article)));
}

/** Returns headers with the strictest usage terms of several articles; empty if none are stated. */
export function usageHeaders(all: readonly (UsageTerms | null)[]): Record<string, string> {
  const usage = strictestOf(all);
  if (!usage) return {};
  const { terms, denies } = usage;
  const isMined = denies.includes("analysis");
  const mayBeMined = MINING.every((use) => usage.allows.includes(use));
  const headers = {
    "content-usage": preferences(usage, CONTENT_USAGE),
    "content-signal": preferences(usage, CONTENT_SIGNAL),
    "tdm-reservation": isMined ? "1" : mayBeMined ? "0" : "",
    "x-robots-tag": directives(usage),
    link: terms.map((url) => `<${url}>; rel="license"`).join(", "),
  };
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ""));
}

function preferences(
  { allows, denies }: { allows: readonly Use[]; denies: readonly Use[] },
  { uses, yes, no }: { uses: Record<string, Use>; yes: string; no: string },
): string {
  return Object.entries(uses)
    .flatMap(([label, use]) => {
      if (denies.includes(use)) return `${label}=${no}`;
      return allows.includes(use) ? `${label}=${yes}` : [];
    })
    .join(", ");
}

function directives({
  denies,
  maxCharacters,
  maxImagePreview,
  noImageAi,
  unavailableAfter,
}: UsageTerms): string {
  return [
    denies.includes("search") && "noindex",
    denies.includes("archive") && "noarchive",
    denies.includes("analysis") && "noai",
    noImageAi && "noimageai",
    maxCharacters !== null && `max-snippet:${maxCharacters}`,
    maxImagePreview && `max-image-preview:${maxImagePreview}`,
    unavailableAfter && `unavailable_after: ${unavailableAfter.toISOString()}`,
  ]
    .filter(Boolean)
    .join(", ");
}

/** Returns the lines of robots.txt that say which uses are denied; none if `denies` is empty. */
export function usageLines(denies: readonly Use[]): string[] {
  const usage = { allows: [], denies };
  const lines = [
    ["Content-Signal", preferences(usage, CONTENT_SIGNAL)],
    ["Content-Usage", preferences(usage, CONTENT_USAGE)],
  ];
  return lines.flatMap(([name, value]) => (value ? `${name}: ${value}` : []));
}
