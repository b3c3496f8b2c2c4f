import { describe, expect, test } from "vitest";
import { clusterOf, isBefore, matchOf, mayMove } from "../../../../articles/matching/cluster.ts";
import { type Fingerprint, PERMUTATIONS } from "../../../../model/articles/fingerprint.ts";
import { decide, readEvents } from "../../../helpers/events.ts";
import { makePrint } from "../../../helpers/prints.ts";

const prints = readEvents()
  .map(({ print }) => print)
  .toSorted((a, b) => (isBefore(a, b) ? -1 : 1));

test("an earlier article that comes late may move all later ones that it does move, and not all that it goes with", () => {
  const wanted = decide(prints);
  let [spared, moved] = [0, 0];
  for (const late of prints.filter((_, n) => n % 2 === 0)) {
    const known = decide(prints.filter((each) => each !== late));
    for (const own of known.values()) {
      if (!isBefore(late, own) || !matchOf(own, late)) continue;
      const may = mayMove(own, late, (id) => known.get(id));
      const does = wanted.get(own._id)?.cluster?.match?.with === late._id;
      if (does) moved += 1;
      if (!may) spared += 1;
      expect([own._id, late._id, may || !does]).toEqual([own._id, late._id, true]);
    }
  }
  expect(moved).toBeGreaterThan(15);
  expect(spared).toBeGreaterThan(15);
});

const minute = (n: number) => new Date(Date.UTC(2026, 10, 25, 8, n));
const ONE_TEXT = { textHash: "one text" };

/** Where an article stands among others, in whatever order these are found. */
function cluster(own: Fingerprint, ...others: Fingerprint[]) {
  const get = (id: string) => others.find(({ _id }) => _id === id);
  const found = clusterOf(own, { neighbours: others, get });
  expect(clusterOf(own, { neighbours: others.toReversed(), get })).toEqual(found);
  return found;
}

/** An article that shares the places `from` to `to` of its signature with others of this kind. */
function edition(id: string, at: Date, [from, to]: [number, number]): Fingerprint {
  const own = id.charCodeAt(0) * 1000;
  const signature = Uint16Array.from({ length: PERMUTATIONS }, (_, n) =>
    n >= from && n < to ? n : own + n,
  );
  return makePrint(id, { at, signature, shingles: 100 });
}

describe("an article", () => {
  const first = makePrint("first", { at: minute(0), ...ONE_TEXT });
  const second = makePrint("second", { at: minute(1), ...ONE_TEXT });
  const later = makePrint("later", { at: minute(9), ...ONE_TEXT });
  const own = makePrint("own", { at: minute(5), ...ONE_TEXT });
  const alone = { match: null, origin: "own", story: "own" };
  const byConstraint = (...others: string[]) => [
    { id: "r", kind: "cannot-link" as const, with: others },
  ];

  test("follows the earliest of several with its text", () => {
    expect(cluster(own, second, first)).toMatchObject({
      match: { with: "first", kind: "same text", score: 1 },
      origin: "first",
      story: "first",
    });
  });

  test("follows no later article", () => {
    expect(cluster(own, later)).toEqual(alone);
  });

  test("follows of those of one time the one with the least id alone", () => {
    const twin = makePrint("twin", { at: minute(5), ...ONE_TEXT });
    expect(cluster(own, twin)).toEqual(alone);
    expect(cluster(twin, own)).toMatchObject({ origin: "own" });
  });

  test("follows an excerpt's source rather than a closer report of its event", () => {
    const terms = [1, 2, 3].map((n): [string, number] => [`term ${n}`, 3]);
    const report = makePrint("report", { at: minute(0), sourceId: "other", terms });
    const copied = { ...edition("copied", minute(1), [0, 80]), terms: [] };
    const copy = { ...edition("own", minute(5), [0, 80]), terms };
    expect(matchOf(copy, report)).toMatchObject({ kind: "same event", score: 1 });
    expect(cluster(copy, report, copied)).toMatchObject({ match: { with: "copied" } });
  });

  test("follows no copy that has become unlike the text it goes back to", () => {
    const origin = edition("a", minute(0), [48, 125]);
    const between = {
      ...edition("b", minute(1), [0, 125]),
      cluster: { match: null, origin: "a", story: "a" },
    };
    const far = edition("own", minute(5), [0, 77]);
    expect(matchOf(far, between)).toMatchObject({ kind: "similar" });
    expect(cluster(far, origin, between)).toEqual(alone);
    const near = edition("own", minute(5), [0, 100]);
    expect(cluster(near, origin, between)).toMatchObject({ origin: "a" });
  });

  test("stays out of a story that has an article which editors keep it apart from", () => {
    const member = { ...makePrint("member"), at: minute(2) };
    const inStory = { ...member, cluster: { match: null, origin: "member", story: "first" } };
    const apart = { ...own, linkConstraints: byConstraint("member") };
    expect(cluster(apart, first, inStory)).toEqual(alone);
    expect(cluster(apart, first, member)).toMatchObject({ story: "first" });
  });

  test("enters a story all the same where the one that it is kept apart from came later", () => {
    const member = { ...later, cluster: { match: null, origin: "first", story: "first" } };
    expect(
      cluster({ ...own, linkConstraints: byConstraint("later") }, first, member),
    ).toMatchObject({
      story: "first",
    });
  });

  test("goes with the report of its event that is most like it", () => {
    const terms = (...weights: number[]) =>
      weights.map((weight, n): [string, number] => [`term ${n}`, weight]);
    const report = (id: string, n: number, ...weights: number[]) =>
      makePrint(id, { at: minute(n), sourceId: id, terms: terms(...weights) });
    const reports = [report("far", 0, 3, 3, 1, 0, 5), report("close", 1, 3, 3, 3)];
    expect(cluster(report("own", 5, 3, 3, 3), ...reports)).toMatchObject({
      match: { with: "close", kind: "same event" },
      origin: "own",
      story: "close",
    });
  });

  test("has no match with one that editors keep it apart from", () => {
    expect(matchOf({ ...own, linkConstraints: byConstraint("first") }, first)).toBeNull();
  });

  test("stays with its text though the story's first article is another text", () => {
    const head = makePrint("head", { at: minute(0) });
    const inStory = { ...second, cluster: { match: null, origin: "second", story: "head" } };
    expect(cluster(own, head, inStory)).toMatchObject({ origin: "second", story: "head" });
  });

  test("may move since an earlier one is kept apart from it", () => {
    const match = { with: "first", kind: "same text" as const, score: 1 };
    const clustered = { ...own, cluster: { match, origin: "first", story: "first" } };
    const get = (id: string) => (id === "first" ? first : undefined);
    expect(mayMove(clustered, makePrint("other", { at: minute(3) }), get)).toBe(false);
    const constrained = makePrint("other", { at: minute(3), linkConstraints: byConstraint("own") });
    expect(mayMove(clustered, constrained, get)).toBe(true);
  });

  test("goes with a report of a story though it shares less with the story's first", () => {
    const terms = (...names: string[]) => names.map((name): [string, number] => [name, 1.5]);
    const report = (id: string, n: number, ...names: string[]) =>
      makePrint(id, { at: minute(n), sourceId: id, terms: terms(...names) });
    const head = report("head", 0, "a", "b", "c", "d", "e");
    const match = { with: "head", kind: "same event" as const, score: 1 };
    const member = {
      ...report("member", 1, "a", "b", "c", "d", "x", "y"),
      cluster: { match, origin: "member", story: "head" },
    };
    const one = report("own", 5, "a", "b", "x", "y", "z");
    expect(matchOf(one, head)).toBeNull();
    expect(cluster(one, head, member)).toMatchObject({ match: { with: "member" }, story: "head" });
  });

  test("may move where the one that it goes with is no longer like it", () => {
    const match = { with: "first", kind: "same text" as const, score: 1 };
    const clustered = { ...own, cluster: { match, origin: "first", story: "first" } };
    const changed = { ...first, textHash: "another text" };
    expect(mayMove(clustered, changed, () => changed)).toBe(true);
  });

  test("may move where the one that it goes with is gone", () => {
    const match = { with: "gone", kind: "same text" as const, score: 1 };
    const clustered = { ...own, cluster: { match, origin: "gone", story: "gone" } };
    expect(mayMove(clustered, second, () => undefined)).toBe(true);
  });
});
