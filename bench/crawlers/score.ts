import { overlap, type TrueArticle } from "../../demo/truth.ts";

export interface CrawledArticle {
  url: string;
  title: string | null;
  text: string | null;
}

export interface Score {
  /** Number of articles in the truth that the crawler found, each counted once. */
  distinct: number;
  /**
   * Number of found articles with the right title, at least 95 % of the right words, and at most 10
   * % of other words.
   */
  right: number;
  /** Number of results that are duplicates or aren't articles. */
  surplus: number;
}

const MIN_RECALL = 0.95;
const MIN_PRECISION = 0.9;

/** A duplicated article counts as right if one of its copies is right. */
export function score(articles: readonly CrawledArticle[], truth: readonly TrueArticle[]): Score {
  const known = new Map<string, TrueArticle>();
  for (const one of truth) for (const url of [one.url, ...one.variants]) known.set(url, one);
  const distinct = new Set<TrueArticle>();
  const right = new Set<TrueArticle>();
  for (const article of articles) {
    const one = known.get(article.url);
    if (!one) continue;
    distinct.add(one);
    if (isRight(article, one)) right.add(one);
  }
  const { size } = distinct;
  return { distinct: size, right: right.size, surplus: articles.length - size };
}

function isRight({ title, text }: CrawledArticle, one: TrueArticle): boolean {
  if (squeeze(title ?? "") !== squeeze(one.title)) return false;
  const { recall, precision } = overlap(one.text, text ?? "");
  return recall >= MIN_RECALL && precision >= MIN_PRECISION;
}

const squeeze = (text: string) => text.replace(/\s+/g, " ").trim();
