import type { Article } from "../../model/articles/article.ts";
import type { TopicVerdict } from "../../model/articles/classification.ts";
import { type Correction, isOfTopics } from "../../model/articles/correction.ts";
import { withTopics } from "../classify/relevance.ts";
import { correctTopics } from "../classify/topics/correct.ts";
import { asDeclared } from "../classify/topics/declared.ts";
import type { Draft } from "./article.ts";
import { deskOf } from "./editorial.ts";
import { listed } from "./listed.ts";

/**
 * An article as its editors want it. What the stages said stays in `overruled`, and words that
 * editors wrote stand beside the publisher's, so that the answer is the same for an article that was
 * corrected before, and without corrections as it was read. What they say of its story is in its
 * fingerprint. `before` is the article as it stands, `now` the time at which readers may see it or not.
 */
export function corrected<T extends Draft>(
  article: T,
  corrections: readonly Correction[],
  before: Article | null,
  now: Date,
): T {
  const told = { ...withTopicsOf(article, corrections), ...deskOf(article, corrections, before) };
  return { ...told, ...listed(told, before, now) };
}

function withTopicsOf<T extends Draft>(article: T, all: readonly Correction[]): T {
  const corrections = all.filter(isOfTopics);
  if (corrections.length === 0 && !article.overruled) return article;
  const read = article.overruled?.byTopic ?? verdictsOf(article);
  const byTopic = correctTopics(read, corrections);
  const { relevance } = article.evidence;
  const weighed = relevance && withTopics(relevance, byTopic);
  return {
    ...article,
    topics: byTopic.map(({ id }) => id),
    evidence: { ...article.evidence, byTopic, ...(weighed && { relevance: weighed }) },
    ...(weighed && { relevanceScore: weighed.score }),
    overruled: corrections.length > 0 ? { byTopic: read } : null,
  };
}

/** Why an article has its topics; those stored before reasons were kept count as declared. */
function verdictsOf({ topics, evidence }: Draft): TopicVerdict[] {
  return evidence.byTopic ?? asDeclared(topics);
}
