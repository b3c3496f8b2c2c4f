import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GiveUp } from "../../../model/failure.ts";
import { type ExtractTask, sourceView } from "../../../workers/parse-tasks.ts";
import { createParser, type Parser } from "../../../workers/parser.ts";
import { makeSource } from "../../helpers/articles.ts";
import { articlePage, feedOf } from "../../helpers/site.ts";

let parser: Parser;
beforeAll(() => {
  parser = createParser(2, []);
});
afterAll(() => parser.close());

const url = "https://city.example/news/a";
const source = sourceView(makeSource("city", { home: "https://city.example/", country: "DE" }));
const pageOf = (html: string, contentType = "text/html; charset=utf-8") => {
  return { body: Buffer.from(html), contentType, url, source, now: new Date() };
};
const extract = (html: string) => parser.extract({ task: "extract", hints: {}, ...pageOf(html) });

test("a page comes back as an article with its place, topics and fingerprint", async () => {
  const { extraction, article } = await extract(articlePage("Portal opened"));
  expect(extraction.page.kind).toBe("article");
  expect(article).toMatchObject({ classified: { title: "Portal opened", country: "DE" } });
  expect(article?.fingerprint.keys.length).toBeGreaterThanOrEqual(13);
});

test("the bytes that were given are still there: they are stored beside", async () => {
  const page = pageOf(articlePage("Portal opened"));
  await parser.extract({ task: "extract", hints: {}, ...page });
  expect(page.body.toString()).toContain("Portal opened");
});

test("a feed comes back with dates as dates", async () => {
  const feed = { ...pageOf(feedOf([url]), "application/rss+xml"), url: "https://city.example/rss" };
  const { discovery } = await parser.discover({ task: "discover", kind: "feed", page: 1, ...feed });
  expect(discovery.links).toMatchObject([{ url, kind: "article" }]);
  expect(discovery.links[0]?.hints.publishedAt).toBeInstanceOf(Date);
});

describe("a task that fails", () => {
  test("is given up on as a page that can't be read, and costs no other page", async () => {
    const broken: ExtractTask = { task: "extract", hints: {}, ...pageOf("<p>x") };
    // As a process of another version may send it.
    Reflect.deleteProperty(broken, "source");
    const tasks = [
      parser.extract(broken),
      ...Array.from({ length: 6 }, (_, n) => extract(articlePage(`Report ${n}`))),
    ];
    const [bad, ...good] = await Promise.allSettled(tasks);
    expect(bad).toMatchObject({ status: "rejected", reason: { reason: "parse" } });
    expect(bad?.status === "rejected" && bad.reason).toBeInstanceOf(GiveUp);
    expect(good.every(({ status }) => status === "fulfilled")).toBe(true);
  });
});
