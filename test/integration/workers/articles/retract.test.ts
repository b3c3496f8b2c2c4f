import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { urlKey } from "../../../../discover/canonical-url.ts";
import { readChanges } from "../../../../store/changes.ts";
import { reviveLinks } from "../../../../store/links.ts";
import { reinstate, retractByEditor } from "../../../../workers/articles/retract.ts";
import { crawl } from "../../../../workers/crawl.ts";
import { tick } from "../../../../workers/schedule.ts";
import { sequence } from "../../../../workers/sequencer.ts";
import { deriveAgain } from "../../../helpers/reprocess.ts";
import { articlePage, feedOf, type Page, textOf } from "../../../helpers/site.ts";
import { type Services, startServices, type WatchedSite } from "../../../helpers/watched-site.ts";
import { takeTurns } from "../../../helpers/worker.ts";

let services: Services;
beforeAll(async () => {
  services = await startServices(import.meta.filename);
});
afterEach(() => services.closeSites());
afterAll(() => services?.close());

const HOUR = 3_600_000;
const PATHS = ["/a", "/b", "/c"];
const status =
  (code: number): Page =>
  (_, response) =>
    void response.writeHead(code).end("gone");

/** A site with three articles that were found. */
async function openArticles(name: string): Promise<WatchedSite> {
  const watched = await services.watchSite(name, PATHS);
  for (const path of PATHS) watched.site.pages[path] = articlePage(`Report ${path}`);
  await takeTurns(watched.worker, watched.site.host);
  return watched;
}

/** Lets hours pass and looks at articles again. */
async function look(
  { store, site, worker }: WatchedSite,
  hours: number,
  paths = PATHS,
): Promise<void> {
  worker.advance(hours * HOUR);
  const dueAt = worker.deps.now();
  const links = paths.map((path) => ({ id: urlKey(site.at(path)), runId: "again", dueAt }));
  await reviveLinks(store, links);
  await takeTurns(worker, site.host);
}

const articleAt = ({ store, site }: WatchedSite, path: string) =>
  store.collections.articles.findOne({ _id: urlKey(site.at(path)) });

async function statuses(watched: WatchedSite): Promise<(string | undefined)[]> {
  const articles = await Promise.all(PATHS.map((path) => articleAt(watched, path)));
  return articles.map((article) => article?.status);
}

const ALL_THERE = ["published", "published", "published"];

test("an article that is gone twice, a day apart, on a host that is well was taken back, and comes back", async () => {
  const watched = await openArticles("gone");
  const { store, site, worker, link } = watched;
  site.pages["/a"] = status(404);
  await look(watched, 1);
  expect(await statuses(watched)).toEqual(ALL_THERE);
  expect(await link("/a")).toMatchObject({ reason: "gone", detail: "404; too soon" });
  site.pages["/a"] = status(410);
  await look(watched, 25);
  const article = await articleAt(watched, "/a");
  expect(article).toMatchObject({
    status: "retracted",
    title: "Report /a",
    retraction: { by: "gone", because: expect.stringMatching(/2 times in 1 day, while 2 other/) },
    revision: 2,
    revised: { kind: "retraction" },
  });
  while ((await sequence(store, worker.deps.now())) > 0);
  const change = (await readChanges(store, 0, 100)).at(-1);
  expect(change).toMatchObject({
    kind: "retracted",
    articleId: article?._id,
    before: { status: "published" },
    revision: { revision: 2, kind: "retraction" },
  });
  // What was stored before is read again: that is no sign of life.
  expect(await deriveAgain(worker.deps)).toMatchObject({ left: { "it is retracted": 1 } });
  expect(await articleAt(watched, "/a")).toMatchObject({ status: "retracted" });
  site.pages["/a"] = articlePage("Report /a");
  await look(watched, 24);
  expect(await articleAt(watched, "/a")).toMatchObject({
    status: "published",
    retraction: null,
    revised: { revision: 3, kind: "reinstatement" },
  });
  expect(await link("/a")).toMatchObject({ state: "done", gone: null });
  const revisions = await store.collections.revisions
    .find({ articleId: urlKey(site.at("/a")) })
    .toArray();
  const kinds = revisions.toSorted((a, b) => a.revision - b.revision).map(({ kind }) => kind);
  expect(kinds).toEqual(["first", "retraction", "reinstatement"]);
}, 60_000);

test("soft 404s, log-in pages, refusals and errors, again and again, take nothing back", async () => {
  const bad: Record<string, Page> = {
    "/soft":
      "<!doctype html><title>Page not found</title><h1>404</h1><p>This page has been removed.",
    "/login": "<!doctype html><title>Log in</title><form><input type=password name=p></form>",
    "/empty": "<!doctype html><title>x</title>",
    "/refused": status(403),
    "/error": status(500),
  };
  const paths = [...PATHS, ...Object.keys(bad)];
  const watched = await services.watchSite("bad", paths);
  const { store, site, worker } = watched;
  for (const path of paths) site.pages[path] = articlePage(`Report ${path}`);
  await takeTurns(worker, site.host);
  Object.assign(site.pages, bad);
  for (const hours of [1, 25, 30]) await look(watched, hours, paths);
  const articles = await store.collections.articles.find().toArray();
  expect(articles).toHaveLength(paths.length);
  const touched = articles.filter((each) => each.status !== "published" || each.revision !== 1);
  expect(touched).toEqual([]);
}, 60_000);

test("404s over a whole host take nothing back", async () => {
  const watched = await openArticles("host");
  for (const path of PATHS) watched.site.pages[path] = status(404);
  for (const hours of [1, 25, 30]) await look(watched, hours);
  expect(await statuses(watched)).toEqual(ALL_THERE);
  expect(await watched.link("/a")).toMatchObject({ detail: "404; the host is not well" });
}, 60_000);

test("one 404 between two looks that find it takes nothing back", async () => {
  const watched = await openArticles("once");
  watched.site.pages["/a"] = status(404);
  await look(watched, 1);
  watched.site.pages["/a"] = articlePage("Report /a");
  await look(watched, 24);
  watched.site.pages["/a"] = status(404);
  await look(watched, 24);
  expect(await statuses(watched)).toEqual(ALL_THERE);
  expect(await watched.link("/a")).toMatchObject({ gone: { count: 1 } });
}, 60_000);

test("an article that its feed no longer names is not taken back", async () => {
  const watched = await openArticles("absent");
  const { store, site, worker } = watched;
  const { sources } = store.collections;
  for (const paths of [PATHS, ["/b"], ["/b"], []]) {
    site.pages["/feed"] = feedOf(paths.map((path) => site.at(path)));
    const set = { feeds: [site.at("/feed")], nextDueAt: worker.deps.now() };
    await sources.updateOne({ _id: "cities" }, { $set: set });
    await crawl(worker.deps, { sourceId: "cities", trigger: "schedule" });
    await takeTurns(worker, site.host);
    await tick(worker.deps);
    worker.advance(25 * HOUR);
  }
  expect(await statuses(watched)).toEqual(ALL_THERE);
}, 60_000);

test("the publisher's own word takes an article back at once, in the language of the page", async () => {
  const watched = await openArticles("word");
  const notice =
    "Dieser Artikel wurde zurückgezogen, weil seine wichtigste Quelle erfunden war. Wir bitten die Leserinnen und Leser um Entschuldigung und prüfen unsere Abläufe.";
  watched.site.pages["/a"] = articlePage("Report /a", notice);
  await look(watched, 1);
  expect(await articleAt(watched, "/a")).toMatchObject({
    status: "retracted",
    text: textOf("Report /a"),
    retraction: { by: "publisher", because: expect.stringContaining("zurückgezogen") },
  });
  expect(await watched.link("/a")).toMatchObject({ state: "skipped", reason: "withdrawn" });
}, 60_000);

test("an editor's word holds whatever the page says, until it is taken back", async () => {
  const watched = await openArticles("editor");
  const { store, site } = watched;
  const articleId = urlKey(site.at("/a"));
  const wish = { articleId, by: "cli test" as const, reason: "legal notice" };
  expect(await retractByEditor(store, { ...wish, reason: " " }, new Date())).toEqual({
    problem: "give a reason",
  });
  expect(await retractByEditor(store, wish, new Date())).toEqual({ done: "retracted" });
  site.pages["/a"] = articlePage("Report /a, rewritten", textOf("rewritten"));
  await look(watched, 1);
  expect(await articleAt(watched, "/a")).toMatchObject({
    status: "retracted",
    title: "Report /a, rewritten",
    retraction: { by: "editor", because: "legal notice" },
  });
  expect(await reinstate(store, wish, new Date())).toEqual({ done: "reinstated" });
  expect(await articleAt(watched, "/a")).toMatchObject({ status: "published", retraction: null });
  expect(await reinstate(store, wish, new Date())).toEqual({ problem: "it is not retracted" });
  const noted = await store.collections.audit.find({ subject: articleId }).toArray();
  expect(noted.map(({ action }) => action)).toEqual(["article.retract", "article.reinstate"]);
}, 60_000);

test("copies of an article that was taken back are told by the next of them", async () => {
  const watched = await services.watchSite("copies", PATHS);
  const { store, site, worker } = watched;
  for (const path of PATHS) site.pages[path] = articlePage(`Wire ${path}`, textOf("wire"));
  await takeTurns(worker, site.host);
  const before = await store.collections.articles.find({ duplicateOf: null }).toArray();
  expect(before).toHaveLength(1);
  const articleId = before[0]?._id ?? "";
  const wish = { articleId, by: "cli test" as const, reason: "invented" };
  await retractByEditor(store, wish, new Date());
  const rest = await store.collections.articles.find({ status: "published" }).toArray();
  const [head] = rest.filter(({ duplicateOf }) => duplicateOf === null);
  expect(rest).toHaveLength(2);
  expect(rest.filter(({ duplicateOf }) => duplicateOf === head?._id)).toHaveLength(1);
  expect(new Set(rest.map(({ storyId }) => storyId))).toEqual(new Set([head?._id]));
}, 60_000);
