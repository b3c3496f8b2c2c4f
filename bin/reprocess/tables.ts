import type { ReprocessDeps } from "../../archive/reprocess/plan.ts";
import { topicMatcher } from "../../articles/classify/topics/matcher.ts";
import type { TopicRule } from "../../model/articles/classification.ts";
import { readPlaces } from "../roles/places.ts";
import { readTopics } from "../roles/topics.ts";

/** The topics and places that articles are classified by, and the topics' rules for parser threads. */
export async function readTables(): Promise<{
  tables: ReprocessDeps["tables"];
  topics: readonly TopicRule[];
}> {
  const topics = await readTopics();
  return { tables: { topics: topicMatcher(topics), places: readPlaces() }, topics };
}
