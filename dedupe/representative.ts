import type { ArticleStatus } from "../model/article.ts";
import type { Fingerprint } from "../model/fingerprint.ts";
import type { Representation, Standing } from "../model/story.ts";

/** An article of a story, as far as it decides which one stands for the others. */
export interface Member extends Pick<Fingerprint, "_id" | "at" | "trust"> {
  standing: Standing;
  status: ArticleStatus;
  /** How completely it was read, 0 to 1. */
  completeness: number;
}

/**
 * Names for each article of a story the one that stands for its text and the one that stands for the
 * story: what readers can see, of these the most trusted, of these the earliest, of these the most
 * complete.
 */
export function represent(members: readonly Member[]): Map<string, Representation> {
  const byOrigin = new Map<string, Member[]>();
  for (const member of members) {
    const { origin } = member.standing;
    byOrigin.set(origin, [...(byOrigin.get(origin) ?? []), member]);
  }
  const texts = [...byOrigin.values()].map((copies) => ({ copies, head: firstOf(copies) }));
  const story = firstOf(texts.map(({ head }) => head))._id;
  return new Map(
    texts.flatMap(({ copies, head }) =>
      copies.map(({ _id }): [string, Representation] => {
        return [_id, { duplicateOf: _id === head._id ? null : head._id, storyId: story }];
      }),
    ),
  );
}

const VISIBLE: Record<ArticleStatus, number> = { published: 0, unlisted: 1, retracted: 2 };

function firstOf(members: readonly Member[]): Member {
  const [first] = members.toSorted(
    (a, b) =>
      VISIBLE[a.status] - VISIBLE[b.status] ||
      b.trust - a.trust ||
      a.at.getTime() - b.at.getTime() ||
      b.completeness - a.completeness ||
      (a._id < b._id ? -1 : 1),
  );
  if (!first) throw new RangeError("a story has at least one member");
  return first;
}
