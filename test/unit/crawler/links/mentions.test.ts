import { describe, expect, it } from "vitest";
import { articlesOnOtherSites } from "../../../../crawler/links/hints.ts";
import { growthOf, LINEAR } from "../../../helpers/cpu.ts";

const PAGE = "https://town.example/news/tram";
const link = (href: string) => `<p>See <a class="x" href="${href}">there</a>.</p>`;

describe("What an article links to elsewhere", () => {
  it("is each article of another site once", () => {
    const other = "https://wire.example/2026/11/28/the-tram-is-back?a=1&amp;b=2";
    expect(articlesOnOtherSites(link(other) + link(other), PAGE)).toEqual([
      "https://wire.example/2026/11/28/the-tram-is-back?a=1&b=2",
    ]);
  });

  it.each([
    ["its own site", "https://www.town.example/news/the-tram-is-back"],
    ["a home page", "https://wire.example/"],
    ["a list", "https://wire.example/tag/the-tram-network"],
    ["a mail address", "mailto:news@wire.example"],
    ["nothing that can be read", "https://"],
  ])("isn't %s", (_, href) => {
    expect(articlesOnOtherSites(link(href), PAGE)).toEqual([]);
  });
});

it("No more than 100 articles of one page are told", () => {
  const links = Array.from({ length: 300 }, (_, n) =>
    link(`https://wire.example/2026/11/28/the-tram-is-back-${n}`),
  );
  expect(articlesOnOtherSites(links.join(""), PAGE)).toHaveLength(100);
});

it("Tags that never end take time in proportion to their number", async () => {
  const make = (n: number) => "<a ".repeat(n / 3);
  expect(await growthOf(200_000, make, (html) => articlesOnOtherSites(html, PAGE))).toBeLessThan(
    LINEAR,
  );
});
