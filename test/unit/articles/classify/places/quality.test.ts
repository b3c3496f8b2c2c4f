import { expect, test } from "vitest";
import { measured } from "../../../../helpers/measured.ts";
import { answer, LANGUAGES, type Labelled, labelled, traps } from "../../../../helpers/places.ts";

const all = LANGUAGES.flatMap(labelled);
const regionOf = (one: Labelled) => answer(one).region?.code ?? null;
const isCountry = (one: Labelled) => answer(one).country === one.country;
const isRegion = (one: Labelled) => isCountry(one) && regionOf(one) === one.region;

function share(set: readonly Labelled[], right: (one: Labelled) => boolean): number {
  return set.filter(right).length / set.length;
}

test("the set is large enough in each language, and half of it is kept aside", () => {
  expect(all.length).toBeGreaterThanOrEqual(300);
  for (const language of LANGUAGES) expect(labelled(language).length).toBeGreaterThanOrEqual(24);
  expect(share(all, ({ heldOut }) => heldOut)).toBeGreaterThan(0.4);
});

test.each([
  ["paragraphs that rules were written with", false],
  ["paragraphs kept aside", true],
])("places of %s", (_, heldOut) => {
  const set = all.filter((one) => one.heldOut === heldOut);
  const [country, region] = [share(set, isCountry), share(set, isRegion)];
  measured(
    `places of ${set.length} paragraphs: country ${percent(country)}, region ${percent(region)}`,
  );
  expect(country).toBeGreaterThanOrEqual(0.97);
  expect(region).toBeGreaterThanOrEqual(0.95);
});

test.each(LANGUAGES)("places in %s", (language) => {
  expect(share(labelled(language), isCountry)).toBeGreaterThanOrEqual(0.92);
  expect(share(labelled(language), isRegion)).toBeGreaterThanOrEqual(0.88);
});

test("persons, organisations and homonyms", () => {
  const wrong = traps().filter((one) => !isRegion(one));
  expect(wrong.map(({ title }) => title).length / traps().length).toBeLessThanOrEqual(0.05);
});

function percent(value: number): string {
  return `${(100 * value).toFixed(1)} %`;
}
