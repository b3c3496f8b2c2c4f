import { assert, property, shuffledSubarray } from "fast-check";
import { describe, expect, test } from "vitest";
import { bCubed, readEvents, storiesOf } from "../../../helpers/events.ts";
import { measured } from "../../../helpers/measured.ts";

const all = readEvents();
const percent = (share: number) => share.toFixed(3);

test("the set is large, in many languages, and half of it held out", () => {
  expect(new Set(all.map(({ event }) => event)).size).toBeGreaterThanOrEqual(40);
  expect(all.length).toBeGreaterThanOrEqual(150);
  expect(new Set(all.map(({ language }) => language)).size).toBeGreaterThanOrEqual(10);
  const heldOut = all.filter(({ isHeldOut }) => isHeldOut).length;
  expect(Math.abs(heldOut / all.length - 0.5)).toBeLessThan(0.15);
});

describe.each([
  ["the tuning half", false],
  ["the held-out half", true],
])("%s", (name, isHeldOut) => {
  const half = all.filter((one) => one.isHeldOut === isHeldOut);

  test("articles of one event become one story, those of look-alikes don't", () => {
    const { precision, recall, f1 } = bCubed(half, storiesOf(half));
    measured(
      `stories, ${name}: B-cubed F1 ${percent(f1)}, precision ${percent(precision)}, recall ${percent(recall)}, ${half.length} articles`,
    );
    expect(f1).toBeGreaterThanOrEqual(0.85);
    expect(precision).toBeGreaterThanOrEqual(0.95);
  });
});

test("some events are joined across languages", () => {
  const stories = storiesOf(all);
  const languages = new Map<string, Set<string>>();
  for (const { print, language } of all) {
    const story = stories.get(print._id) ?? "";
    languages.set(story, (languages.get(story) ?? new Set()).add(language));
  }
  const across = [...languages.values()].filter((spoken) => spoken.size > 1).length;
  measured(`stories: ${across} of them in more than one language`);
  expect(across).toBeGreaterThanOrEqual(20);
});

const byText = (a: unknown, b: unknown) => (String(a) < String(b) ? -1 : 1);

test("the order in which articles are given doesn't matter", () => {
  const wanted = [...storiesOf(all)].toSorted(byText);
  assert(
    property(shuffledSubarray(all, { minLength: all.length }), (shuffled) => {
      expect([...storiesOf(shuffled)].toSorted(byText)).toEqual(wanted);
    }),
    { numRuns: 5 },
  );
});
