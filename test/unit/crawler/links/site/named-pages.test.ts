import { expect, test } from "vitest";
import { parsePage } from "../../../../../crawler/links/hints.ts";
import { namedBy } from "../../../../../crawler/links/site/named-pages.ts";

const url = "https://city.example/de/start.html";
const named = (html: string) => namedBy(parsePage(html), url);

test("links are relative to the URL that the page's base names", () => {
  const found = named(
    `<head><base href="https://city.example/"><link rel="alternate" type="application/rss+xml" href="feed.rss">
     <link rel="sitemap" href="sitemap.xml"></head><a href="rathaus/aktuelles/">Aktuelles</a>`,
  );
  expect(found.map((page) => [page.kind, page.url])).toEqual([
    ["feed", "https://city.example/feed.rss"],
    ["sitemap", "https://city.example/sitemap.xml"],
    ["listing", "https://city.example/rathaus/aktuelles/"],
  ]);
});

test("links of a page without a base are relative to its own URL", () => {
  const [news] = named('<a href="aktuelles/">Aktuelles</a>');
  expect(news?.url).toBe("https://city.example/de/aktuelles/");
});

test("a base on another site makes no page of that site a news page", () => {
  expect(named('<base href="https://other.example/"><a href="aktuelles/">Aktuelles</a>')).toEqual(
    [],
  );
});

test.each([
  "Neuigkeiten",
  "Pressemitteilung",
  "Medienmitteilungen",
  "Press releases",
  "Communiqués",
  "Notícies",
  "Fréttir",
  "Ajankohtaista",
  "Uudised",
  "Jaunumi",
  "Naujienos",
  "Vijesti",
  "Novosti",
  "Вести",
  "Новости",
  "Νέα",
  "ΝΕΑ",
  "Ανακοινώσεις",
  "Δελτία Τύπου",
  "Duyurular",
  "Berita Terkini",
  "ताज़ा समाचार",
  "أخبار المدينة",
  "الاخبار",
  "اخبار شهر",
  "新聞稿",
  "最新消息",
  "報道発表",
  "공지사항",
])("a link called %s leads to a news page", (text) => {
  expect(named(`<a href="/x">${text}</a>`).map(({ kind }) => kind)).toEqual(["listing"]);
});

test.each(["/de/aktuelles/", "/Presse-Mitteilungen.html", "/press_releases", "/novosti/arhiv"])(
  "a link to %s leads to a news page",
  (href) => {
    expect(named(`<a href="${href}">x</a>`).map(({ kind }) => kind)).toEqual(["listing"]);
  },
);

test.each(["Newsletter", "Express", "Bloggers", "Beritahukan", "Новостройки", "Νέαρχος"])(
  "a link called %s leads to no news page",
  (text) => {
    expect(named(`<a href="/x">${text}</a>`)).toEqual([]);
  },
);
