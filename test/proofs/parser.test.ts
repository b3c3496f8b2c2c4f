import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type ExtractTask, sourceView } from "../../articles/reading/parse-tasks.ts";
import { createParser, type Parser } from "../../articles/reading/parser.ts";
import { GiveUp, RetryLater } from "../../model/crawl/outcome.ts";
import { makeSource } from "../helpers/articles.ts";
import { articlePage, feedOf } from "../helpers/site.ts";

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
const extract = (html: string) => parser.extract({ hints: {}, ...pageOf(html) });

test("A page is read as an article with its place, topics and fingerprint", async () => {
  const { extraction, article } = await extract(articlePage("Portal opened"));
  expect(extraction.page.kind).toBe("article");
  expect(article).toMatchObject({ classified: { title: "Portal opened", country: "DE" } });
  expect(article?.fingerprint.keys.length).toBeGreaterThanOrEqual(13);
});

test("A place that the article names wins over its source's country", async () => {
  const { article } = await extract(articlePage("Shenzhen opens a portal"));
  expect(article?.classified).toMatchObject({
    prefix: "CN: Guangdong: ",
    regionCode: "CN-GD",
    city: "Shenzhen",
    place: { because: { country: "mentioned" } },
  });
  expect(article?.classified.place.hits[0]).toMatchObject({ field: "title", matched: "Shenzhen" });
});

test("Reading a page leaves its bytes as they are", async () => {
  const page = pageOf(articlePage("Portal opened"));
  await parser.extract({ hints: {}, ...page });
  expect(page.body.toString()).toContain("Portal opened");
});

test("The dates of a feed are read as dates", async () => {
  const feed = { ...pageOf(feedOf([url]), "application/rss+xml"), url: "https://city.example/rss" };
  const { discovery } = await parser.discover({ kind: "feed", page: 1, ...feed });
  expect(discovery.links).toMatchObject([{ url, kind: "article" }]);
  expect(discovery.links[0]?.hints.publishedAt).toBeInstanceOf(Date);
});

describe("a task that fails", () => {
  test("It is given up, and no other page fails with it", async () => {
    const broken: ExtractTask = { hints: {}, ...pageOf("<p>x") };
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

/** Threads of this process that run or wait for a core, without the main one. */
function busyThreads(): number {
  const ids = readdirSync("/proc/self/task").filter((id) => id !== String(process.pid));
  return ids.filter((id) => isBusy(`/proc/self/task/${id}/stat`)).length;
}

function isBusy(stat: string): boolean {
  try {
    return /\) R /.test(readFileSync(stat, "utf8"));
  } catch {
    // It has ended meanwhile.
    return false;
  }
}

const thread = new URL("../fixtures/threads/poison.mjs", import.meta.url);

test("One thread reads all pages as long as it keeps up", async () => {
  const pool = createParser(2, [], { thread, patience: 60_000 });
  const all = Array.from({ length: 200 }, () => pool.extract({ hints: {}, ...pageOf("<p>x") }));
  const threads = new Set((await Promise.all(all)).map((read) => Reflect.get(read, "threadId")));
  expect(threads.size).toBe(1);
  await pool.close();
});

describe("a page that is poison", () => {
  let poisoned: Parser;
  beforeAll(() => {
    poisoned = createParser(2, [], {
      thread,
      deadline: 4000,
      patience: 500,
      countIdle: () => () => 1,
    });
  });
  afterAll(() => poisoned.close());
  const read = (name: string) =>
    poisoned.extract({ hints: {}, ...pageOf("<p>x"), url: `${url}/${name}` });

  test("The thread of a page that hangs is ended while other pages are read", async () => {
    const ended: string[] = [];
    const hung = read("hangs")
      .catch((error: unknown) => error)
      .finally(() => ended.push("hung"));
    for (let n = 0; n < 20; n++) await read(`fine-${n}`);
    ended.push("fine");
    const error = await hung;
    expect(error).toBeInstanceOf(RetryLater);
    expect(error).toMatchObject({ reason: "parse" });
    expect(ended).toEqual(["fine", "hung"]);
    // A thread that was left behind would always be one of them.
    await vi.waitUntil(() => busyThreads() === 0, { timeout: 60_000 });
  });

  test.each(["bursts", "crashes"])("A page whose thread %s fails alone", async (how) => {
    const patient = createParser(1, [], { thread, deadline: 30_000, heap: 48 });
    const of = (name: string) =>
      patient.extract({ hints: {}, ...pageOf("<p>x"), url: `${url}/${name}` });
    await expect(of(how)).rejects.toBeInstanceOf(GiveUp);
    await expect(of("fine")).resolves.toMatchObject({ article: null });
    await patient.close();
  });
});
