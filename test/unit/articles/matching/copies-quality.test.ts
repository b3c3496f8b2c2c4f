import { describe, expect, test } from "vitest";
import { copyOf } from "../../../../articles/matching/cluster.ts";
import { probeKeys } from "../../../../articles/matching/fingerprint.ts";
import {
  copyPairs,
  type LabelledPair,
  seriesPairs,
  unrelatedPairs,
} from "../../../helpers/copies.ts";
import { measured } from "../../../helpers/measured.ts";

/** Whether the line would link the two: they meet under a key and are found alike. */
function isLinked({ a, b }: LabelledPair): boolean {
  const keys = new Set(probeKeys(a));
  return b.keys.some((key) => keys.has(key)) && copyOf(a, b) !== null;
}

const copies = copyPairs();
const unrelated = unrelatedPairs();
const series = seriesPairs();
const share = (pairs: LabelledPair[], linked: boolean) =>
  pairs.filter((pair) => isLinked(pair) === linked).length / pairs.length;

describe.each([
  ["the tuning half", false],
  ["the held-out half", true],
])("%s", (name, isHeldOut) => {
  const half = (pairs: LabelledPair[]) => pairs.filter((pair) => pair.isHeldOut === isHeldOut);

  test("copies are found, nothing else is", () => {
    const own = half(copies);
    const found = own.filter(isLinked).length;
    const wrong = [...half(unrelated), ...half(series)].filter(isLinked).length;
    const [recall, precision] = [found / own.length, found / (found + wrong)];
    measured(
      `copies, ${name}: recall ${recall.toFixed(4)} of ${own.length}, precision ${precision.toFixed(4)}, ${wrong} wrong`,
    );
    for (const kind of new Set(own.map((pair) => pair.kind))) {
      const ofKind = own.filter((pair) => pair.kind === kind);
      measured(`  ${kind}: ${share(ofKind, true).toFixed(3)} of ${ofKind.length}`);
    }
    expect(recall).toBeGreaterThanOrEqual(0.97);
    expect(precision).toBeGreaterThanOrEqual(0.99);
  });

  test("reports of a series stay apart", () => {
    const own = half(series);
    const apart = share(own, false);
    measured(`series, ${name}: ${apart.toFixed(4)} of ${own.length} pairs kept apart`);
    expect(apart).toBeGreaterThanOrEqual(0.98);
  });
});

test("every language has copies that are found and series that stay apart", () => {
  for (const language of new Set(copies.map((pair) => pair.language))) {
    const own = copies.filter((pair) => pair.language === language);
    expect([language, share(own, true) >= 0.95]).toEqual([language, true]);
  }
  const languages = new Set(series.map((pair) => pair.language));
  expect([...languages].toSorted()).toEqual(["ar", "de", "en", "es", "fr", "ja", "pt", "ru", "zh"]);
});
