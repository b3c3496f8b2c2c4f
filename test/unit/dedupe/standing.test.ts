import { expect, test } from "vitest";
import { bondOf, isBefore, mayMove } from "../../../dedupe/standing.ts";
import { decide, readEvents } from "../../helpers/events.ts";

const prints = readEvents()
  .map(({ print }) => print)
  .toSorted((a, b) => (isBefore(a, b) ? -1 : 1));

test("an earlier article that comes late may move all later ones that it does move, and not all that it goes with", () => {
  const wanted = decide(prints);
  let [spared, moved] = [0, 0];
  for (const late of prints.filter((_, n) => n % 2 === 0)) {
    const known = decide(prints.filter((each) => each !== late));
    for (const own of known.values()) {
      if (!isBefore(late, own) || !bondOf(own, late)) continue;
      const may = mayMove(own, late, (id) => known.get(id));
      const does = wanted.get(own._id)?.standing?.bond?.with === late._id;
      if (does) moved += 1;
      if (!may) spared += 1;
      expect([own._id, late._id, may || !does]).toEqual([own._id, late._id, true]);
    }
  }
  expect(moved).toBeGreaterThan(15);
  expect(spared).toBeGreaterThan(15);
});
