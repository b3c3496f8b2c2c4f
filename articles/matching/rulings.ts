import type { Fingerprint } from "../../model/articles/fingerprint.ts";
import type { Ruling } from "../../model/articles/story.ts";

/** Articles that editors keep apart from one. */
export function apartFrom({ rulings = [] }: Pick<Fingerprint, "rulings">): string[] {
  return saying("apart", rulings);
}

/** Articles whose stories editors joined with one's. */
export function joinedWith({ rulings = [] }: Pick<Fingerprint, "rulings">): string[] {
  return saying("joined", rulings);
}

/** Whether editors keep two articles apart. */
export function areApart(a: Fingerprint, b: Fingerprint): boolean {
  return apartFrom(a).includes(b._id) || apartFrom(b).includes(a._id);
}

/**
 * For each story that editors joined with others the name of all of them together: the least of
 * their names. `prints` are the fingerprints of their articles.
 */
export function joinedStories(
  prints: readonly Pick<Fingerprint, "_id" | "standing" | "rulings">[],
): Map<string, string> {
  const storyOf = new Map(prints.map(({ _id, standing }) => [_id, standing?.story]));
  const names = new Map<string, string>();
  const nameOf = (story: string): string => {
    const name = names.get(story);
    return name === undefined || name === story ? story : nameOf(name);
  };
  for (const print of prints) {
    for (const other of joinedWith(print)) {
      const [own, theirs] = [print.standing?.story, storyOf.get(other)];
      if (own === undefined || theirs === undefined) continue;
      const [least = own, most = own] = [nameOf(own), nameOf(theirs)].toSorted();
      names.set(most, least);
      names.set(least, least);
    }
  }
  return new Map([...names.keys()].map((story) => [story, nameOf(story)]));
}

function saying(say: Ruling["say"], rulings: readonly Ruling[]): string[] {
  return rulings.filter((ruling) => ruling.say === say).flatMap((ruling) => ruling.with);
}
