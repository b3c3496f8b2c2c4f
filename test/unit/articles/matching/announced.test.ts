import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { matchOf } from "../../../../articles/matching/cluster.ts";
import { fingerprint, guidHash } from "../../../../articles/matching/fingerprint.ts";
import type { Fingerprint } from "../../../../model/articles/fingerprint.ts";
import { measured } from "../../../helpers/measured.ts";

const FILE = new URL("../../../fixtures/stories/announced.txt", import.meta.url);

interface Item {
  family: string;
  isHeldOut: boolean;
  /** Which article or event of its family it is of. */
  of: string;
  isAnnounced: boolean;
  print: Fingerprint;
}

interface Pair {
  one: Item;
  other: Item;
  isHeldOut: boolean;
}

function readItems(): Item[] {
  let [family, half] = ["", ""];
  return readFileSync(FILE, "utf8")
    .trim()
    .split("\n")
    .flatMap((line, index): Item[] => {
      if (line.startsWith("# ")) {
        [family = "", half = ""] = line.slice(2).split(" ");
        return [];
      }
      const [head = "", title = "", text = "", id] = line.split(" | ");
      const [of = "", kind = "", sourceId = "", when = "", language = ""] = head.split(" ");
      const isAnnounced = kind === "a";
      const at = new Date(`2026-11-${when}:00:00Z`);
      const features = fingerprint({
        sourceId: `${family} ${sourceId}`,
        trust: 0.5,
        title,
        text,
        language,
        at,
        guid: id ? guidHash(`${family} ${sourceId}`, id) : null,
        isAnnounced,
      });
      const print = { ...features, _id: `${family} ${index}`, version: 1 };
      return [{ family, isHeldOut: half === "held-out", of, isAnnounced, print }];
    });
}

const items = readItems();
/** All pairs of a family's look-alikes of which one at least was only announced. */
const PAIRS = items.flatMap((one, index) =>
  items
    .slice(index + 1)
    .filter(({ family, isAnnounced }) => family === one.family && (isAnnounced || one.isAnnounced))
    .map((other): Pair => ({ one, other, isHeldOut: one.isHeldOut })),
);
const isSame = ({ one, other }: Pair) => one.of === other.of;
const isMerged = ({ one, other }: Pair) => matchOf(other.print, one.print) !== null;
/** Two items that were only announced by different sources are left apart, whatever they say. */
const mayJoin = ({ one, other }: Pair) =>
  !(one.isAnnounced && other.isAnnounced && one.print.sourceId !== other.print.sourceId);
const name = ({ one, other }: Pair) => `${one.print._id} - ${other.print.title}`;

test("The set is large, and half of it held out", () => {
  expect(PAIRS.length).toBe(279);
  const heldOut = PAIRS.filter((pair) => pair.isHeldOut).length;
  expect(Math.abs(heldOut / PAIRS.length - 0.5)).toBeLessThan(0.1);
});

describe.each([
  ["the tuning half", false],
  ["the held-out half", true],
])("%s", (half, held) => {
  const pairs = PAIRS.filter((pair) => pair.isHeldOut === held);

  test("No two items are put together that aren't one story", () => {
    expect(pairs.filter((pair) => !isSame(pair) && isMerged(pair)).map(name)).toEqual([]);
  });

  test("Nine in ten of those that are, are put together", () => {
    const wanted = pairs.filter((pair) => isSame(pair) && mayJoin(pair));
    const found = wanted.filter(isMerged);
    measured(
      `announced items, ${half}: ${found.length} of ${wanted.length} of ${pairs.length} pairs`,
    );
    const missed = wanted.filter((pair) => !isMerged(pair)).map(name);
    expect({ missed, isEnough: found.length / wanted.length >= 0.9 }).toMatchObject({
      isEnough: true,
    });
  });
});

test("Two ids of feeds of different sources say nothing", () => {
  const [, , , , other] = items.filter(({ family }) => family === "guid-moves");
  const [own] = items.filter(({ family }) => family === "guid-moves");
  expect(own && other && matchOf(own.print, other.print)).toBeNull();
});
