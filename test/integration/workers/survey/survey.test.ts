import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { urlKey } from "../../../../discover/canonical-url.ts";
import { entryPoints } from "../../../../discover/entry-points.ts";
import { createGuard } from "../../../../fetch/guard.ts";
import { parseHosts } from "../../../../fetch/hosts-file.ts";
import { createHttp, type Http } from "../../../../fetch/http.ts";
import { Source } from "../../../../model/source.ts";
import { createParser, type Parser } from "../../../../workers/extract/parser.ts";
import type { ProxyOf } from "../../../../workers/reach/proxy-of.ts";
import { createVisitor, ownPlaces, type Visitor } from "../../../../workers/reach/visit.ts";
import type { SurveyDeps } from "../../../../workers/survey/deps.ts";
import { surveySite } from "../../../../workers/survey/survey.ts";
import { type LayoutSites, serveLayouts } from "../../../helpers/layouts/sites.ts";
import { listen } from "../../../helpers/loopback.ts";
import { measured } from "../../../helpers/measured.ts";
import { feedOf } from "../../../helpers/site.ts";
import { isVerify } from "../../../helpers/size.ts";
import { byReference, startUpstream } from "../../../helpers/upstream.ts";
import { startWorld, type World } from "../../../world/world.ts";

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
  parser = createParser(1, []);
});
afterAll(() => Promise.all([layouts.close(), world.close(), http.close(), parser.close()]));

const visitorOf = (way: Pick<Http, "get"> = http, proxyOf?: ProxyOf): Visitor =>
  createVisitor({
    http: way,
    ...(proxyOf && { proxyOf }),
    takePlace: ownPlaces(),
    product: "Newsgather",
    now: () => new Date(),
    delay: 0,
  });

/** Surveys a site as a stranger, with nothing that is known. */
const survey = (home: string, given: Partial<SurveyDeps> = {}) =>
  surveySite(
    {
      visitor: visitorOf(),
      parser,
      product: "Newsgather",
      now: () => new Date(),
      known: () => Promise.resolve(new Set()),
      taken: new Set(),
      progress: () => {},
      ...given,
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
    const came = await visitor.visit(url, kind);
    if (!("received" in came)) continue;
    const { decoded: body, headers, url: at } = came.received;
    const contentType = headers["content-type"] ?? null;
    const task = { task: "discover", kind, page, body, contentType, url: at } as const;
    const { topics, keepTopics, trust, relevance, rights, select, ...rest } = source;
    const view = { _id: source.id, topics, keepTopics, trust, relevance, rights, select, ...rest };
    const { discovery } = await parser.discover({ ...task, source: view, now: new Date() });
    for (const link of discovery.links) {
      if (link.kind === "article") found.add(urlKey(link.url));
      else waiting.push(link);
    }
  }
  return found;
}

test("from the home page alone a source is proposed that finds the articles, on layouts and in the sample world", async () => {
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
    const { source, requests, candidates } = await survey(site.home);
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
    `survey: ${good.length} of ${told.length} sites have a source that finds 95 % of the articles; ${Math.max(...told.map(({ requests }) => requests))} requests at most`,
  );
  const short = told.filter((one) => one.share < 0.95);
  measured(`too little found: ${JSON.stringify(short)}`);
  expect(good.length / told.length).toBeGreaterThanOrEqual(0.9);
}, 120_000);

test("comment feeds and feeds of other sites are refused with the reason, known articles count against a candidate", async () => {
  const site = layouts.sites.find(({ way }) => way === "link tag");
  const { candidates, source, requestsPerDay } = await survey(site?.home ?? "");
  const why = (end: string) => candidates.find(({ url }) => url.endsWith(end))?.why;
  expect(why("/comments/feed/")).toBe("a feed of readers' comments");
  expect(why("elsewhere.example/feed")).toMatch(/on another site, elsewhere.example/);
  const feed = candidates.find(({ kind }) => kind === "feed");
  expect(feed).toMatchObject({ proposed: true, why: null, measures: { known: 0, dated: 1 } });
  expect(requestsPerDay).toBeGreaterThan(0);

  const known = new Set(site?.articles.map(urlKey));
  const again = await survey(site?.home ?? "", {
    known: (keys) => Promise.resolve(new Set(keys.filter((key) => known.has(key)))),
    taken: new Set([String(source?.["id"])]),
  });
  const later = again.candidates.find(({ kind }) => kind === "feed");
  expect(later?.measures?.known).toBe(1);
  expect(later?.score).toBeLessThan(feed?.score ?? 0);
  expect(again.source?.["id"]).not.toBe(source?.["id"]);
});

test("a site behind a proxy is looked at through it alone, and proposed with it", async () => {
  const site = layouts.sites.find(({ way }) => way === "usual feed");
  const upstream = await startUpstream();
  const straight: string[] = [];
  const only: Pick<Http, "get"> = {
    get: (request) => {
      if (!request.proxy) straight.push(request.url);
      return http.get(request);
    },
  };
  const visitor = visitorOf(only, () => byReference(upstream));
  const surveyed = await survey(site?.home ?? "", { proxy: "env:SECRET_PROXY", visitor });
  await upstream.close();
  expect(surveyed.source).toMatchObject({
    proxy: "env:SECRET_PROXY",
    feeds: [`${site?.home}feed/`],
  });
  expect(straight).toEqual([]);
  expect(upstream.asked.length).toBeGreaterThan(0);
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

test("what a site answers to any address is no candidate, and the reason is told", async () => {
  const site = await softSite({ "/": welcome });
  const { source, candidates, problems } = await survey(`${site.origin}/`);
  await site.close();
  expect(source).toBeNull();
  expect(candidates.filter(({ why }) => why === null)).toEqual([]);
  const news = candidates.find(({ url }) => url.endsWith("/news"));
  expect(news?.why).toMatch(/answers so to any address/);
  expect(problems).toContain("nothing on this site can be proposed");
});

test("what is really there beside such answers is found", async () => {
  const pages: Record<string, string> = { "/": welcome };
  const site = await softSite(pages);
  pages["/news"] = html("News of the town", `<main>${headlines("/news")}</main>`);
  const { source, candidates } = await survey(`${site.origin}/`);
  pages["/feed/"] = feedOf([1, 2, 3].map((n) => `${site.origin}/news/plan-number-${n}-was-made`));
  const fed = await survey(`${site.origin}/`);
  await site.close();
  expect(source?.["listings"]).toMatchObject([{ url: `${site.origin}/news` }]);
  expect(candidates.find(({ url }) => url.endsWith("/aktuelles"))?.proposed ?? false).toBe(false);
  expect(fed.source?.["feeds"]).toEqual([`${site.origin}/feed/`]);
});

test("a sitemap with other pages is narrowed to the folders of its articles", async () => {
  const site = layouts.sites.find(({ way }) => way === "sitemap");
  const { source, robots } = await survey(site?.home ?? "");
  const [first = ""] = site?.articles ?? [];
  expect(source?.["include"]).toEqual([`/${new URL(first).pathname.split("/")[1]}/**`]);
  expect(robots.verdict).toBe("allowed");
});

test("a host is asked at its pace, with its robots.txt", async () => {
  const delay = 60;
  const times: number[] = [];
  const timed: Pick<Http, "get"> = {
    get: (request) => {
      times.push(Date.now());
      return http.get(request);
    },
  };
  const places = ownPlaces();
  const visitor = createVisitor({
    http: timed,
    takePlace: places,
    product: "Newsgather",
    now: () => new Date(),
    delay,
  });
  const site = layouts.sites.find(({ way }) => way === "robots sitemap");
  const home = site?.home ?? "";
  expect(await visitor.visit(new URL("/intern/x", home).href, "listing")).toMatchObject({
    refused: { skipped: "robots" },
  });
  await visitor.visit(home, "listing");
  await visitor.visit(new URL("/about", home).href, "listing");
  expect(times).toHaveLength(3);
  const gaps = times.slice(1).map((at, n) => at - (times[n] ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(delay);
});
