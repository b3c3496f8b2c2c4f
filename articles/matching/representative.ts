import type { ArticleStatus } from "../../model/articles/editorial.ts";
import type { Fingerprint } from "../../model/articles/fingerprint.ts";
import { COMPLETENESS, type Completeness } from "../../model/articles/item.ts";
import type { Cluster, Origin, Representation } from "../../model/articles/story.ts";

/** The facts that decide which of several articles represents the others. */
export interface Candidate extends Pick<Fingerprint, "_id" | "at" | "trust"> {
  status: ArticleStatus;
  completeness: Completeness;
  /** Score for the completeness and confidence of the article's fields, 0 to 1. */
  fieldScore: number;
}

export interface Member extends Candidate, Pick<Fingerprint, "sourceId"> {
  cluster: Cluster;
}

/** Returns, by article id, which articles represent the article's text and its story. */
export function represent(members: readonly Member[]): Map<string, Representation> {
  const byOrigin = new Map<string, Member[]>();
  for (const member of members) {
    const { origin } = member.cluster;
    byOrigin.set(origin, [...(byOrigin.get(origin) ?? []), member]);
  }
  const texts = [...byOrigin.values()].map((copies) => ({ copies, head: firstOf(copies) }));
  const storyId = firstOf(texts.map(({ head }) => head))._id;
  return new Map(
    texts.flatMap(({ copies, head }) =>
      copies.map((member): [string, Representation] => {
        const { _id } = member;
        const duplicateOf = _id === head._id ? null : head._id;
        return [_id, { duplicateOf, storyId, origin: originOf(member, copies) }];
      }),
    ),
  );
}

function originOf({ _id, at, cluster }: Member, copies: readonly Member[]): Origin | null {
  const first = copies.find((copy) => copy._id === cluster.origin);
  if (!first || first._id === _id) return null;
  return { sourceId: first.sourceId, after: (at.getTime() - first.at.getTime()) / 1000 };
}

const MOST_COMPLETE_FIRST = Object.keys(COMPLETENESS).toReversed();

const VISIBILITY_RANK: Record<ArticleStatus, number> = { published: 0, unlisted: 1, retracted: 2 };

/** The rules in order of precedence. The article with the lower value wins. */
const RULES: readonly { words: string; of: (one: Candidate) => number }[] = [
  { words: "readers see it", of: ({ status }) => VISIBILITY_RANK[status] },
  {
    words: "it is the most complete",
    of: ({ completeness }) => MOST_COMPLETE_FIRST.indexOf(completeness),
  },
  { words: "its source is trusted most", of: ({ trust }) => -trust },
  { words: "it is the earliest", of: ({ at }) => at.getTime() },
  { words: "its fields have the highest confidence", of: ({ fieldScore }) => -fieldScore },
];

/**
 * Returns the rules that chose one article to represent the others, each with the number of
 * articles that remained before it: `of 3: readers see it; of 2: it is the earliest`.
 */
export function whyFirst(members: readonly Candidate[]): string {
  const steps: string[] = [];
  let left = members;
  for (const { words, of } of RULES) {
    if (left.length < 2) break;
    const least = Math.min(...left.map(of));
    const best = left.filter((one) => of(one) === least);
    if (best.length < left.length) steps.push(`of ${left.length}: ${words}`);
    left = best;
  }
  if (left.length > 1) steps.push(`of ${left.length}: its id comes first`);
  return steps.join("; ") || "it is the only one";
}

function firstOf<T extends Candidate>(members: readonly T[]): T {
  const [first] = members.toSorted((a, b) => {
    const rule = RULES.find(({ of }) => of(a) !== of(b));
    return rule ? rule.of(a) - rule.of(b) : a._id < b._id ? -1 : 1;
  });
  if (!first) throw new RangeError("a story has at least one member");
  return first;
}
