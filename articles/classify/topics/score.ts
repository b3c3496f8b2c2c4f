import type { TopicHit } from "../../../model/topic.ts";
import type { Counts } from "./count.ts";
import type { End } from "./trie.ts";

/** What a keyword counts by the place it stands in: once in title and lead, each time in the text. */
const WEIGHT = { title: 3, lead: 2, text: 1 } as const;
/** What the text alone can reach at most, and how many hits reach half of it. */
const TEXT_MOST = 3;
const TEXT_HALF = 2;

/** A topic's score with the hits that it is made of, the heaviest first. */
export interface Scored {
  topic: number;
  score: number;
  hits: TopicHit[];
}

/** Scores of all topics that have a hit, from what was counted in title, lead and text. */
export function scoreTopics(counts: Record<TopicHit["where"], Counts>): Scored[] {
  const topics = new Set([...counts.title.keys(), ...counts.lead.keys(), ...counts.text.keys()]);
  return [...topics].map((topic) => {
    const title = hitsOf("title", counts.title.get(topic));
    const lead = hitsOf("lead", counts.lead.get(topic));
    const text = hitsOf("text", counts.text.get(topic));
    const often = text.reduce((sum, { times, weight }) => sum + times * weight, 0);
    const score = weightOf(title) + weightOf(lead) + (TEXT_MOST * often) / (often + TEXT_HALF);
    return { topic, score: Math.round(score * 100) / 100, hits: [...title, ...lead, ...text] };
  });
}

function weightOf(hits: TopicHit[]): number {
  return hits.reduce((sum, { weight }) => sum + weight, 0);
}

function hitsOf(where: TopicHit["where"], found: Map<End, number> = new Map()): TopicHit[] {
  return [...found].map(([{ keyword, weight }, times]) => {
    return { keyword, where, times, weight: WEIGHT[where] * weight };
  });
}
