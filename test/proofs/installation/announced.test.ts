import { writeFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { loadavg } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { stringify } from "yaml";
import { scaledText, scaledTitle } from "../../../bench/world/scaled-text.ts";
import { TDM_PATH } from "../../../crawler/robots/robots.ts";
import { plainText } from "../../../demo/text.ts";
import { ReleaseStack } from "../../../lib/async.ts";
import { MINUTE_MS } from "../../../lib/time.ts";
import type { Article } from "../../../model/articles/article.ts";
import type { Link } from "../../../model/crawl/link.ts";
import type { Store } from "../../../store/store.ts";
import { listen } from "../../helpers/loopback.ts";
import { measured } from "../../helpers/measured.ts";
import { openRoles, startRole } from "../../helpers/roles.ts";
import { articlePage } from "../../helpers/site.ts";
import { isVerify } from "../../helpers/size.ts";

const SEED = 7;
const SITES = isVerify ? 40 : 8;
const ITEMS = isVerify ? 50 : 25;
/** Of so many hosts one wants to be left alone so long that most of its pages come later than a minute. */
const SLOW = { each: 8, delayMs: 2500 };
const FAST_MS = 40;
/** An item is on the portal so long after it appeared: a poll, and a minute. */
const POLL_MS = 5 * MINUTE_MS;
const LATEST_MS = POLL_MS + MINUTE_MS;
/** A bound against a hang. */
const HANG_MS = 30 * MINUTE_MS;
/** The same after its feed named it, where all items of the world don't come at once. */
const LATEST_NAMED_MS = MINUTE_MS;

const html = (response: ServerResponse, status: number, body: string, headers = {}) =>
  void response.writeHead(status, { "content-type": "text/html", ...headers }).end(body);
const document = (title: string, body: string, head = "") =>
  `<html lang="en"><head><title>${title}</title>${head}</head><body><main><h1>${title}</h1>${body}</main></body></html>`;

/** How one in ten pages fails, and whether its item may be shown. */
const FAULTS: Record<
  string,
  { isShown: boolean; answer: (response: ServerResponse, title: string) => void }
> = {
  refused: { isShown: true, answer: (response) => html(response, 403, "no") },
  broken: { isShown: true, answer: (response) => html(response, 500, "oops") },
  reset: { isShown: true, answer: (response) => void response.socket?.destroy() },
  paid: {
    isShown: true,
    answer: (response, title) =>
      html(
        response,
        200,
        document(
          title,
          `<p>The first lines of ${title} are free for everybody.</p><p>Subscribe to continue reading</p>`,
          '<meta property="og:type" content="article"><meta property="article:content_tier" content="locked">',
        ),
      ),
  },
  film: {
    isShown: true,
    answer: (response, title) =>
      html(
        response,
        200,
        document(
          title,
          '<video src="/f.mp4"></video>',
          '<meta property="og:type" content="video.other">',
        ),
      ),
  },
  consent: {
    isShown: true,
    answer: (response) =>
      html(
        response,
        200,
        document(
          "Before you continue",
          "<p>We value your privacy. Accept all cookies?</p><form><button>Accept all</button></form>",
        ),
      ),
  },
  login: {
    isShown: true,
    answer: (response) =>
      html(
        response,
        200,
        document(
          "Log in",
          '<form><input type="password" name="p"><input type="email" name="user"></form>',
        ),
      ),
  },
  "no text": {
    isShown: true,
    answer: (response) =>
      void response.writeHead(200, { "content-type": "application/pdf" }).end("%PDF-1.4\n%%EOF"),
  },
  endless: { isShown: true, answer: (response) => html(response, 302, "", { location: "/loop" }) },
  gone: { isShown: false, answer: (response) => html(response, 410, "gone") },
  reserved: {
    isShown: false,
    answer: (response, title) =>
      html(response, 200, articlePage(title), { "x-robots-tag": "noindex" }),
  },
};
const WAYS = [...Object.keys(FAULTS), "forbidden"];

const hostOf = (site: number) => `announced-${site}.example`;
const isSlow = (site: number) => site % SLOW.each === SLOW.each - 1;
const LANGUAGE = "en";
const titleOf = (site: number, item: number) => scaledTitle(SEED, LANGUAGE, site, item);
const textOf = (site: number, item: number) =>
  plainText(scaledText(SEED, LANGUAGE, site, item).paragraphs);
const wayOf = (site: number, item: number) =>
  item % 10 === 3 ? (WAYS[(site * 5 + Math.floor(item / 10)) % WAYS.length] ?? "") : null;
const pathOf = (site: number, item: number) =>
  `${wayOf(site, item) === "forbidden" ? "/members" : "/news"}/${item}`;

let port = 0;
const urlOf = (site: number, item: number) => `http://${hostOf(site)}:${port}${pathOf(site, item)}`;

function answer(site: number, path: string, response: ServerResponse): void {
  if (path === "/robots.txt") return void response.end("User-agent: *\nDisallow: /members/\n");
  if (path === TDM_PATH) return html(response, 404, "");
  if (path === "/loop") return html(response, 302, "", { location: "/loop" });
  if (path === "/feed.xml") {
    const items = Array.from({ length: ITEMS }, (_, item) => {
      const url = urlOf(site, item);
      return `<item><title>${titleOf(site, item)}</title><link>${url}</link><guid>${url}</guid><description>What ${titleOf(site, item)} is about.</description><pubDate>${new Date(Date.now() - item * 60_000).toUTCString()}</pubDate></item>`;
    });
    const xml = `<?xml version="1.0"?><rss version="2.0"><channel><title>News</title><link>http://${hostOf(site)}/</link><description>x</description>${items.join("")}</channel></rss>`;
    return void response.writeHead(200, { "content-type": "application/rss+xml" }).end(xml);
  }
  const item = Number(path.split("/").at(-1));
  const fault = FAULTS[wayOf(site, item) ?? ""];
  if (fault) return fault.answer(response, titleOf(site, item));
  html(response, 200, articlePage(titleOf(site, item), textOf(site, item)));
}

const stack = new ReleaseStack();
let store: Store;
let appearedAt: Date;
let articles: Map<string, Article>;
let links: Map<string, Link>;
const all = Array.from(
  { length: SITES * ITEMS },
  (_, n) => [Math.floor(n / ITEMS), n % ITEMS] as const,
);
const mayBeShown = ([site, item]: readonly [number, number]) => {
  const way = wayOf(site, item);
  return way === null || way === "forbidden" || (FAULTS[way]?.isShown ?? true);
};
const isPublished = (url: string) => articles.get(url)?.status === "published";

async function read(): Promise<void> {
  const projection = { status: 1, completeness: 1, servedAt: 1, duplicateOf: 1 };
  const found = await store.collections.articles.find({}, { projection }).toArray();
  const named = await store.collections.links.find({ kind: "article" }).toArray();
  links = new Map(named.map((link) => [link.foundUrl, link]));
  const byId = new Map(found.map((article) => [article._id, article]));
  articles = new Map(
    named.flatMap((link) => {
      const article = link.articleId ? byId.get(link.articleId) : undefined;
      return article ? [[link.foundUrl, article]] : [];
    }),
  );
}

beforeAll(async () => {
  for (let site = 0; site < SITES; site++) {
    const server = await listen(
      `127.1.12.${site + 1}`,
      ({ url = "/" }, response) => answer(site, url, response),
      port,
    );
    port = server.port;
    stack.add(`site ${site}`, () => server.close());
  }
  const names = Array.from({ length: SITES }, (_, site) => `127.1.12.${site + 1} ${hostOf(site)}`);
  const opened = await openRoles(stack, import.meta.filename, {
    NEWSGATHER_HOSTS: names.join("\n"),
    NEWSGATHER_ALLOW_NETWORKS: "127.1.0.0/16",
    NEWSGATHER_TICK: "1s",
  });
  store = opened.store;
  appearedAt = new Date();
  for (let site = 0; site < SITES; site++) {
    const id = `announced-${site}`;
    const home = `http://${hostOf(site)}:${port}/`;
    const pace = { delay: `${isSlow(site) ? SLOW.delayMs : FAST_MS}ms`, concurrency: 1 };
    const source = {
      id,
      name: id,
      home,
      feeds: [`${home}feed.xml`],
      pace,
      render: "http",
      schedule: { every: `${POLL_MS}ms` },
    };
    await writeFile(join(opened.place.sourcesDir, `${id}.yaml`), stringify(source));
  }
  const running = await Promise.all(
    (["scheduler", "http"] as const).map((role) => startRole(role, opened.place.env)),
  );
  stack.add("roles", () => Promise.all(running.map((one) => one.stop())));
  const wanted = all.filter(mayBeShown);
  let open = {};
  const { articles: stored, links: named } = store.collections;
  const isDone = async () => {
    const published = await stored.countDocuments({ status: "published" });
    const untried = await named.countDocuments({ state: "due", attempts: 0 });
    const due = await named.countDocuments({ announceAt: { $type: "date" } });
    open = { missing: wanted.length - published, untried, due };
    return published >= wanted.length && untried + due === 0;
  };
  await vi.waitUntil(isDone, { timeout: HANG_MS, interval: 2000 }).catch(() => {
    throw new Error(`not done after half an hour: ${JSON.stringify(open)}`);
  });
  await read();
}, HANG_MS + MINUTE_MS);

afterAll(() => stack.close());

describe(`${SITES} sites with ${ITEMS} items each, of which one in ten has a page that can't be had`, () => {
  test("All that may be shown is on the portal, and nothing else", () => {
    const missing = all
      .filter(mayBeShown)
      .filter(([site, item]) => !isPublished(urlOf(site, item)));
    expect(missing).toEqual([]);
    const forbidden = all.filter((item) => !mayBeShown(item));
    expect(forbidden.length).toBeGreaterThan(0);
    expect(forbidden.filter(([site, item]) => isPublished(urlOf(site, item)))).toEqual([]);
  });

  test("No item is there twice", async () => {
    const ids = [...articles.values()].map(({ _id }) => _id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(await store.collections.articles.countDocuments()).toBe(ids.length);
    expect([...articles.values()].filter(({ duplicateOf }) => duplicateOf !== null)).toEqual([]);
  });

  test("None came later than a poll and a minute after it appeared", () => {
    const shown = all.filter(mayBeShown).map(([site, item]) => {
      const url = urlOf(site, item);
      const served = articles.get(url)?.servedAt?.getTime() ?? Infinity;
      const named = served - (links.get(url)?.firstSeenAt.getTime() ?? 0);
      return { named, appeared: served - appearedAt.getTime() };
    });
    const sorted = shown.map(({ named }) => named).toSorted((a, b) => a - b);
    const latest = Math.max(...shown.map(({ appeared }) => appeared));
    const short = [...articles.values()].filter(
      ({ completeness }) => completeness !== "full",
    ).length;
    measured(
      `announced: ${sorted.length} of ${all.length} items on the portal, ${short} without their whole page; ` +
        `${Math.round((sorted[sorted.length >> 1] ?? 0) / 1000)} s after its feed named it in the median, ` +
        `${((sorted.at(-1) ?? 0) / 1000).toFixed(1)} s at most, ${(latest / 1000).toFixed(1)} s after it appeared; ` +
        `load average ${loadavg()[1]?.toFixed(1)}`,
    );
    expect(latest).toBeLessThanOrEqual(LATEST_MS);
    expect(sorted.at(-1)).toBeLessThanOrEqual(isVerify ? LATEST_MS : LATEST_NAMED_MS);
  });

  test("No article is revised twice in one second", async () => {
    const seconds = new Map<string, string[]>();
    for await (const { articleId, at, kind, item, revision } of store.collections.changes.find()) {
      // Another article may move it to another story at any time.
      if (kind === "updated" && !revision) continue;
      const key = `${articleId} ${Math.floor(at.getTime() / 1000)}`;
      const change = `${kind} ${item.completeness}`;
      seconds.set(key, [...(seconds.get(key) ?? []), change]);
    }
    const changes = [...seconds.values()];
    expect(changes).toContainEqual(["updated full"]);
    expect(changes.filter(({ length }) => length > 1)).toEqual([]);
  });
});
