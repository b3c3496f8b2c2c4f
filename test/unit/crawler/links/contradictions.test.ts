import { expect, test } from "vitest";
import { contradictions, toListedEntries } from "../../../../crawler/links/published-at.ts";
import { urlKey } from "../../../../crawler/links/url.ts";
import type { Hints } from "../../../../model/crawl/link.ts";

const NOON = new Date("2026-11-25T12:00:00Z");
const later = (hours: number) => new Date(NOON.getTime() + hours * 3_600_000);

interface Entry extends Hints {
  name: string;
}
const entry = (name: string, overrides: Hints = {}): Entry => {
  return { name, title: `Title of ${name}`, guid: `id-${name}`, publishedAt: NOON, ...overrides };
};
const names = (count: number) => Array.from({ length: count }, (_, n) => `a${n}`);
const documentOf = (entries: Entry[]) => {
  const links = entries.map(({ name, ...hints }) => {
    const url = `https://city.example/${name}`;
    return [urlKey(url), { url, kind: "article" as const, page: 1, hints }] as const;
  });
  return toListedEntries(
    links.map(([key]) => key),
    new Map(links),
  );
};
const found = (before: Entry[], now: Entry[]) =>
  contradictions(documentOf(before), documentOf(now)).map(({ kind }) => kind);

const plain = names(12).map((name) => entry(name));

test("a first look, the same again, new entries on top and old ones gone contradict nothing", () => {
  expect(contradictions(undefined, documentOf(plain))).toEqual([]);
  expect(found(plain, plain)).toEqual([]);
  expect(found(plain, [entry("new"), entry("newer"), ...plain.slice(0, 6)])).toEqual([]);
});

test("one entry that is updated and moves up contradicts nothing", () => {
  const updated = entry("a7", { modifiedAt: later(3), title: "Title of a7, updated" });
  expect(found(plain, [updated, ...plain.filter(({ name }) => name !== "a7")])).toEqual([]);
});

test("the same article at another address under its own id contradicts nothing", () => {
  expect(found(plain, [{ ...entry("a0"), name: "a0-new-slug" }, ...plain.slice(1)])).toEqual([]);
});

test.each([
  ["ids that change", plain.map((one) => ({ ...one, guid: `${one.guid}?t=2` })), ["ids"]],
  ["the id of another article", [entry("new", { guid: "id-a3" }), ...plain], ["ids"]],
  [
    "dates that are those of the request",
    plain.map((one) => ({ ...one, publishedAt: later(2) })),
    ["dates"],
  ],
  [
    "dates of half",
    plain.map((one, n) => (n % 2 ? one : { ...one, modifiedAt: later(2) })),
    ["dates"],
  ],
  ["dates of a few", plain.map((one, n) => (n > 2 ? one : { ...one, modifiedAt: later(2) })), []],
  ["dates that go back", plain.map((one) => ({ ...one, publishedAt: later(-48) })), []],
  [
    "another order",
    [3, 9, 1, 11, 0, 7, 5, 2, 10, 4, 8, 6].flatMap((n) => plain[n] ?? []),
    ["order"],
  ],
  ["the other way round", plain.toReversed(), ["order"]],
])("%s", (_, now, kinds) => {
  expect(found(plain, now)).toEqual(kinds);
});

test("a change of what is named changes the digest, its order and dates don't", () => {
  const { digest } = documentOf(plain);
  expect(documentOf(plain.toReversed()).digest).toBe(digest);
  expect(documentOf(plain.map((one) => ({ ...one, publishedAt: later(1) }))).digest).toBe(digest);
  expect(documentOf([entry("new"), ...plain]).digest).not.toBe(digest);
  expect(documentOf([entry("a0", { title: "Other" }), ...plain.slice(1)]).digest).not.toBe(digest);
});

test("of a long document a hundred entries are remembered, of all of them the digest", () => {
  const long = names(300).map((name) => entry(name));
  const { digest, entries } = documentOf(long);
  expect(entries).toHaveLength(100);
  expect(entries.join("").length).toBeLessThan(6000);
  expect(documentOf(long.slice(0, 299)).digest).not.toBe(digest);
});
