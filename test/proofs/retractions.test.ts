import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { reinstate, retractByEditor } from "../../articles/editorial/retract.ts";
import { sequence } from "../../articles/stream/sequencer.ts";
import { urlKey } from "../../crawler/links/url.ts";
import { HOUR_MS } from "../../lib/time.ts";
import { reviveLinks } from "../../store/crawl/links.ts";
import { readChanges } from "../../store/publish/changes.ts";
import { crawl } from "../../workers/crawl/open-runs.ts";
import { tick } from "../../workers/schedule/tick.ts";
import { deriveAgain } from "../helpers/reprocess.ts";
import { articlePage, feedOf, type Page, textOf } from "../helpers/site.ts";
import { type Services, startServices, type WatchedSite } from "../helpers/watched-site.ts";
import { takeTurns } from "../helpers/worker.ts";

let services: Services;
beforeAll(async () => {
  services = await startServices(import.meta.filename, { oneStore: true });
});
afterEach(() => services.closeSites());
afterAll(() => services?.close());

const PATHS = ["/a", "/b", "/c"];
const status =
  (code: number): Page =>
  (_, response) =>
    void response.writeHead(code).end("gone");

/** A site with articles at `paths` that are stored. */
async function openArticles(name: string, paths = PATHS): Promise<WatchedSite> {
  const watched = await services.watchSite(name, paths);
  for (const path of paths) watched.site.pages[path] = articlePage(`Report ${path}`);
  await takeTurns(watched.worker, watched.site.host);
  return watched;
}

/** Lets hours pass and looks at articles again. */
async function fetchPages(
  { store, site, worker }: WatchedSite,
  hours: number,
  paths = PATHS,
): Promise<void> {
  worker.advance(hours * HOUR_MS);
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

describe("an article whose page is gone twice, a day apart, on a host that is well", () => {
  const openGone = async () => {
    const watched = await openArticles("gone");
    const { store, site, worker, link } = watched;
    site.pages["/a"] = status(404);
    await fetchPages(watched, 1);
    const afterOne = { statuses: await statuses(watched), link: await link("/a") };

    site.pages["/a"] = status(410);
    await fetchPages(watched, 25);
    const afterTwo = await articleAt(watched, "/a");
    while ((await sequence(store, worker.deps.now())) > 0);
    const change = (await readChanges(store, 0, 100)).at(-1);

    const derived = await deriveAgain(worker.deps);
    const afterDeriving = await articleAt(watched, "/a");

    site.pages["/a"] = articlePage("Report /a");
    await fetchPages(watched, 24, ["/a"]);
    const back = { article: await articleAt(watched, "/a"), link: await link("/a") };
    const revisions = await store.collections.revisions
      .find({ articleId: urlKey(site.at("/a")) })
      .toArray();
    const kinds = revisions.toSorted((a, b) => a.revision - b.revision).map(({ kind }) => kind);
    return { afterOne, afterTwo, change, derived, afterDeriving, back, kinds };
  };
  let gone: Awaited<ReturnType<typeof openGone>>;
  beforeAll(async () => {
    gone = await openGone();
  });

  test("The first 404 leaves the article published", () => {
    expect(gone.afterOne.statuses).toEqual(ALL_THERE);
    expect(gone.afterOne.link).toMatchObject({ reason: "gone", detail: "404; too soon" });
  });

  test("The second one retracts the article and says why", () => {
    expect(gone.afterTwo).toMatchObject({
      status: "retracted",
      title: "Report /a",
      retraction: {
        cause: "gone",
        because: expect.stringMatching(/2 fetches over 1 day, while 2 other/),
      },
      revision: 2,
      revised: { kind: "retraction" },
    });
  });

  test("Readers get a change that retracts the article", () => {
    expect(gone.change).toMatchObject({
      kind: "retracted",
      articleId: gone.afterTwo?._id,
      before: { status: "published" },
      revision: { revision: 2, kind: "retraction" },
    });
  });

  test("Reading its stored captures again is no sign of life", () => {
    expect(gone.derived).toMatchObject({ left: { "the article is retracted": 1 } });
    expect(gone.afterDeriving).toMatchObject({ status: "retracted" });
  });

  test("The article is published again once its page is back", () => {
    expect(gone.back.article).toMatchObject({
      status: "published",
      retraction: null,
      revised: { revision: 3, kind: "reinstatement" },
    });
    expect(gone.back.link).toMatchObject({ state: "done", gone: null });
  });

  test("Retraction and reinstatement are revisions of the article", () => {
    expect(gone.kinds).toEqual(["first", "retraction", "reinstatement"]);
  });
});

test("Soft 404s, log-in pages, refusals and errors retract nothing, however often they come", async () => {
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
  for (const hours of [1, 25, 30]) await fetchPages(watched, hours, paths);
  const articles = await store.collections.articles.find().toArray();
  expect(articles).toHaveLength(paths.length);
  const touched = articles.filter((each) => each.status !== "published" || each.revision !== 1);
  expect(touched).toEqual([]);
});

test("404s over a whole host retract nothing", async () => {
  const watched = await openArticles("host");
  for (const path of PATHS) watched.site.pages[path] = status(404);
  for (const hours of [1, 25, 30]) await fetchPages(watched, hours);
  expect(await statuses(watched)).toEqual(ALL_THERE);
  expect(await watched.link("/a")).toMatchObject({ detail: "404; the host is not well" });
});

test("A 404 before a successful fetch doesn't count towards a retraction", async () => {
  const watched = await openArticles("once");
  watched.site.pages["/a"] = status(404);
  await fetchPages(watched, 1);
  watched.site.pages["/a"] = articlePage("Report /a");
  await fetchPages(watched, 24);
  watched.site.pages["/a"] = status(404);
  await fetchPages(watched, 24);
  expect(await statuses(watched)).toEqual(ALL_THERE);
  expect(await watched.link("/a")).toMatchObject({ gone: { count: 1 } });
});

test("An article that its feed no longer names stays published", async () => {
  const watched = await openArticles("absent");
  const { store, site, worker } = watched;
  const { sources } = store.collections;
  for (const paths of [PATHS, ["/b"], ["/b"], []]) {
    site.pages["/feed"] = feedOf(paths.map((path) => site.at(path)));
    const set = { feeds: [site.at("/feed")], nextDueAt: worker.deps.now() };
    await sources.updateOne({ _id: "cities" }, { $set: set });
    await crawl(worker.deps, [{ sourceId: "cities" }]);
    await takeTurns(worker, site.host);
    await tick(worker.deps);
    worker.advance(25 * HOUR_MS);
  }
  expect(await statuses(watched)).toEqual(ALL_THERE);
});

test("A publisher's notice of withdrawal retracts the article at once", async () => {
  const watched = await openArticles("word", ["/a"]);
  const notice =
    "Dieser Artikel wurde zurückgezogen, weil seine wichtigste Quelle erfunden war. Wir bitten die Leserinnen und Leser um Entschuldigung und prüfen unsere Abläufe.";
  watched.site.pages["/a"] = articlePage("Report /a", notice);
  await fetchPages(watched, 1, ["/a"]);
  expect(await articleAt(watched, "/a")).toMatchObject({
    status: "retracted",
    text: textOf("Report /a"),
    retraction: { cause: "publisher", because: expect.stringContaining("zurückgezogen") },
  });
  expect(await watched.link("/a")).toMatchObject({ state: "skipped", reason: "withdrawn" });
});

describe("an article that an editor retracts", () => {
  const openRetracted = async () => {
    const watched = await openArticles("editor", ["/a"]);
    const { store, site } = watched;
    const articleId = urlKey(site.at("/a"));
    const request = { articleId, actor: "cli test" as const, reason: "legal notice" };
    const withoutReason = await retractByEditor(store, { ...request, reason: " " }, new Date());
    const retracted = await retractByEditor(store, request, new Date());
    site.pages["/a"] = articlePage("Report /a, rewritten", textOf("rewritten"));
    await fetchPages(watched, 1, ["/a"]);
    const afterRewrite = await articleAt(watched, "/a");
    const reinstated = await reinstate(store, request, new Date());
    const afterReinstating = await articleAt(watched, "/a");
    const reinstatedTwice = await reinstate(store, request, new Date());
    const audit = await store.collections.audit.find({ subject: articleId }).toArray();
    return {
      withoutReason,
      retracted,
      afterRewrite,
      reinstated,
      afterReinstating,
      reinstatedTwice,
      audit,
    };
  };
  let editor: Awaited<ReturnType<typeof openRetracted>>;
  beforeAll(async () => {
    editor = await openRetracted();
  });

  test("A retraction without a reason is refused", () => {
    expect(editor.withoutReason).toEqual({ problem: "give a reason" });
  });

  test("The article stays retracted when its page changes", () => {
    expect(editor.retracted).toEqual({ done: "retracted" });
    expect(editor.afterRewrite).toMatchObject({
      status: "retracted",
      title: "Report /a, rewritten",
      retraction: { cause: "editor", because: "legal notice" },
    });
  });

  test("An editor's reinstatement publishes it again", () => {
    expect(editor.reinstated).toEqual({ done: "reinstated" });
    expect(editor.afterReinstating).toMatchObject({ status: "published", retraction: null });
  });

  test("An article that isn't retracted can't be reinstated", () => {
    expect(editor.reinstatedTwice).toEqual({ problem: "the article is not retracted" });
  });

  test("The audit log holds what was done, and says of what was not possible that it wasn't", () => {
    const lines = editor.audit.map(({ action, detail }) => [action, detail]);
    expect(lines).toEqual([
      ["article.retract", null],
      ["article.reinstate", null],
      ["article.reinstate", null],
      ["article.reinstate", "not done: the article is not retracted"],
    ]);
  });
});

test("The next copy stands for the others once the first article is retracted", async () => {
  const watched = await services.watchSite("copies", PATHS);
  const { store, site, worker } = watched;
  for (const path of PATHS) site.pages[path] = articlePage(`Wire ${path}`, textOf("wire"));
  await takeTurns(worker, site.host);
  const before = await store.collections.articles.find({ duplicateOf: null }).toArray();
  expect(before).toHaveLength(1);
  const articleId = before[0]?._id ?? "";
  const request = { articleId, actor: "cli test" as const, reason: "invented" };
  await retractByEditor(store, request, new Date());
  const rest = await store.collections.articles.find({ status: "published" }).toArray();
  const [head] = rest.filter(({ duplicateOf }) => duplicateOf === null);
  expect(rest).toHaveLength(2);
  expect(rest.filter(({ duplicateOf }) => duplicateOf === head?._id)).toHaveLength(1);
  expect(new Set(rest.map(({ storyId }) => storyId))).toEqual(new Set([head?._id]));
});
