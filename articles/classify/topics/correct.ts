import type { TopicVerdict } from "../../../model/articles/classification.ts";
import type { Correction, TopicsWord } from "../../../model/articles/correction.ts";

/** What an editor's word counts: as much as a keyword in title and lead. */
const SCORE = 5;

/**
 * The verdicts as editors want them: each correction in its order, the later word wins. A wider
 * topic goes with the last of the narrower ones that brought it.
 */
export function correctTopics(
  read: readonly TopicVerdict[],
  corrections: readonly Pick<Correction<TopicsWord>, "word">[],
): TopicVerdict[] {
  const all = new Map(read.map((verdict) => [verdict.id, verdict]));
  for (const { word } of corrections) {
    for (const id of word.remove) all.delete(id);
    for (const id of word.add) {
      const { score = 0, hits = [] } = all.get(id) ?? {};
      all.set(id, { id, score: Math.max(score, SCORE), because: "editor", hits });
    }
  }
  return [...all.values()].filter(
    ({ narrower }) => !narrower || narrower.some((id) => all.has(id)),
  );
}
