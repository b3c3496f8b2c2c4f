import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { urlKey } from "../../crawler/links/url.ts";
import { whyOf } from "../../sources/why.ts";
import { tick } from "../../workers/schedule/tick.ts";
import { deriveAgain } from "../helpers/reprocess.ts";
import { articlePage, textOf } from "../helpers/site.ts";
import { type Services, startServices, type WatchedSite } from "../helpers/watched-site.ts";
import { takeTurns } from "../helpers/worker.ts";

let services: Services;
beforeAll(async () => {
  services = await startServices(import.meta.filename, { oneStore: true });
});
afterEach(() => services.closeSites());
afterAll(() => services?.close());

const at = (path: string, number: number) => (number === 1 ? path : `${path}?page=${number}`);
const text = (path: string, number: number) => textOf(`${path} ${number}`);
const whole = (path: string) => [1, 2, 3].map((number) => text(path, number)).join("\n\n");

/** Page `number` of an article of three, which names its neighbours. */
function numberedPage(path: string, number: number, body = text(path, number)): string {
  const links = [1, 2, 3].map((n) => (n === number ? n : `<a href="${at(path, n)}">${n}</a>`));
  const next = number < 3 ? `<link rel="next" href="${at(path, number + 1)}">` : "";
  return articlePage(`A winter on ${path}`, body, next).replace(
    "</article>",
    `<p class="pages">${links.join(" ")}</p></article>`,
  );
}

/** The articles by address, with what is known of their pages. */
async function textsOf({ store }: Pick<WatchedSite, "store">) {
  const articles = await store.collections.articles.find().toArray();
  return new Map(
    articles.map((article) => {
      const articlePages = article.evidence.text?.articlePages ?? [];
      const states = articlePages.map(({ number, state }) => `${number} ${state}`);
      return [new URL(article.url).pathname, { ...article, states }];
    }),
  );
}

describe("an article of three pages", () => {
  const articleId = (site: WatchedSite["site"]) => urlKey(site.at("/long"));
  const fetchTwice = async () => {
    const watched = await services.watchSite("three", ["/long"]);
    const { store, site, worker, link } = watched;
    const { links, aliases } = store.collections;
    for (const number of [1, 2, 3]) site.pages[at("/long", number)] = numberedPage("/long", number);
    await takeTurns(worker, site.host);
    const requests = [...site.requests];
    const articles = await textsOf(watched);
    const further = [2, 3].map((number) => at("/long", number));
    const linksOfPages = await Promise.all(further.map(link));
    const aliasesOfPages = await Promise.all(
      further.map((path) => aliases.findOne({ _id: urlKey(site.at(path)) })),
    );
    const derived = await deriveAgain(worker.deps);

    const longer = `${text("/long", 3)}\n\n${textOf("the end")}`;
    site.pages[at("/long", 3)] = numberedPage("/long", 3, longer);
    const set = { nextFetchAt: new Date() };
    await links.updateOne({ _id: articleId(site) }, { $set: set });
    await tick(worker.deps);
    await takeTurns(worker, site.host);
    const revisited = (await textsOf(watched)).get("/long");
    return {
      requests,
      articles,
      linksOfPages,
      aliasesOfPages,
      derived,
      longer,
      revisited,
      id: articleId(site),
    };
  };
  let long: Awaited<ReturnType<typeof fetchTwice>>;
  beforeAll(async () => {
    long = await fetchTwice();
  });

  test("Each page is fetched once", () => {
    const pages = [1, 2, 3].map((number) => at("/long", number));
    expect(long.requests).toEqual(["/robots.txt", ...pages]);
  });

  test("The texts of all pages are the text of one article", () => {
    expect([...long.articles.keys()]).toEqual(["/long"]);
    expect(long.articles.get("/long")).toMatchObject({
      text: whole("/long"),
      states: ["2 joined", "3 joined"],
    });
  });

  test("A page that joins is another reading, not the publisher's change", () => {
    const revised = long.articles.get("/long")?.revised;
    expect(revised).toMatchObject({ kind: "reading" });
    expect(revised?.because).toMatch(/^page [23] of 3 arrived$/);
  });

  test("The links of the further pages lead to the article and aren't revisited by themselves", () => {
    expect(long.linksOfPages).toMatchObject(
      [2, 3].map((number) => {
        const articlePageOf = { linkId: long.id, number };
        return { state: "done", articleId: long.id, articlePageOf, nextFetchAt: null };
      }),
    );
  });

  test("The URLs of the further pages are aliases of the article", () => {
    const alias = { articleId: long.id, kind: "page" };
    expect(long.aliasesOfPages).toMatchObject([alias, alias]);
  });

  test("Reading the stored captures again changes nothing", () => {
    expect(long.derived).toMatchObject({ articles: 1, changed: 0, refreshed: 0 });
  });

  test("A revisit of the article fetches its further pages too", () => {
    const texts = [text("/long", 1), text("/long", 2), long.longer];
    expect(long.revisited?.text).toBe(texts.join("\n\n"));
    expect(long.revisited?.revised).toMatchObject({ kind: "update" });
  });
});

describe("an article with a page that is gone, and one whose second page is found first", () => {
  const fetchBoth = async () => {
    const second = at("/second", 2);
    const watched = await services.watchSite("lost", ["/lost", second]);
    const { store, site, worker, link } = watched;
    for (const number of [1, 3]) site.pages[at("/lost", number)] = numberedPage("/lost", number);
    for (const number of [1, 2, 3])
      site.pages[at("/second", number)] = numberedPage("/second", number);
    await takeTurns(worker, site.host);
    const deps = { store, product: "Newsgather", now: () => new Date() };
    return {
      site,
      articles: await textsOf(watched),
      whyLost: await whyOf(deps, site.at("/lost")),
      linkOfSecond: await link(second),
      whySecond: await whyOf(deps, site.at(second)),
    };
  };
  let both: Awaited<ReturnType<typeof fetchBoth>>;
  beforeAll(async () => {
    both = await fetchBoth();
  });

  test("The article is stored without the page that is gone", () => {
    expect(both.articles.get("/lost")).toMatchObject({
      text: [text("/lost", 1), text("/lost", 3)].join("\n\n"),
      states: ["2 not read", "3 joined"],
    });
  });

  test("The explanation of the article says that the page is gone", () => {
    const value: unknown = expect.stringMatching(/wasn't fetched.*gone/);
    expect(both.whyLost.facts).toContainEqual({ name: "page 2", value });
  });

  test("A second page that is found first is no article of its own", () => {
    expect([...both.articles.keys()].toSorted()).toEqual(["/lost", "/second"]);
    const _id = urlKey(both.site.at("/second"));
    const joined = { _id, text: whole("/second"), states: ["2 joined", "3 joined"] };
    expect(both.articles.get("/second")).toMatchObject(joined);
    expect(both.linkOfSecond).toMatchObject({ articleId: _id, outcome: "duplicate" });
  });

  test("The explanation of a second page names the article's URL", () => {
    expect(both.whySecond.answer).toContain(`as ${both.site.at("/second")}`);
  });
});
