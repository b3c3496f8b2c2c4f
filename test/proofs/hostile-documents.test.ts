import { afterAll, beforeAll, expect, test } from "vitest";
import { type DiscoverTask, sourceView } from "../../articles/reading/parse-tasks.ts";
import { createParser, type Parser } from "../../articles/reading/parser.ts";
import { GiveUp, RetryLater } from "../../model/crawl/outcome.ts";
import { makeSource } from "../helpers/articles.ts";
import { measured } from "../helpers/measured.ts";
import { isVerify } from "../helpers/size.ts";

const home = "https://city.example/";
const listing = { url: `${home}list`, link: "a", pages: 1 };
const source = sourceView(
  makeSource("city", { home, feeds: [`${home}feed`], listings: [listing] }),
);
const headline = "The council opened a data portal on Tuesday";
const rss = (inner: string) =>
  `<?xml version="1.0"?><rss version="2.0"><channel><title>x</title>${inner}</channel></rss>`;
const item = (more: string) => `<item><title>T</title><link>${home}a</link>${more}</item>`;
const many = (count: number, make: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => make(n)).join("");
const urlset = (inner: string, root = "urlset") =>
  `<?xml version="1.0"?><${root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${inner}</${root}>`;

let parser: Parser;
beforeAll(() => {
  parser = createParser(2, []);
});
afterAll(() => parser.close());

/** Documents that are made to cost time or memory, by what is odd about them. */
const DOCUMENTS: [DiscoverTask["kind"], string, () => string][] = [
  [
    "feed",
    "100,000 entries",
    () => rss(many(100_000, (n) => `<item><link>${home}${n}</link></item>`)),
  ],
  ["feed", "200,000 nested elements", () => rss("<a>".repeat(200_000) + item(""))],
  [
    "feed",
    "200,000 nested elements in an entry",
    () => rss(item(`<description>${"&lt;b&gt;".repeat(200_000)}</description>`)),
  ],
  [
    "feed",
    "an attribute of 10 MB",
    () => rss(item(`<guid x="${"y ".repeat(5_000_000)}">1</guid>`)),
  ],
  [
    "feed",
    "a title of 10 MB",
    () => rss(`<item><title>${"T ".repeat(5_000_000)}</title><link>${home}a</link></item>`),
  ],
  [
    "feed",
    "200,000 authors",
    () => rss(item("<author>A</author><category>b</category>".repeat(200_000))),
  ],
  [
    "feed",
    "JSON nested 100,000 deep",
    () => `{"version":"https://jsonfeed.org/version/1.1","items":${"[".repeat(100_000)}`,
  ],
  ["feed", "200,000 open angle brackets", () => rss("<".repeat(200_000))],
  ["feed", "20,000 entries, each broken", () => rss("<item><title>a</b><link>".repeat(20_000))],
  [
    "sitemap",
    "half a million addresses",
    () => urlset(`<url><loc>${home}a</loc></url>`.repeat(500_000)),
  ],
  [
    "sitemap",
    "an index of 300,000 sitemaps",
    () =>
      urlset(
        many(300_000, (n) => `<sitemap><loc>${home}${n}.xml</loc></sitemap>`),
        "sitemapindex",
      ),
  ],
  ["sitemap", "200,000 nested elements", () => urlset("<url>".repeat(200_000))],
  [
    "sitemap",
    "an attribute of 10 MB",
    () => urlset(`<url x="${"y".repeat(10_000_000)}"><loc>${home}a</loc></url>`),
  ],
  [
    "sitemap",
    "an address of 10 MB",
    () => urlset(`<url><loc>${home}${"a".repeat(10_000_000)}</loc></url>`),
  ],
  [
    "sitemap",
    "a million bare ampersands",
    () => urlset(`<url><loc>${home}?${"&".repeat(1_000_000)}</loc></url>`),
  ],
  [
    "listing",
    "200,000 nested elements",
    () => `<a href="/news/a">${headline}</a>${"<div>".repeat(200_000)}`,
  ],
  ["listing", "200,000 nested links", () => `<a href="/news/a">${headline}`.repeat(200_000)],
  [
    "listing",
    "an attribute of 10 MB",
    () => `<a href="/news/a" class="${"x y ".repeat(2_500_000)}">${headline}</a>`,
  ],
  ["listing", "100,000 links", () => `<h2><a href="/news/a">${headline}</a></h2>`.repeat(100_000)],
  ["listing", "a link of 10 MB", () => `<a href="/news/${"a".repeat(10_000_000)}">${headline}</a>`],
  [
    "listing",
    "a headline of 10 MB",
    () => `<a href="/news/a">${`${headline} `.repeat(200_000)}</a>`,
  ],
];

const ask = (kind: DiscoverTask["kind"], text: string, view = source) =>
  parser.discover({
    kind,
    page: 1,
    body: Buffer.from(text),
    contentType: null,
    url: `${home}${kind === "listing" ? "list" : kind}`,
    source: view,
    now: new Date(),
  });

/** What came, or that the clock of the page ended its thread; anything else is thrown. */
async function outcome(answer: ReturnType<typeof ask>): Promise<string> {
  try {
    const { discovery } = await answer;
    expect(discovery.links.length).toBeLessThanOrEqual(50_000);
    return "read";
  } catch (error) {
    const known = error instanceof GiveUp || error instanceof RetryLater;
    if (!known || error.reason !== "parse") throw error;
    return "ended";
  }
}

test("each hostile entry point is read or ended, and the feed after it is read", async () => {
  const ended: string[] = [];
  const documents = isVerify ? DOCUMENTS : DOCUMENTS.filter((_, index) => index % 4 === 0);
  for (const [kind, name, make] of documents) {
    if ((await outcome(ask(kind, make()))) === "ended") ended.push(`${kind}: ${name}`);
    expect(await outcome(ask("feed", rss(item(""))))).toBe("read");
  }
  measured(
    `${documents.length} hostile entry points, ended by the clock: ${ended.join("; ") || "none"}`,
  );
}, 240_000);

test("a selector that explodes is ended by the clock, and costs no other page", async () => {
  const link = "a:has(~ a:has(~ a:has(~ a:has(~ a.none))))";
  const view = { ...source, listings: [{ ...listing, link }] };
  const page = `<a href="/news/a">${headline}</a>`.repeat(1000);
  const [exploding, plain] = await Promise.all([
    outcome(ask("listing", page, view)),
    outcome(ask("feed", rss(item("")))),
  ]);
  expect([exploding, plain]).toEqual(["ended", "read"]);
}, 60_000);
