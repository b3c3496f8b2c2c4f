import { expect, test } from "vitest";
import { type DiscoverInput, discover } from "../../../../crawler/links/discover.ts";
import { entryPoints } from "../../../../crawler/links/entry-points.ts";
import { Source } from "../../../../model/sources/source.ts";

const source = Source.parse({
  id: "city",
  name: "City",
  home: "https://city.example/",
  feeds: ["https://city.example/rss"],
  sitemaps: ["https://city.example/sitemap.xml"],
  listings: [{ url: "https://city.example/news", link: "h2 a" }],
  exclude: ["/jobs/**"],
});

function run(kind: DiscoverInput["kind"], text: string, more: Partial<DiscoverInput> = {}) {
  return discover({
    kind,
    text,
    body: new TextEncoder().encode(text),
    contentType: null,
    url: entryPoints(source).find((link) => link.kind === kind)?.url ?? "",
    page: 1,
    source,
    now: new Date("2026-11-25T12:00:00Z"),
    limits: { links: 3 },
    ...more,
  });
}
const item = (link: string, day = 1) =>
  `<item><title>x</title><link>${link}</link><pubDate>2026-11-${day}</pubDate></item>`;
const rss = (...items: string[]) =>
  `<rss version="2.0"><channel><title>x</title>${items.join("")}</channel></rss>`;

test("entry points are links of the first page", () => {
  expect(entryPoints(source).map(({ kind, page }) => `${kind}${page}`)).toEqual([
    "feed1",
    "sitemap1",
    "listing1",
  ]);
});

test("each page once, newest first, filtered, bounded, with reasons", () => {
  const { links, skipped, problems } = run(
    "feed",
    rss(
      item("/a?utm_source=rss", 1),
      item("http://www.city.example/a", 1),
      item("/b", 12),
      item("/jobs/1", 11),
      item("https://ads.example/x", 11),
      item("/file.docx", 11),
      item("https://www.city.example/", 11),
      item("/c", 13),
      item("/d", 2),
      item("/e", 1),
    ),
  );
  expect(links.map((link) => link.url.slice(-1))).toEqual(["c", "b", "d"]);
  expect(skipped.map(({ reason }) => reason).toSorted()).toEqual([
    "filtered",
    "filtered",
    "off-site",
    "too-many",
    "too-many",
    "too-many",
    "unsupported-type",
  ]);
  expect(problems).toEqual([]);
});

test("a link is fetched without tracking parameters or a session id", () => {
  const { links } = run("feed", rss(item("/a;jsessionid=1F?utm_source=rss&amp;n=1#top", 1)));
  expect(links.map(({ url }) => url)).toEqual(["https://city.example/a?n=1"]);
});

test("repeats of a page are counted", () => {
  const { links, problems } = run("feed", rss(item("/a"), item("/a?fbclid=1"), item("/a#x")));
  expect(links).toHaveLength(1);
  expect(problems).toEqual(["links that lead to the same page as another link: 2"]);
});

test("what the document is decides, not what it was called", () => {
  const asSitemap = run("sitemap", rss(item("/a")));
  expect(asSitemap.links).toHaveLength(1);
  expect(asSitemap.problems).toEqual([
    "a sitemap was expected, but the response is a feed, which was read instead",
  ]);
  const asFeed = run("feed", "<urlset><url><loc>https://city.example/a</loc></url></urlset>");
  expect(asFeed.links).toHaveLength(1);
  expect(asFeed.problems).toEqual([
    "a feed was expected, but the response is a sitemap, which was read instead",
  ]);
});

test.each([
  [
    "feed",
    "<!DOCTYPE html><html><body>Not here",
    "a feed was expected, but the response is a web page",
  ],
  [
    "sitemap",
    "<!-- x --><HTML><body>Not here",
    "a sitemap was expected, but the response is a web page",
  ],
  ["feed", "", "the document is empty"],
  ["feed", "Service Unavailable", "not readable as RSS, Atom or JSON Feed"],
  ["listing", "<p>nothing", "the listing's selectors match nothing on this page"],
] as const)("%s that answers %s", (kind, text, problem) => {
  expect(run(kind, text)).toMatchObject({ links: [], problems: [problem] });
});

test("an off-site next page or sitemap isn't followed", () => {
  const { links, skipped } = run(
    "sitemap",
    "<sitemapindex><sitemap><loc>https://other.example/s.xml</loc></sitemap></sitemapindex>",
  );
  expect(links).toEqual([]);
  expect(skipped[0]?.reason).toBe("off-site");
});

test("refusals beyond 2,000 are only counted", () => {
  const all = Array.from({ length: 5000 }, (_, n) => `<url><loc>/${n}</loc></url>`).join("");
  const { skipped, problems } = run("sitemap", `<urlset>${all}</urlset>`);
  expect(skipped).toHaveLength(2000);
  expect(problems).toEqual(["other skipped links: 2997 (too-many)"]);
});
