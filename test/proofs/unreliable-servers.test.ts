import type { IncomingHttpHeaders } from "node:http";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { shortHash } from "../../lib/text.ts";
import { DAY_MS } from "../../lib/time.ts";
import type { Host } from "../../model/crawl/host.ts";
import { getHost, mistrustedHosts } from "../../store/crawl/hosts.ts";
import { articlePage, feedOf, type Page, type TestSite } from "../helpers/site.ts";
import { isVerify } from "../helpers/size.ts";
import { type Services, startServices } from "../helpers/watched-site.ts";
import { watchSource } from "../helpers/watched-source.ts";

const PUBLISHED = new Date(Date.now() - 3_600_000);

let services: Services;
beforeAll(async () => {
  services = await startServices(import.meta.filename, { oneStore: true });
});
afterEach(() => services.closeSites());
afterAll(() => services?.close());

/** How a server answers for a document. */
type Server = (document: string, asked: IncomingHttpHeaders) => [status: number, headers: object];

const etagOf = (document: string) => ({ etag: `"${shortHash(document)}"` });
/** Servers that lie about validators; `npm run verify` plays all of them. */
const LIARS = isVerify ? 4 : 1;
/** Runs after which each of them is found out, and asked without validators. */
const RUNS = 7;
const FAILING: Server = () => [500, {}];
const SERVERS: Record<string, Server> = {
  honest(document, asked) {
    const same = asked["if-none-match"] === etagOf(document).etag;
    return [same ? 304 : 200, etagOf(document)];
  },
  "304 to whatever has an ETag": (document, asked) => [
    asked["if-none-match"] ? 304 : 200,
    etagOf(document),
  ],
  "a Last-Modified of long ago": (_, asked) => [
    asked["if-modified-since"] ? 304 : 200,
    { "last-modified": "Thu, 01 Jan 2015 00:00:00 GMT" },
  ],
  "the same ETag for all": () => [200, { etag: '"1"' }],
  "304 to the same ETag": (_, asked) => [asked["if-none-match"] ? 304 : 200, { etag: '"1"' }],
};

/** A feed's page that is served so, and the validators of its requests in order. */
function served(site: TestSite, path: string, server: Server, document: () => string) {
  const validators: string[] = [];
  const page: Page = ({ headers }, response) => {
    validators.push(headers["if-none-match"] ?? headers["if-modified-since"] ?? "none");
    const [status, more] = server(document(), headers);
    response.writeHead(status, { "content-type": "application/rss+xml", ...more });
    response.end(status === 304 ? undefined : document());
  };
  site.pages[path] = page;
  return validators;
}

/** Publishes one article a run, newest first, for so many runs; what each run asked for. */
async function publish(name: string, server: Server, runs: number) {
  const watched = await watchSource(services, name, ({ site }) => ({ feeds: [site.at("/feed")] }));
  const { site, runOnce } = watched;
  const paths: string[] = [];
  const validators = served(site, "/feed", server, () =>
    feedOf(
      paths.map((path) => site.at(path)),
      PUBLISHED,
    ),
  );
  const asked: string[][] = [];
  const publishOne = (run: number) => {
    const path = `/news/a-${run}`;
    paths.unshift(path);
    site.pages[path] = articlePage(`Report ${run}`);
  };
  for (let run = 0; run < runs; run++) {
    publishOne(run);
    asked.push(await runOnce());
  }
  return { ...watched, validators, asked, paths: [...paths], publishOne };
}

describe.each(Object.keys(SERVERS).slice(1, 1 + LIARS))("a server with %s", (name) => {
  type Evidence = NonNullable<NonNullable<Host["unreliable"]>["validators"]>;
  let host: string;
  let found: Evidence | undefined;
  let lastValidator: string | undefined;
  let mistrusted: string[];
  let requests: { made: string[]; wanted: string[] };
  let articles: number;
  let weekLater: { validator: string | undefined; found: Evidence | undefined; articles: number };
  beforeAll(async () => {
    const watched = await publish(shortHash(name), SERVERS[name] ?? FAILING, RUNS);
    const { store, site, worker, validators, asked, publishOne, runOnce } = watched;
    const evidence = async () => (await getHost(store, site.host))?.unreliable?.validators;
    ({ host } = site);
    found = await evidence();
    lastValidator = validators.at(-1);
    const hosts = await mistrustedHosts(store, worker.deps.now(), 10);
    mistrusted = hosts.map(({ _id }) => _id);
    const feeds = Array.from({ length: RUNS }, () => "/feed");
    requests = { made: asked.flat(), wanted: [...feeds, ...watched.paths] };
    articles = await store.collections.articles.countDocuments();
    if (!isVerify) return;
    worker.advance(8 * DAY_MS);
    await runOnce();
    const validator = validators.at(-1);
    publishOne(RUNS);
    for (let run = 0; run < 5; run++) await runOnce();
    const stored = await store.collections.articles.countDocuments();
    weekLater = { validator, found: await evidence(), articles: stored };
  });

  test("it is found out, with evidence, and listed", () => {
    expect(found?.evidence).toMatch(/ETag|Last-Modified/);
    expect(mistrusted).toEqual([host]);
  });

  test("its feed is then asked for without a validator", () => {
    expect(lastValidator).toBe("none");
  });

  test("it gets one request for its feed a run and one for each article, as an honest one", () => {
    expect(requests.made.toSorted()).toEqual(requests.wanted.toSorted());
  });

  test("no article is missed", () => {
    expect(articles).toBe(RUNS);
  });

  test.runIf(isVerify)("it is trusted again after a week", () => {
    expect(weekLater.validator).not.toBe("none");
  });

  test.runIf(isVerify)("it is found out once more after that, without missing an article", () => {
    expect(weekLater.found?.count).toBeGreaterThan(found?.count ?? 0);
    expect(weekLater.articles).toBe(RUNS + 1);
  });
});

test("an honest server is asked no more than once a run, with its validators but for a few audits", async () => {
  const { store, site, validators, asked, runOnce } = await publish(
    "honest",
    SERVERS["honest"] ?? FAILING,
    2,
  );
  expect(asked.map((paths) => paths.toSorted())).toEqual([
    ["/feed", "/news/a-0"],
    ["/feed", "/news/a-1"],
  ]);
  for (let run = 0; run < 8; run++) expect(await runOnce()).toEqual(["/feed"]);
  const audits = validators.slice(1).filter((sent) => sent === "none");
  expect(audits).toHaveLength(2);
  expect((await getHost(store, site.host))?.unreliable).toBeUndefined();
});

/** An Atom feed of addresses, all updated at `at`, under ids that no other look gives. */
function datedAnew(urls: string[], at: Date, round: number): string {
  const entries = urls.map(
    (url) =>
      `<entry><title>Report of ${new URL(url).pathname}</title><link href="${url}"/><id>tag:${round}:${url}</id><updated>${at.toISOString()}</updated></entry>`,
  );
  return `<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>All</title>${entries.join("")}</feed>`;
}

describe("a feed whose ids, dates and order are others each time", () => {
  const NAMES = Array.from({ length: 9 }, (_, n) => `/news/b-${n}`);
  type Dates = Map<string, Date | null>;
  /** What each of four runs asked for. */
  const requests: string[][] = [];
  let untils: (Date | null | undefined)[];
  let dates: { first: Dates; last: Dates };
  beforeAll(async () => {
    const watched = await watchSource(services, "jumping", ({ site }) => ({
      feeds: [site.at("/feed")],
    }));
    const { store, site, worker, runOnce } = watched;
    const { articles, links } = store.collections;
    const dated = (title: string) =>
      articlePage(title).replace("2026-11-24T08:00:00Z", worker.deps.now().toISOString());
    for (const name of NAMES) {
      site.pages[name] = (_, response) =>
        void response
          .writeHead(200, { "content-type": "text/html" })
          .end(dated(`Report of ${name}`));
    }
    let round = 0;
    const shuffled = () => NAMES.map((_, n) => NAMES[(n * 5 + round * 7) % NAMES.length] ?? "");
    const feed = () => {
      round++;
      const at = new Date(worker.deps.now().getTime() - 60_000);
      return datedAnew(
        shuffled().map((name) => site.at(name)),
        at,
        round,
      );
    };
    served(site, "/feed", () => [200, {}], feed);
    /** A run two hours later at which nothing but the feed's word asks for another look at an article. */
    const later = async () => {
      const $set = { nextFetchAt: null, "revisits.unchanged": 0 };
      await links.updateMany({ kind: "article" }, { $set });
      worker.advance(2 * 3_600_000);
      return (await runOnce()).toSorted();
    };
    const datesNow = async (): Promise<Dates> =>
      new Map((await articles.find().toArray()).map(({ _id, publishedAt }) => [_id, publishedAt]));
    requests.push((await runOnce()).toSorted());
    const first = await datesNow();
    requests.push(await later(), await later());
    const unreliable = (await getHost(store, site.host))?.unreliable ?? {};
    untils = [unreliable.ids?.until, unreliable.dates?.until, unreliable.order?.until];
    requests.push(await later());
    dates = { first, last: await datesNow() };
  });

  test("its articles are fetched as it says twice more, and no longer after that", () => {
    const all = ["/feed", ...NAMES].toSorted();
    expect(requests).toEqual([all, all, all, ["/feed"]]);
  });

  test("its ids, dates and order are no longer trusted", () => {
    expect(untils).not.toContain(null);
  });

  test("each article is stored once, with the date that it had at first", () => {
    expect(dates.first.size).toBe(NAMES.length);
    expect(dates.last).toEqual(dates.first);
  });
});

test("a list in no order is read to its last page once that is known", async () => {
  const watched = await watchSource(services, "shuffled", ({ site }) => ({
    feeds: [],
    listings: [{ url: site.at("/list"), link: "h2 a", next: "a.next", pages: 3 }],
  }));
  const { store, site, runOnce } = watched;
  const known = Array.from({ length: 10 }, (_, n) => `/report/c${n}`);
  for (const path of [...known, "/report/late"])
    site.pages[path] = articlePage(`Report of ${path}`);
  const list = (paths: string[], next = "") =>
    paths.map((path) => `<h2><a href="${path}">Report of ${path} in full</a></h2>`).join("") + next;
  const next = '<a class="next" href="/list?page=2">older</a>';
  site.pages["/list?page=2"] = "<p>Nothing older</p>";
  for (const order of [known, known.toReversed(), known]) {
    site.pages["/list"] = list(order, next);
    await runOnce();
  }
  expect((await getHost(store, site.host))?.unreliable?.order).toMatchObject({ count: 2 });
  site.pages["/list?page=2"] = list(["/report/late"]);
  expect((await runOnce()).toSorted()).toEqual(["/list", "/list?page=2", "/report/late"]);
});
