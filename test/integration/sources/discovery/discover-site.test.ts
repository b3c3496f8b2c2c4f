import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { sourceView } from "../../../../articles/reading/parse-tasks.ts";
import type { Parser } from "../../../../articles/reading/parser.ts";
import { createGuard, parseHosts } from "../../../../crawler/egress/guard.ts";
import { createHttp, type Http, type ProxyOf } from "../../../../crawler/http/http.ts";
import { entryPoints } from "../../../../crawler/links/entry-points.ts";
import { urlKey } from "../../../../crawler/links/url.ts";
import { createVisitor, ownPermits, type Visitor } from "../../../../crawler/visit.ts";
import { startWorld, type World } from "../../../../demo/world.ts";
import { Source } from "../../../../model/sources/source.ts";
import type { DiscoveryDeps } from "../../../../sources/discovery/candidates.ts";
import { discoverSite } from "../../../../sources/discovery/discover-site.ts";
import { recordOf } from "../../../../store/sources/sources.ts";
import { type LayoutSites, serveLayouts } from "../../../helpers/layouts/sites.ts";
import { listen } from "../../../helpers/loopback.ts";
import { measured } from "../../../helpers/measured.ts";
import { sharedParser } from "../../../helpers/parser.ts";
import { feedOf } from "../../../helpers/site.ts";
import { isVerify } from "../../../helpers/size.ts";
import { byReference, startUpstream } from "../../../helpers/upstream.ts";

let layouts: LayoutSites;
let world: World;
let http: Http;
let parser: Parser;
beforeAll(async () => {
  layouts = await serveLayouts("127.1.8.1");
  world = await startWorld({ port: 0 });
  const hosts = parseHosts([layouts.hosts, world.hosts].join("\n"));
  const guard = createGuard({ hosts, allowNetworks: ["127.1.0.0/16"] });
  http = createHttp({ guard, userAgent: "Newsgather/test" });
  parser = sharedParser();
});
afterAll(() => Promise.all([layouts.close(), world.close(), http.close(), parser.close()]));

const visitorOf = (way: Pick<Http, "get"> = http, proxyOf?: ProxyOf): Visitor =>
  createVisitor({
    http: way,
    ...(proxyOf && { proxyOf }),
    acquirePermit: ownPermits(),
    product: "Newsgather",
    now: () => new Date(),
    delay: 0,
  });

/** Discovers a site as a stranger, with nothing that is known. */
const discover = (home: string, overrides: Partial<DiscoveryDeps> = {}) =>
  discoverSite(
    {
      visitor: visitorOf(),
      parser,
      product: "Newsgather",
      now: () => new Date(),
      known: () => Promise.resolve(new Set()),
      taken: new Set(),
      progress: () => {},
      ...overrides,
    },
    home,
  );

/** Keys of all articles that a source's runs would find. */
async function articlesOf(source: Source): Promise<Set<string>> {
  const visitor = visitorOf();
  const found = new Set<string>();
  const seen = new Set<string>();
  const waiting = entryPoints(source);
  for (let entry = waiting.shift(); entry && seen.size < 60; entry = waiting.shift()) {
    const { url, kind, page } = entry;
    if (kind === "article" || seen.has(urlKey(url))) continue;
    seen.add(urlKey(url));
    const visit = await visitor.visit(url, kind);
    if (!("received" in visit)) continue;
    const { decoded: body, headers, url: at } = visit.received;
    const contentType = headers["content-type"] ?? null;
    const task = { kind, page, body, contentType, url: at };
    const view = sourceView(recordOf(source));
    const { discovery } = await parser.discover({ ...task, source: view, now: new Date() });
    for (const link of discovery.links) {
      if (link.kind === "article") found.add(urlKey(link.url));
      else waiting.push(link);
    }
  }
  return found;
}

test("Nine in ten sites get a source that finds their articles from the home page alone", async () => {
  const worldSites = world.sources.map(({ id, yaml }) => {
    const { home } = parse(yaml) as { home: string };
    const own = world.truth.articles.filter((article) => article.sourceId === id);
    return {
      name: id,
      way: "world",
      home,
      articles: own.map(({ url, variants }) => [url, ...variants]),
    };
  });
  const layoutSites = layouts.sites.map((site) => ({
    ...site,
    articles: site.articles.map((url) => [url]),
  }));
  const told: { name: string; way: string; share: number; requests: number; what: string }[] = [];
  for (const site of [...layoutSites, ...worldSites].filter((_, n) => isVerify || n % 3 === 0)) {
    const { source, requests, candidates } = await discover(site.home);
    const what = candidates
      .filter(({ proposed }) => proposed)
      .map(({ kind, url }) => `${kind} ${new URL(url).pathname}`);
    const found = source ? await articlesOf(Source.parse(source)) : new Set();
    const right = site.articles.filter((urls) => urls.some((url) => found.has(urlKey(url)))).length;
    told.push({
      name: site.name,
      way: site.way,
      share: right / site.articles.length,
      requests,
      what: what.join(", "),
    });
  }
  const good = told.filter(({ share }) => share >= 0.95);
  measured(
    `site discovery: ${good.length} of ${told.length} sites have a source that finds 95 % of the articles; ${Math.max(...told.map(({ requests }) => requests))} requests at most`,
  );
  const short = told.filter((one) => one.share < 0.95);
  measured(`too little found: ${JSON.stringify(short)}`);
  expect(good.length / told.length).toBeGreaterThanOrEqual(0.9);
});

describe("a site that is named without its scheme", () => {
  const nameOf = (home = "") => home.replace(/^https?:\/\//, "").replace(/\/$/, "");

  test("is asked by http where https is refused", async () => {
    const [site] = layouts.sites;
    const steps: string[] = [];
    const found = await discover(nameOf(site?.home), { progress: (step) => steps.push(step) });
    expect(found.home).toBe(site?.home);
    expect(steps.slice(0, 2)).toEqual([`https://${nameOf(site?.home)}/`, site?.home]);
  });

  test("says that nothing answers by either", async () => {
    const answer = discover("127.1.8.77:9");
    await expect(answer).rejects.toMatchObject({
      reason: "connect",
      message: expect.stringMatching(/127\.1\.8\.77 refuses connections to port 9/),
    });
  });

  test("says that a name doesn't exist", async () => {
    await expect(discover("no-such-name.invalid")).rejects.toMatchObject({
      reason: "dns",
      message: expect.stringMatching(/no-such-name.invalid doesn't exist|DNS gives no answer/),
    });
  });
});

test("a site discovery tells who watches the site already, by its feed or its host", async () => {
  const site = layouts.sites.find(({ way }) => way === "link tag");
  const first = await discover(site?.home ?? "");
  const proposed = Source.parse(first.source);
  const other = { ...proposed, id: "other", feeds: [new URL("/other.rss", site?.home).href] };
  const told = async (watched: Source) =>
    (await discover(site?.home ?? "", { watched: [watched] })).problems;
  expect(await told(proposed)).toContainEqual(
    expect.stringContaining(`${proposed.id} already has this feed: ${proposed.feeds[0]}`),
  );
  expect(await told({ ...other, sitemaps: [], listings: [] })).toContainEqual(
    expect.stringContaining("other already watches this site"),
  );
  expect(first.problems).toEqual([]);
});

describe("a site that names several feeds", () => {
  const discoverTwice = async () => {
    const site = layouts.sites.find(({ way }) => way === "link tag");
    const urls: string[] = [];
    const first = await discover(site?.home ?? "", { progress: (url) => void urls.push(url) });
    const known = new Set(site?.articles.map(urlKey));
    const second = await discover(site?.home ?? "", {
      known: (keys) => Promise.resolve(new Set(keys.filter((key) => known.has(key)))),
      taken: new Set([String(first.source?.["id"])]),
    });
    const [feed, feedOfKnown] = [first, second].map(({ candidates }) =>
      candidates.find(({ kind }) => kind === "feed"),
    );
    return { first, second, feed, feedOfKnown, urls };
  };
  let discovered: Awaited<ReturnType<typeof discoverTwice>>;
  beforeAll(async () => {
    discovered = await discoverTwice();
  });
  const why = (end: string) =>
    discovered.first.candidates.find(({ url }) => url.endsWith(end))?.why;

  test("Its feed of articles is proposed", () => {
    const measures = { known: 0, dated: 1 };
    expect(discovered.feed).toMatchObject({ proposed: true, why: null, measures });
    expect(discovered.first.requestsPerDay).toBeGreaterThan(0);
  });

  test("A site whose feed dates its articles is spared the guesses at sitemaps", () => {
    expect(discovered.urls.length).toBeGreaterThan(1);
    expect(discovered.urls.filter((url) => url.includes("sitemap"))).toEqual([]);
  });

  test("A feed of comments is refused with the reason", () => {
    expect(why("/comments/feed/")).toBe("a feed of readers' comments");
  });

  test("A feed on another site is refused with the reason", () => {
    expect(why("elsewhere.example/feed")).toMatch(/on another site, elsewhere.example/);
  });

  test("A feed of articles that are known has a lower score", () => {
    expect(discovered.feedOfKnown?.measures?.known).toBe(1);
    expect(discovered.feedOfKnown?.score).toBeLessThan(discovered.feed?.score ?? 0);
  });

  test("The proposed source gets an id that no other source has", () => {
    expect(discovered.second.source?.["id"]).not.toBe(discovered.first.source?.["id"]);
  });
});

describe("a site behind a proxy", () => {
  const discoverThrough = async () => {
    const site = layouts.sites.find(({ way }) => way === "usual feed");
    const upstream = await startUpstream();
    const direct: string[] = [];
    const recording: Pick<Http, "get"> = {
      get: (request) => {
        if (!request.proxy) direct.push(request.url);
        return http.get(request);
      },
    };
    const visitor = visitorOf(recording, () => byReference(upstream));
    const { source } = await discover(site?.home ?? "", { proxy: "env:SECRET_PROXY", visitor });
    await upstream.close();
    return { source, feed: `${site?.home}feed/`, direct, proxied: upstream.requests.length };
  };
  let discovered: Awaited<ReturnType<typeof discoverThrough>>;
  beforeAll(async () => {
    discovered = await discoverThrough();
  });

  test("Every request goes through the proxy", () => {
    expect(discovered.direct).toEqual([]);
    expect(discovered.proxied).toBeGreaterThan(0);
  });

  test("The proposed source names the proxy", () => {
    const { source, feed } = discovered;
    expect(source).toMatchObject({ proxy: "env:SECRET_PROXY", feeds: [feed] });
  });
});

const headlines = (folder: string) =>
  Array.from({ length: 12 }, (_, n) => {
    const title = `The council of the old harbour agreed on plan number ${n + 1}`;
    return `<article><h2><a href="${folder}/plan-number-${n + 1}-was-agreed-on">${title}</a></h2><time>2026-11-${n + 10}</time></article>`;
  }).join("");
const html = (title: string, body: string) =>
  `<!doctype html><html lang="en"><head><title>${title}</title></head><body>${body}</body></html>`;

/** A site that answers 200 to every address; `there` are those of its pages that are real. */
const softSite = (there: Record<string, string>) =>
  listen("127.1.8.2", (request, response) => {
    const path = request.url ?? "";
    const page = there[path] ?? html("Town", `<p>${path}</p><main>${headlines("/old")}</main>`);
    const type = page.startsWith("<?xml") ? "application/rss+xml" : "text/html";
    response.writeHead(200, { "content-type": type }).end(page);
  });
const welcome = html("Town", "<main><h1>Welcome</h1><p>We look after the town.</p></main>");

describe("a site that answers 200 to any URL", () => {
  const discoverThrice = async () => {
    const pages: Record<string, string> = { "/": welcome };
    const site = await softSite(pages);
    const discoverNow = () => discover(`${site.origin}/`);
    const empty = await discoverNow();
    pages["/news"] = html("News of the town", `<main>${headlines("/news")}</main>`);
    const withList = await discoverNow();
    pages["/feed/"] = feedOf([1, 2, 3].map((n) => `${site.origin}/news/plan-number-${n}-was-made`));
    const withFeed = await discoverNow();
    await site.close();
    return { origin: site.origin, empty, withList, withFeed };
  };
  let town: Awaited<ReturnType<typeof discoverThrice>>;
  beforeAll(async () => {
    town = await discoverThrice();
  });

  test("Nothing is proposed where there is nothing else, and the site discovery says so", () => {
    expect(town.empty.source).toBeNull();
    expect(town.empty.candidates.filter(({ why }) => why === null)).toEqual([]);
    expect(town.empty.problems).toContain("no usable feed, sitemap or list was found on this site");
  });

  test("A URL that is answered like any other is refused with that reason", () => {
    const news = town.empty.candidates.find(({ url }) => url.endsWith("/news"));
    expect(news?.why).toMatch(/returns the same for any URL/);
  });

  test("A real list of articles is proposed", () => {
    const { source, candidates } = town.withList;
    expect(source?.["listings"]).toMatchObject([{ url: `${town.origin}/news` }]);
    const other = candidates.find(({ url }) => url.endsWith("/aktuelles"));
    expect(other?.proposed ?? false).toBe(false);
  });

  test("A real feed is proposed", () => {
    expect(town.withFeed.source?.["feeds"]).toEqual([`${town.origin}/feed/`]);
  });
});

test("A sitemap with other pages is narrowed to the folders of its articles", async () => {
  const site = layouts.sites.find(({ way }) => way === "sitemap");
  const { source, robots } = await discover(site?.home ?? "");
  const [first = ""] = site?.articles ?? [];
  expect(source?.["include"]).toEqual([`/${new URL(first).pathname.split("/")[1]}/**`]);
  expect(robots.verdict).toBe("allowed");
});

describe("a visit outside of runs", () => {
  const DELAY = 60;
  const visitThrice = async () => {
    const times: number[] = [];
    const timed: Pick<Http, "get"> = {
      get: (request) => {
        times.push(performance.now());
        return http.get(request);
      },
    };
    const acquirePermit = ownPermits();
    const now = () => new Date();
    const options = { http: timed, acquirePermit, product: "Newsgather", now, delay: DELAY };
    const visitor = createVisitor(options);
    const home = layouts.sites.find(({ way }) => way === "robots sitemap")?.home ?? "";
    const forbidden = await visitor.visit(new URL("/intern/x", home).href, "listing");
    await visitor.visit(home, "listing");
    await visitor.visit(new URL("/about", home).href, "listing");
    return { forbidden, times };
  };
  let visits: Awaited<ReturnType<typeof visitThrice>>;
  beforeAll(async () => {
    visits = await visitThrice();
  });

  test("A page that robots.txt forbids isn't fetched", () => {
    expect(visits.forbidden).toMatchObject({ refused: { skipped: "robots" } });
    // robots.txt and the two other pages.
    expect(visits.times).toHaveLength(3);
  });

  test("The host's delay is kept between requests", () => {
    const gaps = visits.times.slice(1).map((at, n) => at - (visits.times[n] ?? 0));
    // A timer may be a moment early.
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(DELAY - 1);
  });
});
