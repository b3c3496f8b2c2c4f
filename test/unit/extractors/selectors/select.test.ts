import { expect, it } from "vitest";
import { parseTree } from "../../../../extractors/dom/tree.ts";
import { openPage } from "../../../../extractors/page.ts";
import { selectedFields, tagsBy } from "../../../../extractors/selectors/select.ts";

const [root] = parseTree(
  `<main data-x="1"><h2 id=a>One</h2><p class="b c">first</p><p>second <i>word</i></p><h2>Two</h2><p lang=de>third</p></main>`,
).tags;

it.each([
  ["h2 + p.c", "first"],
  ["h2 ~ p:last-child", "third"],
  ["[data-x] > p:nth-of-type(2)", "second "],
  ["p:has(i)", "second "],
  ["p:contains('second word')", "second "],
  ["html > body p, html > main > p[lang|=de]", "third"],
  ["main:not(.x) #a", "One"],
  ["p.d", undefined],
])("%s finds %s", (css, text) => {
  const [found] = root ? tagsBy(css, root) : [];
  const [first] = found?.children ?? [];
  expect(first && "data" in first ? first.data : undefined).toBe(text);
});

it.each([
  ["img", "https://city.example/hall.jpg", "Hall"],
  ["figure.lead", "https://city.example/hall.jpg", "Hall"],
  ["picture", "https://city.example/hall.jpg", "Hall"],
  [".lazy", "https://city.example/bridge.jpg", null],
  ["meta[name=photo]", "https://city.example/square.jpg", null],
  [".zoom@href", "https://city.example/hall-large.jpg", "Hall"],
  ["figcaption", undefined, undefined],
  ["figcaption@title", undefined, undefined],
])("the image selector %s finds %s", (image, url, alt) => {
  const html = `<meta name="photo" content="/square.jpg">
    <figure class="lead"><a class="zoom" href="/hall-large.jpg"><picture><img src="/hall.jpg" alt="Hall"></picture></a>
    <figcaption>The mayor opens the hall</figcaption></figure>
    <div class="lazy"><img src="data:image/gif;base64,R0lGOD" data-src="/bridge.jpg"></div>`;
  const now = new Date("2026-11-25T12:00:00Z");
  const page = openPage({ html, url: "https://city.example/news/1", now });
  const reading = { dayFirst: true, timezone: "UTC" };
  const found = selectedFields(page, { image, remove: [] }, reading).image?.value;
  expect([found?.url, found?.alt]).toEqual([url, alt]);
});
