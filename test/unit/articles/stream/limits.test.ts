import { expect, test } from "vitest";
import { leadOf } from "../../../../articles/stream/lead.ts";
import { mayQuote, toItem } from "../../../../model/articles/article.ts";
import type { UsageSignal } from "../../../../model/usage-rights.ts";
import { makeArticle } from "../../../helpers/articles.ts";

const signal = (some: Partial<UsageSignal>): UsageSignal => ({
  format: "robots-directive",
  place: "meta",
  text: "max-snippet:20",
  url: "https://city.example/a",
  seenAt: new Date("2026-11-28T10:00:00Z"),
  ...some,
});
const teaser = "The council opens a portal with services for permits.";
const article = (some: Partial<UsageSignal>) =>
  makeArticle("a", { teaser, rights: [signal(some)] });

test("max-snippet cuts what lists and items show", () => {
  const limited = article({ maxCharacters: 20 });
  expect(leadOf(limited, undefined).join("").length).toBeLessThanOrEqual(20);
  expect(toItem(limited).teaser?.length).toBeLessThanOrEqual(20);
  expect(toItem(article({ maxCharacters: 500 })).teaser).toBe(teaser);
});

test("no excerpt leaves none", () => {
  const silent = article({ maxCharacters: 0 });
  expect([leadOf(silent, undefined), toItem(silent).teaser]).toEqual([[], null]);
});

test("a limit or a denial keeps the text from readers, a signal for models doesn't", () => {
  expect(mayQuote(article({ maxCharacters: 20 }))).toBe(false);
  expect(mayQuote(article({ denies: ["full-text"] }))).toBe(false);
  expect(mayQuote(article({ denies: ["ai-train"] }))).toBe(true);
});
