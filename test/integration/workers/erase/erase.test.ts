import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { exportArticles } from "../../../../bin/pass/export-articles.ts";
import { urlKey } from "../../../../discover/canonical-url.ts";
import { readAudit } from "../../../../store/audit.ts";
import { readChanges } from "../../../../store/changes.ts";
import { countUp, getDay } from "../../../../store/days.ts";
import type { Store } from "../../../../store/store.ts";
import { crawl } from "../../../../workers/crawl.ts";
import { type EraseOptions, erase } from "../../../../workers/erase/erase.ts";
import type { Subject } from "../../../../workers/erase/subject.ts";
import { maintain } from "../../../../workers/maintain.ts";
import { tick } from "../../../../workers/schedule.ts";
import { sequence } from "../../../../workers/sequencer.ts";
import { makeSource } from "../../../helpers/articles.ts";
import { endProcess, withFaults } from "../../../helpers/faults.ts";
import { makePortal } from "../../../helpers/portal.ts";
import { remainsOf } from "../../../helpers/remains.ts";
import { articlePage, textOf } from "../../../helpers/site.ts";
import { type Services, startServices, type WatchedSite } from "../../../helpers/watched-site.ts";
import { takeTurns } from "../../../helpers/worker.ts";

let services: Services;
beforeAll(async () => {
  services = await startServices(import.meta.filename);
});
afterEach(() => services.closeSites());
afterAll(() => services?.close());

const NAME = "Zelda Quarrington";
const TITLE = "Council names a new head of its open data office";
const SECRET = "The quince budget of the observatory was doubled without a vote in the council.";

const OPTIONS: EraseOptions = {
  reason: "asked for in writing",
  by: "cli test",
  dryRun: false,
  now: () => new Date(),
  progress: () => {},
};

/** A feed of three articles: one to be erased, its later copy, and one about something else. */
async function openNews(name: string): Promise<WatchedSite & { pass: () => Promise<void> }> {
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
  const pass = async () => {
    const set = { nextDueAt: worker.deps.now() };
    await store.collections.sources.updateOne({ _id: "s1" }, { $set: set });
    await crawl(worker.deps, { sourceId: "s1", trigger: "schedule" });
    await takeTurns(worker, site.host);
    await tick(worker.deps);
    await settle(watched);
    worker.advance(120_000);
  };
  await pass();
  return { ...watched, pass };
}

async function settle({ store }: WatchedSite): Promise<void> {
  while ((await sequence(store, new Date(Date.now() + 3_600_000))) > 0);
  while ((await countUp(store)) > 0);
}

const articlesOf = async ({ store }: WatchedSite) =>
  new Map((await store.collections.articles.find().toArray()).map((one) => [one._id, one]));

describe("an erased article", () => {
  test("is nowhere in the database, gone for readers, and never comes back; its copy takes over", async () => {
    const news = await openNews("article");
    const { store, site, pass } = news;
    const id = urlKey(site.at("/news/council-names-head"));
    const copy = urlKey(site.at("/news/copy"));
    expect((await articlesOf(news)).get(copy)).toMatchObject({ duplicateOf: id });
    expect((await remainsOf(store, [TITLE])).length).toBeGreaterThan(5);

    const dry = await erase(store, { kind: "article", id }, { ...OPTIONS, dryRun: true });
    expect((await articlesOf(news)).get(id)).toMatchObject({ title: TITLE, status: "published" });
    const done = await erase(store, { kind: "article", id }, OPTIONS);
    expect({ ...done, sources: [] }).toEqual({ ...dry, sources: [] });
    expect(done.articles).toMatchObject([{ _id: id }]);
    // The feed, and the page that quotes it; the copy says the same itself and stays.
    expect(done.bodies).toEqual({ withheld: 2, copies: [copy], unread: [] });
    await settle(news);

    expect(await remainsOf(store, [TITLE, "council-names-head"])).toEqual([]);
    const where = (await remainsOf(store, [SECRET.slice(0, 40)])).map((one) => one.split(" ")[0]);
    expect(new Set(where)).toEqual(new Set(["articles", "revisions", "bodies", "changes"]));
    expect((await articlesOf(news)).get(copy)).toMatchObject({
      duplicateOf: null,
      text: expect.stringContaining("quince"),
    });
    expect((await articlesOf(news)).size).toBe(3);
    const alone = { bond: null, origin: copy, story: copy };
    expect(await store.collections.fingerprints.findOne({ _id: copy })).toMatchObject({
      standing: alone,
    });

    const changes = await readChanges(store, 0, 100);
    expect(changes.filter(({ articleId }) => articleId === id)).toMatchObject([
      { kind: "created", item: { erased: true, title: "" } },
      { kind: "retracted", item: { erased: true, status: "retracted" } },
    ]);
    expect(await getDay(store, "all")).toMatchObject({ articles: 2 });
    expect(await readAudit(store, { before: new Date(4e12), limit: 9 })).toMatchObject([
      { action: "erase", by: "cli test", reason: "asked for in writing" },
      { action: "erase.begin" },
    ]);

    const exported = [];
    for await (const one of exportArticles(store)) exported.push(one.id);
    expect(exported.toSorted()).toEqual([copy, urlKey(site.at("/news/trams"))].toSorted());
    const app = await makePortal(store);
    for (const url of [`/v1/articles/${id}`, `/article/${id}`]) {
      expect([url, (await app.inject(url)).statusCode]).toEqual([url, 410]);
    }
    await app.close();

    const before = site.asked.filter((path) => path === "/news/council-names-head").length;
    await pass();
    expect(site.asked.filter((path) => path === "/news/council-names-head")).toHaveLength(before);
    // The feed still names it, so what it says is not kept.
    expect(await remainsOf(store, [TITLE, "council-names-head"])).toEqual([]);
  });

  test("shares a body with another page, which stays", async () => {
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
  test("is named nowhere in the database", async () => {
    const news = await openNews("person");
    const { store, site } = news;
    await store.collections.runs.updateMany({}, { $set: { problems: [`odd page on ${NAME}`] } });
    const subject: Subject = { kind: "person", names: [NAME] };
    const done = await erase(store, subject, OPTIONS);
    await settle(news);
    expect(done.articles).toHaveLength(2);
    expect(done.elsewhere).toMatchObject({ runs: 1 });
    expect(await remainsOf(store, [NAME, "quarrington"])).toEqual([]);
    const left = (await articlesOf(news)).get(urlKey(site.at("/news/trams")));
    expect(left).toMatchObject({ status: "published", title: "Trams run later at night" });
    expect((await erase(store, subject, OPTIONS)).articles).toEqual([]);
  });

  test("is erased in the end, wherever the first try stopped", async () => {
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
    await settle(news);
    expect(await remainsOf(store, [NAME, "quarrington"])).toEqual([]);
    const retractions = (await readChanges(store, 0, 100)).filter(
      ({ kind }) => kind === "retracted",
    );
    expect(retractions).toHaveLength(2);
  });
});

test("what a turn stored while its page was erased is removed by the next housekeeping", async () => {
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
