import { classify } from "../../articles/classify/classify.ts";
import type { PlaceFinder } from "../../articles/classify/places/places.ts";
import { relevanceOf } from "../../articles/classify/relevance.ts";
import { asDeclared } from "../../articles/classify/topics/declared.ts";
import type { TopicMatcher } from "../../articles/classify/topics/matcher.ts";
import { type Draft, standing } from "../../articles/publication/article.ts";
import type { Article } from "../../model/article.ts";
import type { Stage } from "../../model/reprocessing.ts";
import type { Source } from "../../model/source.ts";

/** What an article is classified with again. */
export interface Reclassification {
  source: Pick<
    Source,
    "country" | "region" | "language" | "topics" | "keepTopics" | "trust" | "relevance"
  >;
  tables: { topics: TopicMatcher; places: PlaceFinder };
  stages: ReadonlySet<Stage>;
  now: Date;
}

/**
 * An article with its places, topics or relevance decided again from its stored words; relevance
 * also where what it rests on came out otherwise. What editors say of it is not in it.
 */
export function reclassify(
  article: Draft,
  { source, tables, stages, now }: Reclassification,
): Draft {
  const { language, teaser, text } = article;
  const title = carriedPrefix(article) + article.title;
  const fresh = classify({ title, source, fields: { language, teaser, text }, ...tables });
  const { country, region, regionCode, city, prefix, place, derived } = fresh;
  const placed = stages.has("places")
    ? { country, region, regionCode, city, prefix }
    : { country: article.country };
  const read = article.overruled?.byTopic ?? article.evidence.byTopic ?? asDeclared(article.topics);
  const byTopic = stages.has("topics") ? fresh.byTopic : read;
  const topics = byTopic.map(({ id }) => id);
  const rests = placed.country !== article.country || topics.join() !== idsOf(read).join();
  const weighs = stages.has("relevance") || rests;
  const relevance = relevanceOf({
    topics: byTopic,
    declared: source.topics,
    country: placed.country,
    trust: source.trust,
    min: source.relevance.min,
  });
  const isRead = stages.has("topics") || article.overruled;
  return {
    ...article,
    ...placed,
    topics,
    overruled: null,
    evidence: {
      ...article.evidence,
      ...(stages.has("places") && { places: place }),
      ...(isRead && { byTopic }),
      ...(weighs && { relevance }),
    },
    ...(weighs && { relevanceScore: relevance.score, ...standing(relevance, article, now) }),
    derived: {
      ...article.derived,
      ...(stages.has("places") && { places: derived.places }),
      ...(stages.has("topics") && { topics: derived.topics }),
      ...(weighs && { relevance: derived.relevance }),
    },
  };
}

function idsOf(verdicts: readonly { id: string }[]): string[] {
  return verdicts.map(({ id }) => id);
}

/** The prefix that the publisher's own headline carried: it was taken off and kept as the place. */
function carriedPrefix({ evidence: { places } }: Pick<Article, "evidence">): string {
  if (places?.because.country !== "title prefix") return "";
  const region = places.because.region === "title prefix" ? places.region?.name : null;
  return region ? `${places.country}: ${region}: ` : `${places.country}: `;
}
