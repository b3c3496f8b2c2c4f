import { gunzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { exportArticles } from "../../../../bin/pass/export-articles.ts";
import { urlKey } from "../../../../discover/canonical-url.ts";
import { TDM_PATH } from "../../../../fetch/tdmrep.ts";
import { Source } from "../../../../model/source.ts";
import { emptyCounts } from "../../../../store/runs.ts";
import { sequence } from "../../../../workers/sequencer.ts";
import { makePortal } from "../../../helpers/portal.ts";
import { remainsOf } from "../../../helpers/remains.ts";
import { articlePage, type Page, textOf } from "../../../helpers/site.ts";
import { type Services, startServices, type WatchedSite } from "../../../helpers/watched-site.ts";
import { takeTurns } from "../../../helpers/worker.ts";

let services: Services;
beforeAll(async () => {
  services = await startServices(import.meta.filename);
});
afterEach(() => services.closeSites());
afterAll(() => services?.close());

const TEASER =
  "The council opens a city data portal with a digital service for permits and street traffic.";
const SECRET = "The quince budget of the observatory was doubled without a vote in the council.";
const page = (head = "") =>
  articlePage(
    "Trams run later at night",
    `${SECRET}\n\n${textOf("trams")}`,
    `<meta name="description" content="${TEASER}">${head}`,
  );

const withHeaders =
  (headers: Record<string, string>, html = page()): Page =>
  (_, response) =>
    void response.writeHead(200, { "content-type": "text/html", ...headers }).end(html);

async function seen(name: string, given: Page, rights: object = { fullText: true }) {
  const declared = Source.parse({ id: "xy", name: "X", feeds: ["https://x.example/f"], rights });
  const watched = await services.watchSite(name, ["/a"], { source: { rights: declared.rights } });
  const run = { _id: "run", sourceId: "cities", sourceVersion: 1, first: false, open: true };
  const times = { startedAt: new Date(), finishedAt: null };
  const rest = { trigger: "manual", counts: emptyCounts(), problems: [] } as const;
  await watched.store.collections.runs.insertOne({ ...run, ...times, ...rest, problems: [] });
  const { links } = watched.store.collections;
  await links.updateMany({}, { $set: { runId: "run" } });
  watched.site.pages["/a"] = given;
  await takeTurns(watched.worker, watched.site.host);
  await sequence(watched.store, new Date(Date.now() + 60_000));
  const id = urlKey(watched.site.at("/a"));
  return { ...watched, id };
}

const articleOf = ({ store }: WatchedSite) => store.collections.articles.findOne({});
const captureOf = ({ store, id }: WatchedSite & { id: string }) =>
  store.collections.captures.findOne({ linkId: id });

async function apiOf({ store, id }: WatchedSite & { id: string }) {
  const app = await makePortal(store);
  const [one, list, portal] = await Promise.all(
    [`/v1/articles/${id}`, "/v1/changes", `/article/${id}`].map((url) => app.inject(url)),
  );
  await app.close();
  return { article: one?.json(), all: `${one?.body}${list?.body}${portal?.body}` };
}

describe.each([
  ["a TDM reservation in the header", withHeaders({ "tdm-reservation": "1" }), "tdm"],
  ["a TDM reservation in the markup", page('<meta name="tdm-reservation" content="1">'), "tdm"],
  ["noarchive for all robots", withHeaders({ "x-robots-tag": "noarchive" }), "noarchive"],
  ["noarchive for us", withHeaders({ "x-robots-tag": "newsgather: noarchive" }), "noarchive"],
  ["noarchive in the markup", page('<meta name="robots" content="noarchive">'), "noarchive"],
])("%s", (name, given, reservation) => {
  test("leaves the publisher's teaser alone, and no byte of the text anywhere", async () => {
    const watched = await seen(name, given);
    expect(await articleOf(watched)).toMatchObject({
      title: "Trams run later at night",
      teaser: TEASER,
      text: TEASER,
      html: null,
      reservations: [reservation],
    });
    expect(await captureOf(watched)).toMatchObject({
      reservations: [reservation],
      withheld: reservation,
      bodyId: null,
      consent: null,
    });
    expect(await remainsOf(watched.store, [SECRET.slice(0, 40)])).toEqual([]);
    const { article, all } = await apiOf(watched);
    expect(article).toMatchObject({
      text: null,
      textWithheld: true,
      reservations: [reservation],
    });
    expect(all).not.toContain("quince");
    for await (const exported of exportArticles(watched.store)) {
      expect(exported).toMatchObject({ text: TEASER });
    }
    const [run] = await watched.store.collections.runs.find().toArray();
    expect(run?.problems).toEqual([
      `articles are reserved (${reservation}): the teaser alone is kept`,
    ]);
  });
});

describe("tdmrep.json", () => {
  const rules = (reserved: 0 | 1, location = "/") =>
    JSON.stringify([{ location, "tdm-reservation": reserved }]);
  const open = async (name: string, file: Page) => {
    const watched = await services.watchSite(name, ["/a", "/b"]);
    watched.site.pages["/a"] = page();
    watched.site.pages["/b"] = page('<meta name="tdm-reservation" content="0">');
    watched.site.pages[TDM_PATH] = file;
    await takeTurns(watched.worker, watched.site.host);
    const host = await watched.store.collections.hosts.findOne({ _id: watched.site.host });
    const texts = await watched.store.collections.articles.find().sort({ url: 1 }).toArray();
    return { ...watched, host, texts: texts.map(({ text }) => text?.includes("quince")) };
  };

  test("reserves what it names, asked for before the first page and kept per host", async () => {
    const { site, host, store, texts, worker } = await open("tdmrep", rules(1));
    expect(site.asked).toEqual(["/robots.txt", TDM_PATH, "/a", "/b"]);
    expect(host?.tdm).toMatchObject({ status: 200, rules: [{ location: "/", reserved: true }] });
    // The second page says for itself that it is free, which goes before the file.
    expect(texts).toEqual([false, true]);
    const captures = await store.collections.captures.find().sort({ fetchedAt: 1 }).toArray();
    expect(captures.map(({ kind, withheld }) => [kind, withheld])).toEqual([
      ["robots", null],
      ["tdmrep", null],
      ["article", "tdm"],
      ["article", null],
    ]);
    await store.collections.links.updateMany({}, { $set: { state: "due", dueAt: new Date() } });
    await takeTurns(worker, site.host);
    expect(site.asked.filter((path) => path === TDM_PATH)).toHaveLength(1);
  });

  test("is not asked for where robots.txt forbids it", async () => {
    const forbidding = await services.watchSite("forbidden", ["/a"]);
    const { site, worker, store } = forbidding;
    site.pages["/robots.txt"] = "User-agent: *\nDisallow: /.well-known/";
    site.pages[TDM_PATH] = rules(1);
    await takeTurns(worker, site.host);
    expect(site.asked).toEqual(["/robots.txt", "/a"]);
    const host = await store.collections.hosts.findOne({ _id: site.host });
    expect(host?.tdm).toMatchObject({ rules: [], detail: `robots.txt forbids ${TDM_PATH}` });
  });
});

test("a TDM reservation without a teaser leaves nothing to keep, and the link says so", async () => {
  const bare = articlePage("Trams", textOf("trams"));
  const watched = await seen("bare", withHeaders({ "tdm-reservation": "1" }, bare));
  expect(await articleOf(watched)).toBeNull();
  expect(await watched.link("/a")).toMatchObject({
    state: "skipped",
    reason: "reserved",
    detail: "tdm, and the publisher gives no teaser",
  });
});

test("nosnippet shows the title and no teaser", async () => {
  const watched = await seen("nosnippet", withHeaders({ "x-robots-tag": "nosnippet" }));
  const { article, all } = await apiOf(watched);
  expect(article).toMatchObject({ teaser: null, text: null, reservations: ["nosnippet"] });
  expect(all).not.toContain(TEASER);
  expect(all).not.toContain("quince");
});

test("written consent of the publisher lifts what it names, and its words are on the capture", async () => {
  const consent = { to: ["tdm"], reason: "licence agreement of 12 May 2026" };
  const watched = await seen("consent", withHeaders({ "tdm-reservation": "1" }), {
    fullText: true,
    consent,
  });
  expect(await articleOf(watched)).toMatchObject({
    text: expect.stringContaining("quince"),
    reservations: [],
  });
  const capture = await captureOf(watched);
  expect(capture).toMatchObject({
    reservations: ["tdm"],
    withheld: null,
    consent: consent.reason,
  });
  const body = await watched.store.collections.bodies.findOne(
    { _id: capture?.bodyId ?? "" },
    { promoteBuffers: true },
  );
  expect(gunzipSync(body?.bytes ?? Buffer.of()).toString()).toContain("quince");
  const { article } = await apiOf(watched);
  expect(article).toMatchObject({ textWithheld: false });
});

test("what is said to another robot, or isn't reserved, changes nothing", async () => {
  const headers = { "x-robots-tag": "otherbot: noarchive", "tdm-reservation": "0" };
  const watched = await seen("other", withHeaders(headers));
  expect(await articleOf(watched)).toMatchObject({
    text: expect.stringContaining("quince"),
    reservations: [],
  });
  expect(await captureOf(watched)).toMatchObject({ withheld: null, reservations: [] });
});
