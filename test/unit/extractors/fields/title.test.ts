import { describe, expect, it } from "vitest";
import { readTitle } from "../../../../extractors/fields/title.ts";
import { openPage } from "../../../../extractors/page.ts";

const now = new Date("2025-06-01");
const title = (html: string) =>
  readTitle(openPage({ html, url: "https://www.gazette.example/a/b", now })).value;

describe("the headline", () => {
  it.each([
    [
      "<title>Harbour opens | Harbour Gazette</title><meta property=og:site_name content='Harbour Gazette'>",
      "Harbour opens",
    ],
    ["<title>Gazette: Harbour opens to all</title>", "Harbour opens to all"],
    [
      "<title>Harbour opens to all – Transport – Gazette</title><meta property=article:section content=Transport>",
      "Harbour opens to all",
    ],
    ["<title>A harbour opens – Transport</title>", "A harbour opens – Transport"],
    ["<title>港湾</title><h1>港湾が市民に開放される</h1>", "港湾が市民に開放される"],
    ["<title>កំពង់ផែ</title><h1>កំពង់ផែបើកឱ្យសាធារណជន</h1>", "កំពង់ផែបើកឱ្យសាធារណជន"],
    [
      "<title>Short for search</title><meta property=og:title content='Harbour opens to all boats'><h1>Harbour opens to all boats today</h1>",
      "Harbour opens to all boats today",
    ],
    [
      "<title>Harbour opens to all - News</title><h1 class=logo>Gazette</h1><h1>Harbour opens to all</h1>",
      "Harbour opens to all",
    ],
    [
      "<title>Harbour opens to all</title><h1><span class=kicker>Transport</span> Harbour opens to all</h1>",
      "Harbour opens to all",
    ],
    [
      "<h1 class=seotitle>Harbour opening boats free entry</h1><h2>Harbour opens to all</h2><meta property=og:title content='Harbour opens to all'>",
      "Harbour opens to all",
    ],
    [
      '<script type=\'application/ld+json\'>{"@type":"NewsArticle","headline":"Tides &amp; boats"}</script>',
      "Tides & boats",
    ],
    // The heading is the search engines' as well: what is written for sharing is the headline.
    [
      "<title>Harbour opens to boats and ferries after repairs on all quays | Gazette</title><meta property=og:title content='Harbour opens to boats after repairs'><h1>Harbour opens to boats and ferries after repairs on all quays</h1>",
      "Harbour opens to boats after repairs",
    ],
    // Cut off, in other words, or not repeated by the title tag: the heading stays.
    [
      "<title>Harbour opens to boats and ferries after repairs</title><meta property=og:title content='Harbour opens to boats and ferries'><h1>Harbour opens to boats and ferries after repairs</h1>",
      "Harbour opens to boats and ferries after repairs",
    ],
    [
      "<title>Harbour opens to boats after repairs</title><meta property=og:title content='Harbour opens to boats after repairs'><h1>Harbour opens to boats and ferries after repairs on all quays</h1>",
      "Harbour opens to boats and ferries after repairs on all quays",
    ],
    [
      "<title>Harbour opens to all boats ‹ Club of Sailors</title><h3>Harbour opens to all boats</h3><h3>Older news of the club</h3>",
      "Harbour opens to all boats",
    ],
    ["<title></title><p>No title at all</p>", null],
  ])("%s", (html, expected) => {
    expect(title(html)).toBe(expected);
  });
});

describe("a heading that links to the front page", () => {
  const head = "<title>Harbour opens to all boats</title>";
  const story = "<h2>Harbour opens to all boats today</h2>";

  it.each([
    "<h1><a href='/'>The Voice of the Whole Coast</a></h1>",
    "<a href='https://gazette.example/'><h1>The Voice of the Whole Coast</h1></a>",
    "<h1><a href='/'><img></a> <a href='/'>The Voice of the Whole Coast</a></h1>",
    "<h1><a href='/'>The Voice</a> <small>News from the coast since 1900</small></h1>",
    "<h1><a href='/'><img></a> <small>News from the coast since 1900</small></h1>",
  ])("is no headline: %s", (name) => {
    expect(title(`${head}${name}${story}`)).toBe("Harbour opens to all boats today");
  });

  it.each([
    "<h1><a href='/'>Gazette</a>: Harbour opens</h1>",
    "<h1>Gazette: Harbour opens <a href='/'>Home</a></h1>",
  ])("is the headline if the link is only a part of it: %s", (heading) => {
    expect(title(`<title>Gazette</title>${heading}`)).toContain("Gazette: Harbour opens");
  });

  it.each([
    "<h1><a href='#harbour'>Harbour opens to all boats today</a></h1>",
    "<a href='#'><h1>Harbour opens to all boats today</h1></a>",
  ])("isn't one that links to itself below a base: %s", (heading) => {
    expect(title(`<title>Gazette</title><base href='/'>${heading}`)).toBe(
      "Harbour opens to all boats today",
    );
  });

  it("is the headline if the link is one of several", () => {
    const html = "<h1><a href='/'>Gazette</a> and <a href='/boats'>Boats</a> of the year</h1>";
    expect(title(`<title>Gazette</title>${html}`)).toBe("Gazette and Boats of the year");
  });

  it("is the headline if it links there with each of many words", () => {
    const words = "Harbour opens to all boats today".split(" ");
    const linked = words.map((word) => `<a href='/'>${word}</a>`).join(" ");
    expect(title(`${head}<h1>${linked}</h1>`)).toBe("Harbour opens to all boats today");
  });

  it("is the headline of the front page itself", () => {
    const html = "<h1><a href='/'>The Voice of the Whole Coast</a></h1>";
    const page = openPage({ html, url: "https://www.gazette.example/", now });
    expect(readTitle(page).value).toBe("The Voice of the Whole Coast");
  });

  it("is the headline if the front page is another site's", () => {
    const html = "<h1><a href='https://harbour.example/'>Harbour opens to all boats today</a></h1>";
    expect(title(html)).toBe("Harbour opens to all boats today");
  });
});
