import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { readFill } from "../../../../store/sources/learned.ts";
import { deriveAgain } from "../../../helpers/reprocess.ts";
import { articlePage, textOf } from "../../../helpers/site.ts";
import { type Services, startServices, type WatchedSite } from "../../../helpers/watched-site.ts";
import { takeTurns } from "../../../helpers/worker.ts";

let services: Services;
beforeAll(async () => {
  services = await startServices(import.meta.url);
});
afterEach(() => services.closeSites());
afterAll(() => services.close());

// Worded so that no rule of the extractor knows it: only its return gives it away.
const COOKIES =
  "Small files on your device let us remember how you like to read, which of our pages you know, and what of our offers may be of use to you.";
const PROMO =
  "The city magazine appears each month with forty pages about the people behind the projects, and costs less than a coffee a week.";
const SERIES =
  "This report belongs to a series in which we visit every district of the city and ask those who live there what they need.";
const PHRASE = "The mayor's office declined to comment.";

const paths = Array.from({ length: 6 }, (_, at) => `/news/${at}`);

/** Six articles with a notice, four with a promo, two of a series, all with a phrase in the middle. */
function pages(site: WatchedSite["site"]) {
  for (const [at, path] of paths.entries()) {
    const [one = "", two = "", ...more] = textOf(`Report ${at}`).split("\n\n");
    const series = at < 2 ? [SERIES] : [];
    const promo = at >= 2 ? [PROMO] : [];
    const text = [...series, one, PHRASE, two, ...more, ...promo, COOKIES].join("\n\n");
    site.pages[path] = articlePage(`Report ${at} on ${path}`, text);
  }
}

async function textsOf({ store, link }: WatchedSite): Promise<string[]> {
  return Promise.all(
    paths.map(async (path) => {
      const seen = await link(path);
      const article = await store.collections.articles.findOne({ _id: seen?.articleId ?? "" });
      return article?.text ?? "";
    }),
  );
}

describe("a source that repeats paragraphs on its pages", () => {
  const fetchAndDerive = async () => {
    const watched = await services.watchSite("notice", paths);
    const { site, worker, store, link } = watched;
    const articleOf = async (path: string) => {
      const seen = await link(path);
      return store.collections.articles.findOne({ _id: seen?.articleId ?? "" });
    };
    const fillOf = async () => (await readFill(store)).get("cities");
    pages(site);
    await takeTurns(worker, site.host);
    const first = await textsOf(watched);
    const firstArticle = await articleOf("/news/0");
    const lastArticle = await articleOf("/news/5");
    const fill = await fillOf();
    const derived = await deriveAgain(worker.deps);
    const again = await textsOf(watched);
    const derivedTwice = await deriveAgain(worker.deps);
    const fillAgain = await fillOf();
    return { first, firstArticle, lastArticle, fill, derived, again, derivedTwice, fillAgain };
  };
  let learnt: Awaited<ReturnType<typeof fetchAndDerive>>;
  beforeAll(async () => {
    learnt = await fetchAndDerive();
  });

  test("A paragraph is left out from its fourth article on", () => {
    const { first } = learnt;
    expect(first.slice(0, 3).map((text) => text.includes(COOKIES))).toEqual([true, true, true]);
    expect(first.slice(3).map((text) => text.includes(COOKIES))).toEqual([false, false, false]);
    expect(first.slice(2).map((text) => text.includes(PROMO))).toEqual([true, true, true, false]);
  });

  test("The article says what was left out, and its HTML is without it", () => {
    expect(learnt.lastArticle?.html).not.toContain("Small files");
    expect(learnt.lastArticle?.evidence.text?.removed).toMatchObject([
      { rule: "learnt boilerplate", seen: PROMO.slice(0, 80) },
      { rule: "learnt boilerplate", seen: COOKIES.slice(0, 80) },
    ]);
  });

  test("Earlier articles are without it once they are read again", () => {
    expect(learnt.derived).toMatchObject({ articles: 6, changed: 5, left: {} });
    const { again } = learnt;
    expect(again.some((text) => text.includes(COOKIES) || text.includes(PROMO))).toBe(false);
  });

  test("A phrase within the text and a paragraph of few articles stay", () => {
    const { again } = learnt;
    expect(again.every((text) => text.includes(PHRASE))).toBe(true);
    expect(again.filter((text) => text.includes(SERIES))).toHaveLength(2);
  });

  test("Reading the same captures once more changes nothing", () => {
    expect(learnt.derivedTwice).toMatchObject({ articles: 6, changed: 0, refreshed: 0 });
  });

  test("Each new article counts towards how completely the source is read", () => {
    const { fill, firstArticle } = learnt;
    expect(fill).toMatchObject({
      articles: 6,
      fields: { title: 1, text: 1, publishedAt: 1, language: 1, authors: 0, image: 0 },
    });
    expect(fill?.fieldScore).toBeGreaterThan(0.5);
    expect(fill?.fieldScore).toBeLessThan(1);
    expect(firstArticle?.fieldScore).toBeCloseTo(fill?.fieldScore ?? 0, 1);
  });

  test("An article that is read again isn't counted again", () => {
    expect(learnt.fillAgain?.articles).toBe(6);
  });
});
