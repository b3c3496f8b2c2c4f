import { expect, test } from "vitest";
import { isOffered, type Moved } from "../../../../model/sources/source.ts";
import { type Entry, movedAfter } from "../../../../sources/discovery/moved.ts";

const NOW = new Date("2026-11-25T12:00:00Z");
const from = "https://cities.example/rss";
const to = "https://cities.example/feed";
const hop = (status: number) => ({ url: from, status, location: to });
const read: Entry = { url: from, foundUrl: from, hops: [], state: "done", reason: null };
const redirected = (status: number): Entry => ({ ...read, url: to, hops: [hop(status)] });
const gone: Entry = { ...read, state: "skipped", reason: "gone" };
const away: Entry = { ...read, state: "dead-letter", reason: "timeout" };

/** What is known after these runs. */
function after(...runs: Entry[]): Moved[] {
  return runs.reduce<Moved[]>((before, entry) => movedAfter(before, [entry], NOW), []);
}

test("a redirect for good is offered once three runs say so, a failure in between doesn't count", () => {
  expect(after(redirected(301), redirected(308)).some(isOffered)).toBe(false);
  expect(after(redirected(301), away, redirected(301), redirected(308))).toMatchObject([
    { from, to, foundBy: "redirect", runs: 3 },
  ]);
  expect(after(redirected(301), redirected(301), redirected(301)).every(isOffered)).toBe(true);
  expect(after(redirected(301), redirected(301), read)).toEqual([]);
  expect(after(redirected(302), redirected(302), redirected(302))).toEqual([]);
});

test("one that is gone is offered only once somebody found where", () => {
  const lost = after(gone, gone, gone);
  expect(lost).toMatchObject([{ from, to: null, foundBy: null, runs: 3 }]);
  expect(lost.some(isOffered)).toBe(false);
  const found = lost.map((one): Moved => ({ ...one, to, foundBy: "discovery" }));
  expect(movedAfter(found, [gone], NOW)).toMatchObject([{ to, foundBy: "discovery", runs: 4 }]);
  expect(found.every(isOffered)).toBe(true);
});
