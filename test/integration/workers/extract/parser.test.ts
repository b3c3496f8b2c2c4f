import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sleep } from "../../../../lib/time.ts";
import { GiveUp, RetryLater } from "../../../../model/failure.ts";
import { type ExtractTask, sourceView } from "../../../../workers/extract/parse-tasks.ts";
import { createParser, type Parser } from "../../../../workers/extract/parser.ts";
import { makeSource } from "../../../helpers/articles.ts";
import { articlePage, feedOf } from "../../../helpers/site.ts";

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

test("what an article names wins over its source's country", async () => {
  const { article } = await extract(articlePage("Shenzhen opens a portal"));
  expect(article?.classified).toMatchObject({
    prefix: "CN: Guangdong: ",
    regionCode: "CN-GD",
    city: "Shenzhen",
    place: { because: { country: "named" } },
  });
  expect(article?.classified.place.hits[0]).toMatchObject({ field: "title", matched: "Shenzhen" });
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

const thread = new URL("../../../fixtures/threads/poison.mjs", import.meta.url);

test("what comes at once is read by one thread, as long as it keeps up", async () => {
  const pool = createParser(2, [], { thread, patience: 60_000 });
  const all = Array.from({ length: 200 }, () =>
    pool.extract({ task: "extract", hints: {}, ...pageOf("<p>x") }),
  );
  const by = new Set((await Promise.all(all)).map((read) => Reflect.get(read, "threadId")));
  expect(by.size).toBe(1);
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
    poisoned.extract({ task: "extract", hints: {}, ...pageOf("<p>x"), url: `${url}/${name}` });

  test("and hangs has its thread ended, not waited for, while its neighbours go on", async () => {
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
    // A thread that was left behind would go on burning a core.
    await sleep(300);
    const before = process.cpuUsage();
    await sleep(1000);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(500);
  });

  test.each(["bursts", "crashes"])("and %s costs its thread alone", async (how) => {
    const patient = createParser(1, [], { thread, deadline: 30_000, heap: 48 });
    const of = (name: string) =>
      patient.extract({ task: "extract", hints: {}, ...pageOf("<p>x"), url: `${url}/${name}` });
    await expect(of(how)).rejects.toBeInstanceOf(GiveUp);
    await expect(of("fine")).resolves.toMatchObject({ article: null });
    await patient.close();
  });
});
