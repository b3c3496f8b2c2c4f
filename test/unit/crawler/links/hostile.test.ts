import { describe, expect, test } from "vitest";
import { LIMITS } from "../../../../config/limits.ts";
import { type DiscoverInput, discover } from "../../../../crawler/links/discover.ts";
import { makeSource } from "../../../helpers/articles.ts";

const home = "https://city.example/";
const listing = { url: `${home}list`, link: "a", pages: 1 };
const source = makeSource("city", { home, feeds: [`${home}feed`], listings: [listing] });

function read(kind: DiscoverInput["kind"], text: string) {
  return discover({
    kind,
    body: Buffer.from(text),
    text,
    contentType: null,
    url: `${home}${kind === "listing" ? "list" : kind}`,
    page: 1,
    source,
    now: new Date("2026-11-25T12:00:00Z"),
    limits: { links: LIMITS.sitemapUrls },
  });
}

const rss = (inner: string, head = "") =>
  `<?xml version="1.0"?>${head}<rss version="2.0"><channel><title>x</title>${inner}</channel></rss>`;
const item = (url: string, more = "") => `<item><title>T</title><link>${url}</link>${more}</item>`;
const urlset = (inner: string) =>
  `<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${inner}</urlset>`;
const laughs = Array.from({ length: 30 }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(9)}">`);

describe("XML that declares entities is refused", () => {
  test.each([
    ["a billion laughs", `<!DOCTYPE rss [<!ENTITY l0 "lol">${laughs.join("")}]>`, "&l30;"],
    [
      "a file of our own machine",
      '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
      "&x;",
    ],
    ["an address", '<!DOCTYPE rss [<!ENTITY % x SYSTEM "http://127.0.0.1/x"> %x;]>', "&y;"],
    [
      "growth by the square",
      `<!DOCTYPE rss [<!ENTITY a "${"a".repeat(9999)}">]>`,
      "&a;".repeat(9999),
    ],
  ])("%s", (_, head, text) => {
    const feed = read("feed", rss(item(`${home}a`, `<description>${text}</description>`), head));
    expect(feed.links).toEqual([]);
    expect(feed.problems).toEqual(["refused: a DOCTYPE that declares entities"]);
    const sitemap = read("sitemap", head + urlset(`<url><loc>${home}${text}</loc></url>`));
    expect(sitemap.links).toEqual([]);
    expect(sitemap.problems).toContain("refused: a sitemap with a DOCTYPE");
  });
});

test("a feed of 5,000 entries gives 2,000, and says what of the rest", () => {
  const items = Array.from({ length: 5000 }, (_, n) => item(`${home}news/${n}`));
  const { links, skipped, problems } = read("feed", rss(items.join("")));
  expect(links).toHaveLength(2000);
  expect(skipped[0]?.reason).toBe("too-many");
  expect(problems.join()).toContain("other skipped links: 1000 (too-many)");
});

const linksTo = (address: string) => [
  read("feed", rss(item(address))).links.length,
  read("sitemap", urlset(`<url><loc>${address}</loc></url>`)).links.length,
  read("listing", `<a href="${address}">The council opened a data portal on Tuesday</a>`).links
    .length,
];

test("a URL of a page is a link of a feed, a sitemap and a list", () => {
  expect(linksTo(`${home}news/portal-opens`)).toEqual([1, 1, 1]);
});

test.each([
  "javascript:alert(1)",
  "JaVaScRiPt:alert(1)",
  "data:text/html,x",
  "file:///etc/passwd",
  "ftp://city.example/a",
  "mailto:a@city.example",
  "blob:https://city.example/1",
  "view-source:https://city.example/a",
  "about:blank",
])("%s is no link of a feed, a sitemap or a list", (address) => {
  expect(linksTo(address)).toEqual([0, 0, 0]);
});
