import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { SITES } from "../../../../../demo/data.ts";
import { paragraphsOf, plainText } from "../../../../../demo/text.ts";
import { classifyAs } from "../../../../helpers/classify.ts";
import { leastCpuOf } from "../../../../helpers/cpu.ts";
import { measured } from "../../../../helpers/measured.ts";
import { shippedPlaces } from "../../../../helpers/places.ts";

const LABELS = new URL("../../../../fixtures/places/articles.txt", import.meta.url);
const texts = new Map(
  SITES.flatMap((source) => source.articles.map((text) => [text.slug, { source, text }] as const)),
);
const places = shippedPlaces();
const articles = readFileSync(LABELS, "utf8")
  .trim()
  .split("\n")
  .map((line) => {
    const [slug = "", label = ""] = line.split("\t");
    const found = texts.get(slug);
    if (!found) throw new Error(`${LABELS.pathname}: no such text: ${slug}`);
    const { source, text } = found;
    const { language, country, region } = source;
    return {
      label,
      source: { country, region, topics: [] },
      title: text.title,
      fields: { language, text: plainText(paragraphsOf(text.body)) },
    };
  });

test("whole articles of the sample world, with what their sources declare", () => {
  const classified = articles.map((article) => ({
    ...article,
    ...classifyAs(article),
  }));
  const countries = classified.filter(({ country, label }) => country === label.slice(0, 2)).length;
  const regions = classified.filter((one) => (one.regionCode ?? one.country) === one.label).length;
  measured(
    `places of ${classified.length} articles: country ${countries}, region ${regions} right`,
  );
  expect(countries / classified.length).toBeGreaterThanOrEqual(0.95);
  expect(regions / classified.length).toBeGreaterThanOrEqual(0.85);
});

/** The CPU that it takes to find the words of all articles, many times over: it says how fast this machine is. */
const yardstick = () =>
  leastCpuOf(() => {
    for (let round = 0; round < 20; round++) {
      for (const { fields } of articles) Array.from(fields.text.matchAll(/\p{L}+/gu));
    }
  });

/** How many times as much as its words the places of an article may cost: some four times what they do. */
const MOST = 150;

test("finding the places of an article costs a bounded multiple of finding its words", async () => {
  const inputs = articles.map(({ title, fields, source }) => {
    const home = { country: source.country, region: source.region ?? null };
    return { title, ...fields, home };
  });
  const run = () => {
    for (const input of inputs) places.find(input);
  };
  const cost = await leastCpuOf(run);
  const words = (await yardstick()) / 20;
  measured(
    `places: ${(cost / inputs.length).toFixed(2)} ms CPU an article, ${(cost / words).toFixed(1)} times its words`,
  );
  expect(cost / words).toBeLessThan(MOST);
});
