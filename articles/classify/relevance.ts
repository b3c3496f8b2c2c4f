import type { Relevance, TopicVerdict } from "../../model/articles/classification.ts";

export interface RelevanceInput {
  topics: readonly TopicVerdict[];
  declared: readonly string[];
  country: string | null;
  /** Trust in the source as configured, 0 to 1. */
  trust: number;
  min: number;
}

/** Together, the maxima add up to 1. */
const MAX_CONTRIBUTIONS = { topics: 0.65, declared: 0.15, place: 0.05, trust: 0.15 };
const STATED_BECAUSE: ReadonlySet<TopicVerdict["because"]> = new Set(["keywords", "editor"]);
/** One keyword in both title and lead has this score. */
const HALF_CONTRIBUTION_SCORE = 5;

/** Returns a score from 0 to 1 for the portal, with the contribution of each part. */
export function relevanceOf({ topics, declared, country, trust, min }: RelevanceInput): Relevance {
  const parts = {
    topics: weightOf(topics),
    declared: declared.length > 0 ? MAX_CONTRIBUTIONS.declared : 0,
    place: country ? MAX_CONTRIBUTIONS.place : 0,
    trust: MAX_CONTRIBUTIONS.trust * trust,
  };
  const score = parts.topics + parts.declared + parts.place + parts.trust;
  return {
    score: rounded(score),
    min,
    parts: {
      topics: rounded(parts.topics),
      declared: parts.declared,
      place: parts.place,
      trust: rounded(parts.trust),
    },
  };
}

export function withTopics(relevance: Relevance, topics: readonly TopicVerdict[]): Relevance {
  const parts = { ...relevance.parts, topics: rounded(weightOf(topics)) };
  const { topics: topicsScore, declared, place, trust } = parts;
  return { ...relevance, score: rounded(topicsScore + declared + place + trust), parts };
}

function weightOf(topics: readonly TopicVerdict[]): number {
  const stated = topics.filter(({ because }) => STATED_BECAUSE.has(because));
  const strength = stated.reduce((sum, { score }) => sum + score, 0);
  return MAX_CONTRIBUTIONS.topics * (1 - 2 ** (-strength / HALF_CONTRIBUTION_SCORE));
}

function rounded(share: number): number {
  return Math.round(share * 100) / 100;
}
