import { expect, test } from "vitest";
import { type Candidate, represent, whyFirst } from "../../../../articles/matching/cluster.ts";

const one = (_id: string, overrides: Partial<Candidate> = {}): Candidate => ({
  _id,
  at: new Date("2026-11-25T08:00:00Z"),
  trust: 0.5,
  status: "published",
  completeness: "full",
  fieldScore: 0.8,
  ...overrides,
});
const EARLY = new Date("2026-11-25T07:00:00Z");

test.each([
  ["readers see it", one("z", { trust: 0.1 }), [one("a", { status: "unlisted", trust: 1 })]],
  ["it is the most complete", one("z", { trust: 0.1 }), [one("a", { completeness: "partial" })]],
  ["its source is trusted most", one("z", { trust: 0.9 }), [one("a", { at: EARLY })]],
  ["it is the earliest", one("z", { at: EARLY }), [one("a", { fieldScore: 1 })]],
  ["its fields have the highest confidence", one("z", { fieldScore: 1 }), [one("a")]],
  ["its id comes first", one("a"), [one("z")]],
])("%s", (words, wanted, others) => {
  const members = [...others, wanted];
  expect(whyFirst(members)).toBe(`of 2: ${words}`);
  const clusters = members.map((member) => ({
    ...member,
    sourceId: member._id,
    cluster: { match: null, origin: member._id, story: "a" },
  }));
  const storyIds = [...represent(clusters).values()].map(({ storyId }) => storyId);
  expect(new Set(storyIds)).toEqual(new Set([wanted._id]));
});

test("one that isn't listed stands before one that was retracted", () => {
  const members = [one("a", { status: "retracted" }), one("z", { status: "unlisted" })];
  const storyIds = represent(
    members.map((member) => {
      const cluster = { match: null, origin: "a", story: "a" };
      return { ...member, sourceId: member._id, cluster };
    }),
  );
  expect(storyIds.get("a")).toMatchObject({ storyId: "z", duplicateOf: "z" });
});

test("each rule looks at those that the one before left", () => {
  const members = [
    one("a", { at: EARLY }),
    one("b"),
    one("c", { trust: 0.1, at: EARLY }),
    one("d", { status: "retracted" }),
  ];
  expect(whyFirst(members)).toBe(
    "of 4: readers see it; of 3: its source is trusted most; of 2: it is the earliest",
  );
  expect(whyFirst([one("a")])).toBe("it is the only one");
});

test("an article's origin is the source of the earliest one with its text, whoever stands for them", () => {
  const of = (id: string, at: Date, origin: string) => {
    const cluster = { match: null, origin, story: "a" };
    return { ...one(id, { at, trust: id === "b" ? 1 : 0.5 }), sourceId: `source-${id}`, cluster };
  };
  const later = new Date(EARLY.getTime() + 90_000);
  const storyIds = represent([of("a", EARLY, "a"), of("b", later, "a"), of("c", later, "c")]);
  expect(storyIds.get("a")).toMatchObject({ duplicateOf: "b", origin: null });
  expect(storyIds.get("b")).toMatchObject({
    duplicateOf: null,
    origin: { sourceId: "source-a", after: 90 },
  });
  expect(storyIds.get("c")).toMatchObject({ origin: null });
});
