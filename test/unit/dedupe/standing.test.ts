import { expect, test } from "vitest";
import { bondOf, isBefore, mayMove, standingOf } from "../../../dedupe/standing.ts";
import type { Fingerprint } from "../../../model/fingerprint.ts";
import { readEvents } from "../../helpers/events.ts";

const prints = readEvents()
  .map(({ print }) => print)
  .toSorted((a, b) => (isBefore(a, b) ? -1 : 1));

/** All of them, decided one after the other, without one. */
function decidedWithout(missing?: Fingerprint): Map<string, Fingerprint> {
  const known = new Map<string, Fingerprint>();
  for (const own of prints) {
    if (own === missing) continue;
    const neighbours = [...known.values()].filter((each) => bondOf(own, each));
    const standing = standingOf(own, { neighbours, get: (id) => known.get(id) });
    known.set(own._id, { ...own, standing });
  }
  return known;
}

test("an earlier article that comes late may move all later ones that it does move, and not all that it goes with", () => {
  const wanted = decidedWithout();
  let [spared, moved] = [0, 0];
  for (const late of prints.filter((_, n) => n % 2 === 0)) {
    const known = decidedWithout(late);
    const first = { ...late, standing: wanted.get(late._id)?.standing };
    for (const own of known.values()) {
      if (!isBefore(late, own) || !bondOf(own, late)) continue;
      const may = mayMove(own, first as Fingerprint, (id) => known.get(id));
      const does = wanted.get(own._id)?.standing?.bond?.with === late._id;
      if (does) moved += 1;
      if (!may) spared += 1;
      expect([own._id, late._id, may || !does]).toEqual([own._id, late._id, true]);
    }
  }
  expect(moved).toBeGreaterThan(15);
  expect(spared).toBeGreaterThan(15);
});
