import { describe, expect, it } from "vitest";
import { z } from "zod";
import { readData, SITES, UNWATCHED } from "../../../demo/data.ts";
import { edited, paragraphsOf, plainText } from "../../../demo/text.ts";
import { tokensOf } from "../../../demo/truth.ts";

const CJK = new Set(["zh", "ja"]);

function shingles(text: string, language: string): Set<string> {
  const size = CJK.has(language) ? 4 : 3;
  const tokens = tokensOf(text);
  return new Set(tokens.slice(size - 1).map((_, at) => tokens.slice(at, at + size).join(" ")));
}

function jaccard(a: Set<string>, b: Set<string>): number {
  const shared = [...a].filter((one) => b.has(one)).length;
  return shared / (a.size + b.size - shared);
}

const texts = SITES.flatMap((site) =>
  site.articles.map((text) => {
    const plain = plainText(paragraphsOf(text.body));
    return { site, slug: text.slug, plain, shingles: shingles(plain, site.language) };
  }),
);

describe("hand-made texts", () => {
  it("cover the asked languages over at least ten sites", () => {
    const languages = new Set(SITES.map((site) => site.language));
    for (const language of ["en", "de", "fr", "es", "zh", "ru", "ar", "ja"]) {
      expect(languages).toContain(language);
    }
    expect(SITES.length).toBeGreaterThanOrEqual(10);
    for (const site of SITES) expect(site.articles.length).toBeGreaterThanOrEqual(5);
  });

  it.each(texts)("$slug has 150 to 800 words", ({ plain, site }) => {
    const length = CJK.has(site.language) ? Array.from(plain).length / 1.7 : tokensOf(plain).length;
    expect(length).toBeGreaterThanOrEqual(150);
    expect(length).toBeLessThanOrEqual(800);
  });

  it("have nothing in common with each other", () => {
    for (const [index, a] of texts.entries()) {
      for (const b of texts.slice(index + 1)) {
        if (a.site.language !== b.site.language) continue;
        expect(jaccard(a.shingles, b.shingles)).toBeLessThan(0.1);
      }
    }
  });

  it("are there for each quirk", () => {
    for (const site of [...SITES, UNWATCHED]) {
      const slugs = site.articles.map(({ slug }) => slug);
      for (const { slug } of site.quirks) expect(slugs).toContain(slug);
    }
  });

  it("are near enough to their edited copies", () => {
    for (const site of SITES) {
      for (const copy of site.copies) {
        const origin = SITES.find((one) => one.id === copy.of);
        const text = origin?.articles.find((one) => one.slug === copy.slug);
        if (!text) throw new Error(`no ${copy.slug}`);
        const language = site.language;
        const a = shingles(plainText(paragraphsOf(text.body)), language);
        const b = shingles(plainText(paragraphsOf(edited(text, copy.edit).body)), language);
        const score = jaccard(a, b);
        const exact = Object.keys(copy.edit).length === 0;
        expect(score).toBeGreaterThan(0.75);
        expect(score === 1).toBe(exact);
      }
    }
  });
});

it("names file, line and field of a mistake", () => {
  const schema = z.strictObject({ watched: z.array(z.int()), unwatched: z.string() });
  expect(() => readData("world.yaml", schema)).toThrow(
    /^demo\/world\/world\.yaml:\d+:\d+: watched\.0: /,
  );
});
