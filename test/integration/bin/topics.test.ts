import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import type { Article } from "../../../model/article.ts";
import { makeArticle } from "../../helpers/articles.ts";
import { cliOn } from "../../helpers/cli.ts";
import { startTestDatabase, type TestDatabase } from "../../helpers/database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
});
afterAll(() => database.close());

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000);
const told = (id: string, keyword: string) => ({
  id,
  score: 3,
  because: "keywords" as const,
  hits: [{ keyword, where: "title" as const, times: 1, weight: 3 }],
});
const make = (id: string, given: Partial<Article>) =>
  makeArticle(id, { sortAt: ago(60), teaser: null, ...given });

test.concurrent("an editor corrects an article, sees why it is as it is, and takes it back", async () => {
  const store = await database.open("correct");
  const cli = cliOn(store);
  const byTopic = [told("iot", "sensor*")];
  const relevance = {
    score: 0.4,
    min: 0.3,
    parts: { topics: 0.3, declared: 0, place: 0, trust: 0.1 },
  };
  await store.collections.articles.insertOne(
    make("a", { topics: ["iot"], evidence: { byTopic, relevance } }),
  );
  const change = ["--add", "street-lighting", "waste", "--remove", "iot"];
  const bad = await cli(["topics", "correct", "a", "--add", "lamps", "--reason", "about lamps"]);
  expect([bad.code, bad.err]).toEqual([2, expect.stringContaining("no such topic: lamps")]);
  const made = await cli(["topics", "correct", "a", ...change, "--reason", "about lamps"]);
  expect(made).toMatchObject({ code: 0, err: expect.stringContaining("readers get an update") });
  const article = await store.collections.articles.findOne({ _id: "a" });
  expect(article?.topics).toEqual(["street-lighting", "smart-city", "waste"]);

  const [why, list] = await Promise.all([
    cli(["topics", "explain", "a"]),
    cli(["topics", "corrections"]),
  ]);
  expect(why.out).toMatch(/street-lighting .* an editor says so/);
  expect(why.out).toMatch(/published: relevance 0\.\d+ of 0\.3 asked for/);
  expect(why.out).toMatch(/\+waste -iot by cli \S+, .*: about lamps/);
  expect(list.out).toMatch(/\+street-lighting \+smart-city \+waste -iot/);
  const undo = ["topics", "undo", made.out.trim(), "--reason"];
  expect(await cli([...undo, "my mistake"])).toMatchObject({ code: 0 });
  expect(await store.collections.articles.findOne({ _id: "a" })).toMatchObject({ topics: ["iot"] });
  expect((await cli([...undo, "again"])).err).toContain("undone before");
  const log = JSON.parse((await cli(["audit", "--json"])).out);
  expect(log).toMatchObject([
    { action: "article.undo", subject: "a", reason: "my mistake" },
    {
      action: "article.correct",
      reason: "about lamps",
      detail: "+street-lighting +smart-city +waste -iot",
    },
  ]);
});

test.concurrent("a text is explained without any service", async () => {
  const store = await database.open("text");
  const cli = cliOn(store);
  const title = ["--title", "Stadt senkt Stromrechnung"];
  const { out } = await cli(
    ["topics", "explain", "--text", "-", "--json", ...title],
    "Die neuen Straßenlaternen dimmen sich nachts selbst.",
  );
  const found = JSON.parse(out);
  expect(found.language).toBe("de");
  expect(found.verdicts).toMatchObject([
    { id: "street-lighting", hits: [{ keyword: "Straßenlaterne*", where: "lead", weight: 2 }, {}] },
    { id: "smart-city", narrower: ["street-lighting"] },
  ]);
  expect((await cli(["topics", "explain"])).code).toBe(2);
});

test.concurrent("corrections that agree become rules to paste, with what speaks for them", async () => {
  const store = await database.open("suggest");
  const cli = cliOn(store);
  const empty = await cli(["topics", "suggest"]);
  expect(empty.out).toMatch(/^# 0 corrections; a rule is offered once two/);
  const fresh = ["Lamp masts lean in the harbour", "New lamp masts for the old town"];
  const actors = ["Radio signal from a star", "Weak radio signal heard"];
  await store.collections.articles.insertMany([
    ...fresh.map((title, n) => make(`lamp-${n}`, { title, text: title, topics: [], evidence: {} })),
    ...actors.map((title, n) =>
      make(`signal-${n}`, {
        title,
        text: title,
        topics: ["traffic"],
        evidence: { byTopic: [told("traffic", "signal*")] },
      }),
    ),
    make("right", {
      title: "Signal at the crossing",
      topics: ["traffic"],
      evidence: { byTopic: [told("traffic", "signal*")] },
    }),
    ...Array.from({ length: 60 }, (_, n) =>
      make(`other-${n}`, {
        title: `The council met, item ${n}`,
        text: "Budget and the library.",
        topics: [],
      }),
    ),
  ]);
  for (const id of ["lamp-0", "lamp-1"]) {
    await cli(["topics", "correct", id, "--add", "street-lighting", "--reason", "lamps"]);
  }
  for (const id of ["signal-0", "signal-1"]) {
    await cli(["topics", "correct", id, "--remove", "traffic", "--reason", "no traffic"]);
  }
  const { out, code } = await cli(["topics", "suggest"]);
  expect(code).toBe(0);
  expect(out).toContain('# "lamp masts": in 2 of 2 corrected articles, in 0 of 6');
  expect(out).toContain('# "signal*": wrong in 2 articles, right in 1');
  expect(parse(out)).toEqual([
    { id: "street-lighting", keywords: { en: ["lamp masts"] } },
    { id: "traffic", negatives: { en: ["radio signal"] } },
  ]);
});

test.concurrent("what isn't published is listed with its reason", async () => {
  const store = await database.open("unlisted");
  const detail = "0.12 of 0.3: topics 0, declared 0, place 0.05, trust 0.07";
  await store.collections.articles.insertMany([
    make("low", {
      status: "unlisted",
      unlisted: { reason: "below relevance", detail, at: ago(5) },
    }),
    make("shown", {}),
  ]);
  const { out, code } = await cliOn(store)(["unlisted"]);
  expect(code).toBe(0);
  expect(out).toContain(detail);
  expect(out).not.toContain("shown");
  expect((await cliOn(store)(["unlisted", "--limit", "many"])).code).toBe(2);
});
