import { expect, test } from "vitest";
import { readSitePage } from "../../../../../crawler/links/site/site-page.ts";

const now = new Date("2026-11-25T12:00:00Z");

function readHome(lang: string, url = "https://city.example/") {
  const entries = [1, 2, 3, 4, 5, 6].map(
    (day) =>
      `<li class="entry"><a href="/news/2026/council-meets-${day}">The council meets again for session ${day}</a> <span class="day">0${day}/11/2026</span></li>`,
  );
  const text = `<html lang="${lang}"><body><ul class="news">${entries.join("")}</ul></body></html>`;
  const body = new TextEncoder().encode(text);
  const document = { body, text, contentType: "text/html", limits: { links: 100 } };
  return readSitePage({ ...document, url, home: url, page: 1, now });
}

const daysOf = ({ discovery }: ReturnType<typeof readHome>) =>
  discovery.links.map(({ hints }) => hints.publishedAt?.toISOString().slice(0, 10)).toReversed();

const DAYS_IN_NOVEMBER = [1, 2, 3, 4, 5, 6].map((day) => `2026-11-0${day}`);

test.each([
  ["en-GB", "en-GB"],
  ["en_au", "en-AU"],
  ["en", "en"],
  ["zh-Hant-TW", "zh-Hant-TW"],
  ["de-DE-formal", "de"],
  ["cz", null],
  ["", null],
])("a page in %s has the language %s", (lang, language) => {
  expect(readHome(lang).language).toBe(language);
});

test.each(["en-GB", "en-IE", "en_AU", "en-NZ", "en-ZA", "en-IN"])(
  "dates on a page in %s have the day first",
  (lang) => {
    expect(daysOf(readHome(lang))).toEqual(DAYS_IN_NOVEMBER);
  },
);

test("dates at a domain of a country have its order, whatever the page's language says", () => {
  expect(daysOf(readHome("en-US", "https://www.gov.uk/"))).toEqual(DAYS_IN_NOVEMBER);
});

test.each([
  ["https://www.gov.uk/", DAYS_IN_NOVEMBER],
  ["https://www.health.gov.au/", DAYS_IN_NOVEMBER],
  ["https://city.us/", DAYS_IN_NOVEMBER.map((_, index) => `2026-0${index + 1}-11`)],
  ["https://city.gov/", DAYS_IN_NOVEMBER.map((_, index) => `2026-0${index + 1}-11`)],
])("dates in English without a region are read as is usual at %s", (url, days) => {
  expect(daysOf(readHome("en", url))).toEqual(days);
});
