import { type Link, type LinkKind } from "../../model/link.ts";
import type { Missed, Recall } from "../../model/recall.ts";
import { isSkipReason, SKIP_REASONS, type SkipReason } from "../../model/skipped.ts";

/** An article as a channel names it. */
export interface NamedArticle {
  key: string;
  url: string;
  title: string | null;
  publishedAt: Date | null;
  /** Why the source doesn't want it, by its patterns; null when it does. */
  unwanted: SkipReason | null;
}

/** What a feed, sitemap or list names. */
export interface Naming {
  url: string;
  kind: Exclude<LinkKind, "article">;
  watched: boolean;
  articles: readonly NamedArticle[];
}

/** What is known of an address: the article that is stored for it, and how its link stands. */
export interface Fate {
  articleId: string | null;
  link: Pick<Link, "state" | "reason" | "detail" | "attempts"> | null;
}

/** Reasons for which a page is no article of the source's, or isn't wanted. */
const ON_PURPOSE = new Set<string>([
  "robots",
  "filtered",
  "off-site",
  "duplicate",
  "too-old",
  "not-article",
  "gone",
  "withdrawn",
  "reserved",
  "erased",
  "purged",
] satisfies SkipReason[]);

/** Missed articles that are listed. */
const MOST = 500;

/** Compares what a site's channels name of the last days with what is stored. */
export function recallOf(
  namings: readonly Naming[],
  fates: ReadonlyMap<string, Fate>,
  { sourceId, days, now }: { sourceId: string; days: number; now: Date },
): Recall {
  const since = now.getTime() - days * 86_400_000;
  const inWindow = ({ publishedAt }: NamedArticle) =>
    publishedAt === null || (publishedAt.getTime() >= since && publishedAt <= now);
  const recent = namings.map((naming) => ({
    ...naming,
    articles: naming.articles.filter(inWindow),
  }));
  const articleOf = ({ key }: NamedArticle) => fates.get(key)?.articleId ?? null;
  const all = new Map(recent.flatMap(({ articles }) => articles.map((one) => [one.key, one])));
  const left: Record<string, number> = {};
  const missed: Missed[] = [];
  // Several addresses of one article count once.
  const found = new Set<string>();
  for (const article of all.values()) {
    const articleId = articleOf(article);
    if (articleId !== null) {
      found.add(articleId);
      continue;
    }
    const reason = article.unwanted ?? fates.get(article.key)?.link?.reason ?? null;
    if (reason && ON_PURPOSE.has(reason)) {
      left[reason] = (left[reason] ?? 0) + 1;
      continue;
    }
    const by = recent.filter(({ articles }) => articles.some(({ key }) => key === article.key));
    const { url, title, publishedAt } = article;
    const why = whyMissed(fates.get(article.key)?.link ?? null, by);
    missed.push({ url, title, publishedAt, namedBy: by.map((one) => one.url), why });
  }
  const stored = found.size;
  return {
    _id: sourceId,
    at: now,
    days,
    published: stored + missed.length,
    stored,
    left,
    channels: recent.map(({ url, kind, watched, articles }) => {
      return {
        url,
        kind,
        watched,
        named: articles.length,
        stored: articles.filter((one) => articleOf(one) !== null).length,
      };
    }),
    missed: missed.slice(0, MOST),
  };
}

function whyMissed(link: Fate["link"], by: readonly Naming[]): string {
  if (!link) {
    return by.some(({ watched }) => watched)
      ? "its entry point names it since the last run"
      : `no entry point names it: ${by[0]?.kind ?? "channel"} ${by[0]?.url ?? ""} does`;
  }
  const { state, reason, detail, attempts } = link;
  const because = detail ? ` (${detail})` : "";
  if (state === "dead") return `given up after ${attempts} tries: ${reason ?? "unknown"}${because}`;
  if (state === "due")
    return attempts > 0
      ? `tried again later: ${reason ?? "it failed"}${because}`
      : "waits to be fetched";
  if (reason && isSkipReason(reason)) return `${SKIP_REASONS[reason]}${because}`;
  return "read, and has led to no article";
}
