import { findDuplicates, representative } from "../dedupe/match.ts";
import type { Article } from "../model/article.ts";
import type { Fingerprint } from "../model/fingerprint.ts";

/** What is known of an article when stories are decided. */
export type Told = Pick<Article, "storyId" | "firstSeenAt" | "publishedAt">;

/** Where an article stands among others that tell the same. */
export interface Placement {
  duplicateOf: string | null;
  storyId: string;
  /** Stories whose representative this article replaces, since it is the earlier one. */
  replaces: string[];
  /** Why it is in that story, in words; null for a story of its own. */
  because: string | null;
}

/**
 * Places an article by what resembles it. The earliest article stands for a story; a copy names it
 * in `duplicateOf`. Two stories that only this article resembles are not joined through it.
 * `told` holds the stored articles among the candidates and their stories' representatives.
 */
export function placeArticle(
  own: Fingerprint,
  candidates: Fingerprint[],
  told: Map<string, Told>,
): Placement {
  const others = candidates.filter((print) => print._id !== own._id);
  const matches = findDuplicates(own, others);
  const best = matches[0];
  if (!best) return { duplicateOf: null, storyId: own._id, replaces: [], because: null };

  const prints = new Map(others.map((print) => [print._id, print]));
  const heads = [...new Set(matches.map(({ articleId }) => headOf(articleId, told)))]
    .filter((id) => id !== own._id)
    .map((id) => ({ _id: id, at: prints.get(id)?.at ?? firstTold(told.get(id)) ?? own.at }));
  const head = representative([own, ...heads]);
  const because = (matches.find(({ articleId }) => articleId === head) ?? best).because;
  if (head !== own._id) return { duplicateOf: head, storyId: head, replaces: [], because };
  const replaces = heads.map(({ _id }) => _id).filter((id) => told.has(id));
  return { duplicateOf: null, storyId: own._id, replaces, because };
}

function headOf(articleId: string, told: Map<string, Told>): string {
  return told.get(articleId)?.storyId ?? articleId;
}

function firstTold(article: Told | undefined): Date | null {
  if (!article) return null;
  const { publishedAt, firstSeenAt } = article;
  return publishedAt && publishedAt < firstSeenAt ? publishedAt : firstSeenAt;
}
