import { gunzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { exportArticles } from "../../archive/export/rows.ts";
import { sequence } from "../../articles/stream/sequencer.ts";
import { urlKey } from "../../crawler/links/url.ts";
import { TDM_PATH } from "../../crawler/robots/robots.ts";
import { Source } from "../../model/sources/source.ts";
import { emptyCounts } from "../../store/crawl/runs.ts";
import { makePortal } from "../helpers/portal.ts";
import { remainsOf } from "../helpers/remains.ts";
import { articlePage, type Page, textOf } from "../helpers/site.ts";
import { type Services, startServices, type WatchedSite } from "../helpers/watched-site.ts";
import { takeTurns } from "../helpers/worker.ts";

let services: Services;
beforeAll(async () => {
  services = await startServices(import.meta.filename, { oneStore: true });
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

async function seen(name: string, overrides: Page, rights: object = { fullText: true }) {
  const declared = Source.parse({ id: "xy", name: "X", feeds: ["https://x.example/f"], rights });
  const watched = await services.watchSite(name, ["/a"], { source: { rights: declared.rights } });
  const run = { _id: "run", sourceId: "cities", sourceVersion: 1, first: false, open: true };
  const times = { startedAt: new Date(), finishedAt: null };
  const rest = { trigger: "manual", counts: emptyCounts(), problems: [] } as const;
  await watched.store.collections.runs.insertOne({ ...run, ...times, ...rest, problems: [] });
  const { links } = watched.store.collections;
  await links.updateMany({}, { $set: { runId: "run" } });
  watched.site.pages["/a"] = overrides;
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
])("%s", (name, overrides, reservation) => {
  const fetchReserved = async () => {
    const watched = await seen(name, overrides);
    const exported: { text: string | null }[] = [];
    for await (const one of exportArticles(watched.store)) exported.push({ text: one.text });
    return {
      article: await articleOf(watched),
      capture: await captureOf(watched),
      remains: await remainsOf(watched.store, [SECRET.slice(0, 40)]),
      api: await apiOf(watched),
      exported,
      run: (await watched.store.collections.runs.find().toArray())[0],
    };
  };
  let reserved: Awaited<ReturnType<typeof fetchReserved>>;
  beforeAll(async () => {
    reserved = await fetchReserved();
  });

  test("The article has the publisher's teaser in place of the text", () => {
    expect(reserved.article).toMatchObject({
      title: "Trams run later at night",
      teaser: TEASER,
      text: TEASER,
      html: null,
      reservations: [reservation],
    });
  });

  test("The capture names the reservation and has no body", () => {
    expect(reserved.capture).toMatchObject({
      reservations: [reservation],
      withheld: reservation,
      bodyId: null,
      consent: null,
    });
  });

  test("The text is nowhere in the database", () => {
    expect(reserved.remains).toEqual([]);
  });

  test("The API withholds the text and says why", () => {
    expect(reserved.api.article).toMatchObject({
      text: null,
      textWithheld: true,
      reservations: [reservation],
    });
    expect(reserved.api.all).not.toContain("quince");
  });

  test("An export for analysis has the teaser alone, and nothing where analysis is reserved", () => {
    expect(reserved.exported).toEqual(reservation === "tdm" ? [] : [{ text: TEASER }]);
  });

  test("The run reports the reservation as a problem", () => {
    expect(reserved.run?.problems).toEqual([
      `articles are reserved (${reservation}): only the teaser is stored`,
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

  const fetchTwice = async () => {
    const { site, host, store, texts, worker } = await open("tdmrep", rules(1));
    const requests = [...site.requests];
    const captures = await store.collections.captures.find().sort({ fetchedAt: 1 }).toArray();
    await store.collections.links.updateMany({}, { $set: { state: "due", dueAt: new Date() } });
    await takeTurns(worker, site.host);
    return { requests, requestsLater: [...site.requests], host, texts, captures };
  };
  let fetched: Awaited<ReturnType<typeof fetchTwice>>;
  beforeAll(async () => {
    fetched = await fetchTwice();
  });

  test("It is fetched before the first page", () => {
    expect(fetched.requests).toEqual(["/robots.txt", TDM_PATH, "/a", "/b"]);
  });

  test("What it reserves is kept with the host", () => {
    const tdm = { status: 200, rules: [{ location: "/", reserved: true }] };
    expect(fetched.host?.tdm).toMatchObject(tdm);
  });

  test("It reserves its pages, but not one that says for itself that it is free", () => {
    expect(fetched.texts).toEqual([false, true]);
    expect(fetched.captures.map(({ kind, withheld }) => [kind, withheld])).toEqual([
      ["robots", null],
      ["tdmrep", null],
      ["article", "tdm"],
      ["article", null],
    ]);
  });

  test("It isn't fetched again with later pages", () => {
    expect(fetched.requestsLater.filter((path) => path === TDM_PATH)).toHaveLength(1);
  });

  test("It isn't fetched where robots.txt forbids it", async () => {
    const forbidding = await services.watchSite("forbidden", ["/a"]);
    const { site, worker, store } = forbidding;
    site.pages["/robots.txt"] = "User-agent: *\nDisallow: /.well-known/";
    site.pages[TDM_PATH] = rules(1);
    await takeTurns(worker, site.host);
    expect(site.requests).toEqual(["/robots.txt", "/a"]);
    const host = await store.collections.hosts.findOne({ _id: site.host });
    expect(host?.tdm).toMatchObject({ rules: [], detail: `robots.txt forbids ${TDM_PATH}` });
  });
});

test("A page that is reserved and has no teaser is skipped", async () => {
  const bare = articlePage("Trams", textOf("trams"));
  const watched = await seen("bare", withHeaders({ "tdm-reservation": "1" }, bare));
  expect(await articleOf(watched)).toBeNull();
  expect(await watched.link("/a")).toMatchObject({
    state: "skipped",
    reason: "reserved",
    detail: "the publisher reserves text and data mining, and provides no teaser",
  });
});

test("An article with nosnippet is shown without its teaser", async () => {
  const watched = await seen("nosnippet", withHeaders({ "x-robots-tag": "nosnippet" }));
  const { article, all } = await apiOf(watched);
  expect(article).toMatchObject({ teaser: null, text: null, reservations: ["nosnippet"] });
  expect(all).not.toContain(TEASER);
  expect(all).not.toContain("quince");
});

describe("a reservation that the publisher's written consent lifts", () => {
  const fetchWithConsent = async () => {
    const consent = { to: ["tdm"], reason: "licence agreement of 12 May 2026" };
    const reserving = withHeaders({ "tdm-reservation": "1" });
    const watched = await seen("consent", reserving, { fullText: true, consent });
    const capture = await captureOf(watched);
    const body = await watched.store.collections.bodies.findOne(
      { _id: capture?.bodyId ?? "" },
      { promoteBuffers: true },
    );
    const api = await apiOf(watched);
    return { consent, article: await articleOf(watched), capture, body, api };
  };
  let agreed: Awaited<ReturnType<typeof fetchWithConsent>>;
  beforeAll(async () => {
    agreed = await fetchWithConsent();
  });

  test("The article has its text and no reservation", () => {
    expect(agreed.article).toMatchObject({
      text: expect.stringContaining("quince"),
      reservations: [],
    });
    expect(agreed.api.article).toMatchObject({ textWithheld: false });
  });

  test("The capture names the reservation and the consent", () => {
    expect(agreed.capture).toMatchObject({
      reservations: ["tdm"],
      withheld: null,
      consent: agreed.consent.reason,
    });
  });

  test("The body of the page is stored", () => {
    const html = gunzipSync(agreed.body?.bytes ?? Buffer.of()).toString();
    expect(html).toContain("quince");
  });
});

test("A reservation for another robot, or of value 0, changes nothing", async () => {
  const headers = { "x-robots-tag": "otherbot: noarchive", "tdm-reservation": "0" };
  const watched = await seen("other", withHeaders(headers));
  expect(await articleOf(watched)).toMatchObject({
    text: expect.stringContaining("quince"),
    reservations: [],
  });
  expect(await captureOf(watched)).toMatchObject({ withheld: null, reservations: [] });
});
