import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { BrowserPool } from "../../crawler/browser/browser.ts";
import { urlKey } from "../../crawler/links/url.ts";
import { ReleaseStack } from "../../lib/async.ts";
import type { Article } from "../../model/articles/article.ts";
import type { Capture } from "../../model/crawl/capture.ts";
import { createBrowserSessions } from "../../workers/render/browser-sessions.ts";
import {
  SCRIPT_WAYS,
  type ScriptPage,
  type ScriptWay,
  scriptPage,
} from "../helpers/script-pages.ts";
import { openSiteBrowser } from "../helpers/site-browser.ts";
import { type Services, startServices } from "../helpers/watched-site.ts";
import { takeTurns } from "../helpers/worker.ts";

const PAGES_OF_EACH = 3;

const all = new ReleaseStack();
let services: Services;
let pool: BrowserPool;
beforeAll(async () => {
  services = await startServices(import.meta.filename, { oneStore: true });
  all.add("services", () => services.close());
  pool = await openSiteBrowser(all);
});
afterAll(() => all.close());

/** What came of an article at a path. */
interface Rendered {
  wanted: ScriptPage;
  article: Article | null;
  captures: Capture[];
}

describe.each(SCRIPT_WAYS)("articles whose text comes by %s", (way: ScriptWay) => {
  const paths = Array.from({ length: PAGES_OF_EACH }, (_, n) => `/news/report-${n}`);
  let came: Rendered[];
  beforeAll(async () => {
    const hints = { publishedAt: new Date("2026-11-24T08:00:00Z") };
    const overrides = { source: { render: "auto" }, link: { hints } } as const;
    const { worker, site, store } = await services.watchSite("scripts", paths, overrides);
    worker.deps.browser = createBrowserSessions(pool, 1);
    const wanted = paths.map((path) => scriptPage(way, path));
    for (const { pages } of wanted) Object.assign(site.pages, pages);
    await takeTurns(worker, site.host);
    await takeTurns(worker, site.host, 0, "browser");
    came = await Promise.all(
      wanted.map(async (page, index) => {
        const linkId = urlKey(site.at(paths[index] ?? ""));
        const article = await store.collections.articles.findOne({ _id: linkId });
        const captures = await store.collections.captures.find({ linkId }).toArray();
        return { wanted: page, article, captures };
      }),
    );
    await services.closeSites();
  });

  test("are stored with their whole text", () => {
    expect(came.map(({ article }) => article?.text)).toEqual(came.map(({ wanted }) => wanted.text));
  });

  test("are stored with their titles", () => {
    const titles = came.map(({ article }) => article?.title);
    expect(titles).toEqual(came.map(({ wanted }) => wanted.title));
  });

  test("need the browser only where HTTP isn't enough", () => {
    const lanes = came.map(({ captures }) => captures.map(({ lane }) => lane).join(", "));
    const needed = way === "data in a script element" ? "http" : "http, browser";
    expect(lanes[0]).toBe(needed);
  });
});

test("pages like three that stayed empty in the browser are taken as they come over HTTP", async () => {
  const paths = Array.from({ length: 5 }, (_, n) => `/pictures/day-${n}`);
  const overrides = { source: { render: "auto" }, link: { dueAt: null } } as const;
  const { worker, site, store } = await services.watchSite("pictures", paths, overrides);
  worker.deps.browser = createBrowserSessions(pool, 1);
  const { links, captures } = store.collections;
  for (const path of paths) {
    const empty = scriptPage("teasers with pictures", path).pages[path];
    site.pages[path] = String(empty).replaceAll("fill(", "void (");
    await links.updateOne({ url: site.at(path) }, { $set: { dueAt: new Date(1) } });
    await takeTurns(worker, site.host);
    await takeTurns(worker, site.host, 0, "browser");
  }
  const rendered = await captures.find({ lane: "browser" }).toArray();
  expect(rendered.map(({ url }) => new URL(url).pathname)).toEqual(paths.slice(0, 3));
  expect(await links.countDocuments({ state: "skipped", reason: "not-article" })).toBe(5);
  await services.closeSites();
});
