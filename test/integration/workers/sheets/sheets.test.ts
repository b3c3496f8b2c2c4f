import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { urlKey } from "../../../../discover/canonical-url.ts";
import { tick } from "../../../../workers/schedule.ts";
import { whyOf } from "../../../../workers/why.ts";
import { deriveAgain } from "../../../helpers/reprocess.ts";
import { articlePage, textOf } from "../../../helpers/site.ts";
import { type Services, startServices, type WatchedSite } from "../../../helpers/watched-site.ts";
import { takeTurns } from "../../../helpers/worker.ts";

let services: Services;
beforeAll(async () => {
  services = await startServices(import.meta.filename);
});
afterEach(() => services.closeSites());
afterAll(() => services?.close());

const at = (path: string, number: number) => (number === 1 ? path : `${path}?page=${number}`);
const text = (path: string, number: number) => textOf(`${path} ${number}`);
const whole = (path: string) => [1, 2, 3].map((number) => text(path, number)).join("\n\n");

/** Page `number` of an article of three, which names its neighbours. */
function sheet(path: string, number: number, body = text(path, number)): string {
  const links = [1, 2, 3].map((n) => (n === number ? n : `<a href="${at(path, n)}">${n}</a>`));
  const next = number < 3 ? `<link rel="next" href="${at(path, number + 1)}">` : "";
  return articlePage(`A winter on ${path}`, body, next).replace(
    "</article>",
    `<p class="pages">${links.join(" ")}</p></article>`,
  );
}

/** The articles by address, with what is known of their pages. */
async function told({ store }: Pick<WatchedSite, "store">) {
  const articles = await store.collections.articles.find().toArray();
  return new Map(
    articles.map((article) => {
      const sheets = article.evidence.text?.sheets ?? [];
      const states = sheets.map(({ number, state }) => `${number} ${state}`);
      return [new URL(article.url).pathname, { ...article, states }];
    }),
  );
}

test("its pages are fetched as links of their own and are one article", async () => {
  const watched = await services.watchSite("three", ["/long"]);
  const { store, site, worker, link } = watched;
  for (const number of [1, 2, 3]) site.pages[at("/long", number)] = sheet("/long", number);
  await takeTurns(worker, site.host);
  const [first, second, third] = [1, 2, 3].map((number) => at("/long", number));
  expect(site.asked).toEqual(["/robots.txt", first, second, third]);
  const articles = await told(watched);
  expect([...articles.keys()]).toEqual(["/long"]);
  const article = articles.get("/long");
  expect(article).toMatchObject({ text: whole("/long"), states: ["2 joined", "3 joined"] });
  expect(article?.revised).toMatchObject({ kind: "reading" });
  expect(article?.revised?.because).toMatch(/^page [23] of 3 came$/);
  const articleId = urlKey(site.at("/long"));
  for (const number of [2, 3]) {
    const path = at("/long", number);
    const sheetOf = { linkId: articleId, number };
    expect(await link(path)).toMatchObject({ state: "done", articleId, sheetOf, nextLookAt: null });
    const alias = await store.collections.aliases.findOne({ _id: urlKey(site.at(path)) });
    expect(alias).toMatchObject({ articleId, kind: "sheet" });
  }

  // Reading the archive again comes to the same.
  const report = await deriveAgain(worker.deps);
  expect(report).toMatchObject({ articles: 1, changed: 0, refreshed: 0 });

  // A later look at the article is one at its pages too.
  const more = `${text("/long", 3)}\n\n${textOf("the end")}`;
  site.pages[at("/long", 3)] = sheet("/long", 3, more);
  await store.collections.links.updateOne({ _id: articleId }, { $set: { nextLookAt: new Date() } });
  await tick(worker.deps);
  await takeTurns(worker, site.host);
  const later = (await told(watched)).get("/long");
  expect(later?.text).toBe([text("/long", 1), text("/long", 2), more].join("\n\n"));
  expect(later?.revised).toMatchObject({ kind: "update" });
});

test("a page that is lost is said to be, and one that is found first is none of its own", async () => {
  const watched = await services.watchSite("lost", ["/lost", at("/second", 2)]);
  const { store, site, worker, link } = watched;
  for (const number of [1, 3]) site.pages[at("/lost", number)] = sheet("/lost", number);
  for (const number of [1, 2, 3]) site.pages[at("/second", number)] = sheet("/second", number);
  await takeTurns(worker, site.host);
  const articles = await told(watched);
  expect([...articles.keys()].toSorted()).toEqual(["/lost", "/second"]);
  expect(articles.get("/lost")).toMatchObject({
    text: [text("/lost", 1), text("/lost", 3)].join("\n\n"),
    states: ["2 not read", "3 joined"],
  });
  const asked = { store, product: "Newsgather", now: () => new Date() };
  const why = await whyOf(asked, site.at("/lost"));
  const value: unknown = expect.stringMatching(/has not come.*gone/);
  expect(why.facts).toContainEqual({ name: "page 2", value });
  const _id = urlKey(site.at("/second"));
  const joined = { _id, text: whole("/second"), states: ["2 joined", "3 joined"] };
  expect(articles.get("/second")).toMatchObject(joined);
  const second = at("/second", 2);
  expect(await link(second)).toMatchObject({ articleId: _id, outcome: "duplicate" });
  expect((await whyOf(asked, site.at(second))).answer).toContain(`as ${site.at("/second")}`);
});
