import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { readFill } from "../../../../store/quality.ts";
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

test("what a source repeats is learnt and taken out of further articles, and of earlier ones when they are read again", async () => {
  const watched = await services.watchSite("notice", paths);
  const { site, worker, store, link } = watched;
  pages(site);
  await takeTurns(worker, site.host);

  const first = await textsOf(watched);
  expect(first.slice(0, 3).map((text) => text.includes(COOKIES))).toEqual([true, true, true]);
  expect(first.slice(3).map((text) => text.includes(COOKIES))).toEqual([false, false, false]);
  expect(first.slice(2).map((text) => text.includes(PROMO))).toEqual([true, true, true, false]);
  const last = await link("/news/5");
  const article = await store.collections.articles.findOne({ _id: last?.articleId ?? "" });
  expect(article?.html).not.toContain("Small files");
  expect(article?.evidence.text?.removed).toMatchObject([
    { rule: "learnt boilerplate", seen: PROMO.slice(0, 80) },
    { rule: "learnt boilerplate", seen: COOKIES.slice(0, 80) },
  ]);

  expect(await deriveAgain(worker.deps)).toMatchObject({ articles: 6, changed: 5, left: {} });
  const again = await textsOf(watched);
  expect(again.some((text) => text.includes(COOKIES) || text.includes(PROMO))).toBe(false);
  expect(again.every((text) => text.includes(PHRASE))).toBe(true);
  expect(again.filter((text) => text.includes(SERIES))).toHaveLength(2);
  // Once more changes nothing: it is the same for the same captures.
  expect(await deriveAgain(worker.deps)).toMatchObject({ articles: 6, changed: 0, refreshed: 0 });
});

test("how completely a source is read is counted with each new article, once", async () => {
  const watched = await services.watchSite("fill", paths);
  const { site, worker, store, link } = watched;
  pages(site);
  await takeTurns(worker, site.host);
  const fill = (await readFill(store)).get("cities");
  expect(fill).toMatchObject({
    articles: 6,
    fields: { title: 1, text: 1, publishedAt: 1, language: 1, authors: 0, image: 0 },
  });
  expect(fill?.completeness).toBeGreaterThan(0.5);
  expect(fill?.completeness).toBeLessThan(1);
  const seen = await link("/news/0");
  const article = await store.collections.articles.findOne({ _id: seen?.articleId ?? "" });
  expect(article?.completeness).toBeCloseTo(fill?.completeness ?? 0, 1);

  await deriveAgain(worker.deps);
  expect((await readFill(store)).get("cities")?.articles).toBe(6);
});
