import { describe, expect, it } from "vitest";
import { DAY_MS } from "../../../../lib/time.ts";
import { isOldWitnessed, linkedElsewhere } from "../../../../sources/coverage/witness.ts";
import { growthOf, LINEAR } from "../../../helpers/cpu.ts";

const NOW = new Date("2026-11-28T12:00:00Z");
const PAGE = "https://town.example/news/tram";
const link = (href: string) => `<p>See <a class="x" href="${href}">there</a>.</p>`;

describe("What an article links to elsewhere", () => {
  it("is each article of another site once", () => {
    const other = "https://wire.example/2026/11/28/the-tram-is-back?a=1&amp;b=2";
    expect(linkedElsewhere(link(other) + link(other), PAGE)).toEqual([
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
    expect(linkedElsewhere(link(href), PAGE)).toEqual([]);
  });
});

describe("An article that only a witness named", () => {
  const witness = { name: PAGE, isCounted: false };
  const ago = (days: number) => new Date(NOW.getTime() - days * DAY_MS);

  it.each([
    ["young", 27, false],
    ["old", 29, true],
  ])("that is %s is too old: %s days", (_, days, isOld) => {
    expect(isOldWitnessed({ witness }, ago(days), NOW)).toBe(isOld);
  });

  it("without a date is taken, and so is whatever an entry point named", () => {
    expect(isOldWitnessed({ witness }, null, NOW)).toBe(false);
    expect(isOldWitnessed({}, ago(99), NOW)).toBe(false);
  });
});

it("Tags that never end take time in proportion to their number", async () => {
  const make = (n: number) => "<a ".repeat(n / 3);
  expect(await growthOf(200_000, make, (html) => linkedElsewhere(html, PAGE))).toBeLessThan(LINEAR);
});
