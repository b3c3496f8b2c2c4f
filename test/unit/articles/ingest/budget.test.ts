import { expect, test } from "vitest";
import { firstRunBudget } from "../../../../articles/ingest/links.ts";
import type { FoundLink } from "../../../../model/crawl/link.ts";

const now = new Date("2026-11-25T12:00:00Z");
const article = (url: string, daysOld?: number): FoundLink => ({
  url,
  kind: "article",
  page: 1,
  hints:
    daysOld === undefined ? {} : { publishedAt: new Date(now.getTime() - daysOld * 86_400_000) },
});
const urls = (links: { url: string }[]) => links.map((link) => link.url).join("");

test("newest first up to the number, nothing older than the days", () => {
  const links = [article("c", 3), article("a", 1), article("d", 40), article("b", 2)];
  const { selected, skipped } = firstRunBudget(links, { articles: 2, days: 30, now });
  expect(urls(selected)).toBe("ab");
  expect(skipped).toEqual([
    { url: "c", reason: "too-old", detail: "over the limit of the first run" },
    { url: "d", reason: "too-old", detail: "older than 30 days" },
  ]);
});

test("undated articles count as new, in order of appearance", () => {
  const links = [article("x"), article("a", 1), article("y"), article("z")];
  const { selected } = firstRunBudget(links, { articles: 3, days: 30, now });
  expect(urls(selected)).toBe("xyz");
});

test("pages of lists and sitemaps are always kept", () => {
  const links: FoundLink[] = [
    { url: "s", kind: "sitemap", page: 2, hints: { modifiedAt: new Date(0) } },
    article("a", 99),
    { url: "l", kind: "listing", page: 2, hints: {} },
  ];
  expect(urls(firstRunBudget(links, { articles: 1, days: 30, now }).selected)).toBe("sl");
});
