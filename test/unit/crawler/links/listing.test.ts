import { describe, expect, test } from "vitest";
import { listingFor, readListing } from "../../../../crawler/links/listing.ts";
import { Listing } from "../../../../model/sources/source.ts";
import { growthOf, LINEAR } from "../../../helpers/cpu.ts";

const now = new Date("2026-11-25T12:00:00Z");
const url = "https://city.example/news";
const read = (text: string, listing: object = {}, page = 1, language = "de") =>
  readListing({ text, url, page, listing: Listing.parse({ url, ...listing }) }, language, now);

const cards = `<nav><a href="/about">About everything that the city does</a></nav><main>
  <div class="card"><a href="/n/1?utm_source=l"><img alt=""></a><h2><a href="/n/1?utm_source=l">First story</a></h2>
    <time datetime="2026-11-10">x</time><p class="t">Teaser one</p></div>
  <div class="card"><a href="/n/2"><img alt=""></a><h2><a href="/n/2">Second story</a></h2>
    <span class="d">03.11.2026</span><p class="t">Teaser two</p></div>
  </main><a class="next" href="?page=2">more</a>`;

test("item, link, title, date@attribute, teaser, next", () => {
  const { links, problems } = read(cards, {
    item: ".card",
    link: "h2 a",
    date: "time@datetime",
    teaser: ".t",
    next: "a.next",
  });
  expect(problems).toEqual([]);
  expect(links).toEqual([
    {
      url: "https://city.example/n/1?utm_source=l",
      kind: "article",
      page: 1,
      hints: {
        title: "First story",
        teaser: "Teaser one",
        publishedAt: new Date("2026-11-10T00:00:00Z"),
      },
    },
    {
      url: "https://city.example/n/2",
      kind: "article",
      page: 1,
      hints: { title: "Second story", teaser: "Teaser two" },
    },
    { url: "https://city.example/news?page=2", kind: "listing", page: 2, hints: {} },
  ]);
});

test("without item, selectors look around each link up to the next one", () => {
  const { links } = read(cards, { link: ".card a", date: ".d", teaser: ".t" });
  expect(links.map((link) => link.hints)).toEqual([
    { title: "First story", teaser: "Teaser one" },
    { title: "Second story", teaser: "Teaser two", publishedAt: new Date("2026-11-03T00:00:00Z") },
  ]);
});

test("by default headlines count, navigation and short links don't", () => {
  const { links } = read(`${cards}<p><a href="/s">short</a>
    <a href="/long">A headline that is long enough to be one</a>
    <footer><a href="/f">Accessibility statement of the city</a></footer>
    <a href="mailto:x@city.example">Write to the press office of the city</a>
    <a href="#top">Back to the top of this very long page</a>`);
  expect(links.map((link) => new URL(link.url).pathname)).toEqual(["/n/1", "/n/2", "/long"]);
});

test("by default headlines in a form count only if the form holds the page", () => {
  const link = '<a href="/a">A headline that is long enough to be one</a>';
  const filters = `<form>${link}</form><main><h1>News</h1></main>`;
  expect(read(filters).links).toEqual([]);
  expect(read(`<form><main>${link}</main></form>`).links).toHaveLength(1);
});

test.each([
  ["ideographs", "数字政府建设取得新进展", "首页"],
  ["hangul", "시청 도서관 운영 시간 연장 안내", "공지사항"],
  ["kana", "おまつりのおてつだいをおねがいします", "サイトマップ"],
])("headlines in %s are shorter", (_, headline, other) => {
  const { links } = read(`<li><a href="/1">${headline}</a></li><li><a href="/2">${other}</a></li>`);
  expect(links.map((link) => link.hints.title)).toEqual([headline]);
});

test.each(["개인정보처리방침", "プライバシーポリシー", "アクセシビリティ"])(
  "the legal notice %s is no headline",
  (notice) => {
    expect(read(`<li><a href="/1">${notice}</a></li>`).links).toEqual([]);
  },
);

describe("next page", () => {
  test("ends at `pages` and never points at itself", () => {
    const next = { item: ".card", link: "h2 a", next: "a.next", pages: 3 };
    expect(read(cards, next, 2).links.at(-1)?.page).toBe(3);
    expect(read(cards, next, 3).links.some((link) => link.kind === "listing")).toBe(false);
    const self = cards.replace("?page=2", "/news#x");
    expect(read(self, next).links.some((link) => link.kind === "listing")).toBe(false);
  });
});

test("<base href>, links in or around a matched element, attributes as link", () => {
  const page = `<base href="https://www.city.example/x/"><ul><li data-u="a"></li></ul>
    <h3><span><a href="b">B</a></span></h3><a href="c"><h4>C</h4></a>`;
  const first = (link: string) => read(page, { link }).links[0]?.url;
  expect(first("li@data-u")).toBe("https://www.city.example/x/a");
  expect(first("h3")).toBe("https://www.city.example/x/b");
  expect(first("h4")).toBe("https://www.city.example/x/c");
});

test("wrong selectors and pages without a match are told", () => {
  expect(read(cards, { link: "h2[" }).problems[0]).toContain("selectors");
  expect(read(cards, { link: ".gone" }).problems).toEqual([
    "the listing's selectors match nothing on this page",
  ]);
});

test("deep nesting hides only what lies in the deep", () => {
  const shallow = "<h2><a href='/1'>A story</a></h2>";
  const deep = read(
    `${shallow}${"<div>".repeat(5000)}${shallow}${"</div>".repeat(5000)}<h2><a href="/2">B</a>`,
  );
  expect(deep.links.map((link) => new URL(link.url).pathname)).toEqual(["/1", "/2"]);
});

test("deep nesting takes time in proportion to the page, and is named", async () => {
  const page = (n: number) => "<div><a href=/x>A headline that is long enough</a>".repeat(n);
  const growth = await growthOf(100_000, page, (text) => {
    const hostile = read(text);
    expect(hostile.links).toEqual([]);
    expect(hostile.problems[0]).toContain("nested too deep");
  });
  expect(growth).toBeLessThan(LINEAR);
});

test("a later page belongs to the listing with the nearest address", () => {
  const listings = ["https://a.example/news", "https://a.example/press"].map((each) =>
    Listing.parse({ url: each }),
  );
  expect(listingFor("https://a.example/press?page=2", listings)?.url).toContain("press");
  expect(listingFor("http://www.a.example/news", listings)?.url).toContain("news");
  expect(listingFor("https://a.example/x", [])).toBeNull();
});
