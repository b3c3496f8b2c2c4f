import { describe, expect, test } from "vitest";
import { areApart, joinedStories } from "../../../../articles/matching/cluster.ts";
import type { Fingerprint } from "../../../../model/articles/fingerprint.ts";
import type { LinkConstraint } from "../../../../model/articles/story.ts";
import { makePrint } from "../../../helpers/prints.ts";

const print = (
  _id: string,
  story: string,
  kind?: LinkConstraint["kind"],
  ...others: string[]
): Fingerprint => {
  const linkConstraints = kind ? [{ id: "c", kind, with: others }] : [];
  return { ...makePrint(_id), _id, cluster: { match: null, origin: _id, story }, linkConstraints };
};

describe("stories that editors joined", () => {
  test("go by one name, over any number of steps and from either side", () => {
    const prints = [
      print("a1", "a", "must-link", "b1"),
      print("b1", "b"),
      print("b2", "b", "must-link", "c1"),
      print("c1", "c"),
      print("d1", "d", "must-link", "e1"),
      print("e1", "e"),
    ];
    const names = new Map([
      ...["a", "b", "c"].map((story) => [story, "a"] as const),
      ...["d", "e"].map((story) => [story, "d"] as const),
    ]);
    expect(joinedStories(prints)).toEqual(names);
    expect(joinedStories(prints.toReversed())).toEqual(names);
  });

  test("are those whose articles are there", () => {
    expect(joinedStories([print("a1", "a", "must-link", "gone"), print("b1", "b")])).toEqual(
      new Map(),
    );
  });
});

test("two articles are apart if either says so", () => {
  const [a, b, c] = [print("a", "a", "cannot-link", "b"), print("b", "b"), print("c", "c")];
  expect([areApart(a, b), areApart(b, a), areApart(b, c)]).toEqual([true, true, false]);
});

test("two articles whose stories are joined are not apart", () => {
  const [a, b] = [print("a", "a", "must-link", "b"), print("b", "b")];
  expect([areApart(a, b), areApart(b, a)]).toEqual([false, false]);
});
