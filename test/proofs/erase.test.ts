import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { exportArticles } from "../../archive/export/rows.ts";
import { type EraseOptions, erase } from "../../articles/erasure/erase.ts";
import type { Subject } from "../../articles/erasure/subject.ts";
import { sequence } from "../../articles/stream/sequencer.ts";
import { urlKey } from "../../crawler/links/url.ts";
import { readAudit } from "../../store/operations/audit.ts";
import { readChanges } from "../../store/publish/changes.ts";
import { countUp, getDay } from "../../store/publish/counters.ts";
import type { Store } from "../../store/store.ts";
import { crawl } from "../../workers/crawl/open-runs.ts";
import { maintain } from "../../workers/maintain/maintain.ts";
import { tick } from "../../workers/schedule/tick.ts";
import { makeSource } from "../helpers/articles.ts";
import { endProcess, withFaults } from "../helpers/faults.ts";
import { makePortal } from "../helpers/portal.ts";
import { remainsOf } from "../helpers/remains.ts";
import { articlePage, textOf } from "../helpers/site.ts";
import { type Services, startServices, type WatchedSite } from "../helpers/watched-site.ts";
import { takeTurns } from "../helpers/worker.ts";

let services: Services;
beforeAll(async () => {
  services = await startServices(import.meta.filename, { oneStore: true });
});
afterEach(() => services.closeSites());
afterAll(() => services?.close());

const NAME = "Zelda Quarrington";
const TITLE = "Council names a new head of its open data office";
const SECRET = "The quince budget of the observatory was doubled without a vote in the council.";

const OPTIONS: EraseOptions = {
  reason: "asked for in writing",
  actor: "cli test",
  dryRun: false,
  now: () => new Date(),
  progress: () => {},
};

/** A feed of three articles: one to be erased, its later copy, and one about something else. */
async function openNews(name: string): Promise<WatchedSite & { fetchNews: () => Promise<void> }> {
  const watched = await services.watchSite(name, []);
  const { store, site, worker } = watched;
  const text = `${SECRET}\n\nThe office goes to ${NAME}, who said little.\n\n${textOf("wire")}`;
  const page = (title: string, body: string, hour: number, more = "") =>
    articlePage(title, body).replace("T08:00", `T0${hour}:00`).replace("</main>", `${more}</main>`);
  site.pages["/news/council-names-head"] = page(TITLE, text, 6);
  site.pages["/news/copy"] = page("Open data: the new head", text, 9);
  // It quotes the first one in a box of its own.
  const box = `<aside class="related"><a href="/news/council-names-head">${TITLE}</a></aside>`;
  site.pages["/news/trams"] = page("Trams run later at night", textOf("trams"), 8, box);
  const items = ["/news/council-names-head", "/news/copy", "/news/trams"].map(
    (path, index) => `<item><title>${index === 0 ? TITLE : `News of ${path}`}</title>
      <link>${site.at(path)}</link><description>${index === 0 ? SECRET : "More."}</description>
      <pubDate>${new Date(Date.now() - 3_600_000 * (index + 1)).toUTCString()}</pubDate></item>`,
  );
  site.pages["/feed"] = `<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>
    <link>${site.at("/")}</link><description>x</description>${items.join("")}</channel></rss>`;
  const pace = { delay: 20, concurrency: 1 };
  const feeds = [site.at("/feed")];
  await store.collections.sources.insertOne(makeSource("s1", { feeds, pace, render: "http" }));
  const fetchNews = async () => {
    const set = { nextDueAt: worker.deps.now() };
    await store.collections.sources.updateOne({ _id: "s1" }, { $set: set });
    await crawl(worker.deps, [{ sourceId: "s1" }]);
    await takeTurns(worker, site.host);
    await tick(worker.deps);
    await sequenceAll(watched);
    worker.advance(120_000);
  };
  await fetchNews();
  return { ...watched, fetchNews };
}

async function sequenceAll({ store }: WatchedSite): Promise<void> {
  while ((await sequence(store, new Date(Date.now() + 3_600_000))) > 0);
  while ((await countUp(store)) > 0);
}

const articlesOf = async ({ store }: WatchedSite) =>
  new Map((await store.collections.articles.find().toArray()).map((one) => [one._id, one]));

describe("an erased article", () => {
  const eraseFirst = async () => {
    const news = await openNews("article");
    const { store, site, fetchNews } = news;
    const id = urlKey(site.at("/news/council-names-head"));
    const copy = urlKey(site.at("/news/copy"));
    const trams = urlKey(site.at("/news/trams"));
    const before = { articles: await articlesOf(news), remains: await remainsOf(store, [TITLE]) };

    const dry = await erase(store, { kind: "article", id }, { ...OPTIONS, dryRun: true });
    const afterDry = await articlesOf(news);
    const done = await erase(store, { kind: "article", id }, OPTIONS);
    await sequenceAll(news);

    const remains = await remainsOf(store, [TITLE, "council-names-head"]);
    const remainsOfCopy = await remainsOf(store, [SECRET.slice(0, 40)]);
    const articles = await articlesOf(news);
    const fingerprint = await store.collections.fingerprints.findOne({ _id: copy });
    const changes = await readChanges(store, 0, 100);
    const day = await getDay(store, "all");
    const audit = await readAudit(store, { before: new Date(4e12), limit: 9 });
    const exported: string[] = [];
    for await (const one of exportArticles(store)) exported.push(one.id);
    const app = await makePortal(store);
    const statuses = [
      (await app.inject(`/v1/articles/${id}`)).statusCode,
      (await app.inject(`/article/${id}`)).statusCode,
    ];
    await app.close();

    const fetches = () =>
      site.requests.filter((path) => path === "/news/council-names-head").length;
    const fetchesBefore = fetches();
    await fetchNews();
    const nextRun = {
      fetches: fetches() - fetchesBefore,
      remains: await remainsOf(store, [TITLE, "council-names-head"]),
    };
    return {
      id,
      copy,
      trams,
      before,
      dry,
      afterDry,
      done,
      remains,
      remainsOfCopy,
      articles,
      fingerprint,
      changes,
      day,
      audit,
      exported,
      statuses,
      nextRun,
    };
  };
  let erased: Awaited<ReturnType<typeof eraseFirst>>;
  beforeAll(async () => {
    erased = await eraseFirst();
  });

  test("A dry run reports what would go and changes nothing", () => {
    const { id, dry, done, afterDry } = erased;
    expect(afterDry.get(id)).toMatchObject({ title: TITLE, status: "published" });
    expect({ ...done, sources: [] }).toEqual({ ...dry, sources: [] });
    expect(done.articles).toMatchObject([{ _id: id }]);
  });

  test("Bodies of other pages that quote it are withheld, but not its copy's", () => {
    // The feed, and the page that quotes it; the copy says the same itself and stays.
    const bodies = { withheld: 2, copies: [erased.copy], unread: [] };
    expect(erased.done.bodies).toEqual(bodies);
  });

  test("Its title and URL are nowhere in the database", () => {
    expect(erased.before.remains.length).toBeGreaterThan(5);
    expect(erased.remains).toEqual([]);
  });

  test("A copy of it keeps the text", () => {
    const where = erased.remainsOfCopy.map((one) => one.split(" ")[0]);
    expect(new Set(where)).toEqual(new Set(["articles", "revisions", "bodies", "changes"]));
    expect(erased.articles.size).toBe(3);
  });

  test("Its copy stands for itself", () => {
    const { id, copy, before, articles, fingerprint } = erased;
    expect(before.articles.get(copy)).toMatchObject({ duplicateOf: id });
    expect(articles.get(copy)).toMatchObject({
      duplicateOf: null,
      text: expect.stringContaining("quince"),
    });
    const alone = { match: null, origin: copy, story: copy };
    expect(fingerprint).toMatchObject({ cluster: alone });
  });

  test("The change stream holds its creation without its title, and its retraction", () => {
    const { id, changes } = erased;
    expect(changes.filter(({ articleId }) => articleId === id)).toMatchObject([
      { kind: "created", item: { erased: true, title: "" } },
      { kind: "retracted", item: { erased: true, status: "retracted" } },
    ]);
  });

  test("The day's count is without it", () => {
    expect(erased.day).toMatchObject({ articles: 2 });
  });

  test("The audit log holds its begin, its end and the reason", () => {
    expect(erased.audit).toMatchObject([
      { action: "erase", actor: "cli test", reason: "asked for in writing" },
      { action: "erase.begin" },
    ]);
  });

  test("It is in no export", () => {
    const { copy, trams, exported } = erased;
    expect(exported.toSorted()).toEqual([copy, trams].toSorted());
  });

  test("API and portal answer 410 for it", () => {
    expect(erased.statuses).toEqual([410, 410]);
  });

  test("The next run doesn't fetch it, and stores nothing of what the feed says of it", () => {
    expect(erased.nextRun).toEqual({ fetches: 0, remains: [] });
  });

  test("A body stays as long as another page has it too", async () => {
    const { store, site, worker } = await services.watchSite("shared", ["/one", "/two"]);
    site.pages["/one"] = "<html><title>Nothing</title><p>Nothing here at all.";
    site.pages["/two"] = site.pages["/one"];
    await takeTurns(worker, site.host);
    const { bodies, captures } = store.collections;
    const count = await bodies.countDocuments();
    await erase(store, { kind: "url", url: site.at("/one") }, OPTIONS);
    expect(await bodies.countDocuments()).toBe(count);
    const [two] = await captures.find({ linkId: urlKey(site.at("/two")) }).toArray();
    expect(await bodies.findOne({ _id: two?.bodyId ?? "" })).not.toBeNull();
    await erase(store, { kind: "url", url: site.at("/two") }, OPTIONS);
    expect(await bodies.countDocuments()).toBe(count - 1);
  });
});

describe("an erased person", () => {
  test("Their name is nowhere in the database, and articles about others stay", async () => {
    const news = await openNews("person");
    const { store, site } = news;
    await store.collections.runs.updateMany({}, { $set: { problems: [`odd page on ${NAME}`] } });
    const subject: Subject = { kind: "person", names: [NAME] };
    const done = await erase(store, subject, OPTIONS);
    await sequenceAll(news);
    expect(done.articles).toHaveLength(2);
    expect(done.elsewhere).toMatchObject({ runs: 1 });
    expect(await remainsOf(store, [NAME, "quarrington"])).toEqual([]);
    const left = (await articlesOf(news)).get(urlKey(site.at("/news/trams")));
    expect(left).toMatchObject({ status: "published", title: "Trams run later at night" });
    expect((await erase(store, subject, OPTIONS)).articles).toEqual([]);
  });

  test("A second try erases them wherever the first one stopped", async () => {
    const news = await openNews("stopped");
    const { store } = news;
    const subject: Subject = { kind: "person", names: [NAME] };
    const steps: (keyof Store["collections"])[] = ["links", "captures", "boilerplate", "changes"];
    for (const name of steps) {
      const collection = store.collections[name] as object;
      const broken = withFaults(
        collection as { bulkWrite: unknown; updateOne: unknown },
        {
          bulkWrite: () => endProcess,
          updateOne: () => endProcess,
          updateMany: () => endProcess,
        } as object,
      );
      const view = { ...store, collections: { ...store.collections, [name]: broken } };
      await expect(erase(view, subject, OPTIONS)).rejects.toThrow("ended here");
    }
    await erase(store, subject, OPTIONS);
    await sequenceAll(news);
    expect(await remainsOf(store, [NAME, "quarrington"])).toEqual([]);
    const retractions = (await readChanges(store, 0, 100)).filter(
      ({ kind }) => kind === "retracted",
    );
    expect(retractions).toHaveLength(2);
  });
});

test("Housekeeping removes what a turn stored while its page was erased", async () => {
  const news = await openNews("in-flight");
  const { store, site, worker } = news;
  const id = urlKey(site.at("/news/council-names-head"));
  const { captures, articles, revisions } = store.collections;
  const [capture] = await captures.find({ linkId: id }).toArray();
  const article = (await articlesOf(news)).get(id);
  const [revision] = await revisions.find({ articleId: id }).toArray();
  await erase(store, { kind: "article", id }, OPTIONS);
  if (!capture || !article || !revision) throw new Error("it was stored before");
  await captures.insertOne(capture);
  await revisions.insertOne(revision);
  await articles.replaceOne({ _id: id }, { ...article, version: 9 });
  await maintain(worker.deps);
  expect(await remainsOf(store, [TITLE])).toEqual([]);
});
