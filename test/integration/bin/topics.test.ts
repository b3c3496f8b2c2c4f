import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { Article } from "../../../model/articles/article.ts";
import { makeArticle } from "../../helpers/articles.ts";
import type { CliEnd } from "../../helpers/cli.ts";
import { commandsOn } from "../../helpers/commands-here.ts";
import { startTestDatabase, type TestDatabase } from "../../helpers/database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
});
afterAll(() => database.close());

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000);
/** Why an article has a topic: a keyword in its title. */
const byKeyword = (id: string, keyword: string) => ({
  id,
  score: 3,
  because: "keywords" as const,
  hits: [{ keyword, where: "title" as const, times: 1, weight: 3 }],
});
const make = (id: string, overrides: Partial<Article>) =>
  makeArticle(id, { sortAt: ago(60), teaser: null, ...overrides });

describe("an article is corrected", () => {
  /** How each command ended. */
  const ended: Record<string, CliEnd> = {};
  /** Topics of the article at each step. */
  const topics: Record<string, readonly string[] | undefined> = {};
  beforeAll(async () => {
    const store = await database.open("correct");
    const cli = commandsOn(store);
    const byTopic = [byKeyword("iot", "sensor*")];
    const relevance = {
      score: 0.4,
      min: 0.3,
      parts: { topics: 0.3, declared: 0, place: 0, trust: 0.1 },
    };
    await store.collections.articles.insertOne(
      make("a", { topics: ["iot"], evidence: { byTopic, relevance } }),
    );
    const topicsNow = async () => (await store.collections.articles.findOne({ _id: "a" }))?.topics;
    const correct = (...change: string[]) =>
      cli(["topics", "correct", "a", ...change, "--reason", "about lamps"]);
    ended["unknown topic"] = await correct("--add", "lamps");
    const made = await correct("--add", "street-lighting", "waste", "--remove", "iot");
    topics["corrected"] = await topicsNow();
    const [explain, list] = await Promise.all([
      cli(["topics", "explain", "a"]),
      cli(["topics", "corrections"]),
    ]);
    const undo = ["topics", "undo", made.out.trim(), "--reason"];
    const undone = await cli([...undo, "my mistake"]);
    topics["undone"] = await topicsNow();
    const [undoneAgain, audit] = await Promise.all([
      cli([...undo, "again"]),
      cli(["audit", "--json"]),
    ]);
    Object.assign(ended, { made, explain, list, undone, undoneAgain, audit });
  });

  test("A correction can't add an unknown topic", () => {
    const { code, err } = ended["unknown topic"] ?? {};
    expect([code, err]).toEqual([2, expect.stringContaining('there is no topic "lamps"')]);
  });

  test("A correction is sent to readers as an update", () => {
    expect(ended["made"]).toMatchObject({
      code: 0,
      err: expect.stringContaining("readers get an update"),
    });
  });

  test("A correction replaces topics, and adds the wider ones", () => {
    expect(topics["corrected"]).toEqual(["street-lighting", "smart-city", "waste"]);
  });

  test("An explanation names the topics that an editor added", () => {
    expect(ended["explain"]?.out).toMatch(/street-lighting .* added by an editor/);
  });

  test("An explanation compares the relevance with the least", () => {
    expect(ended["explain"]?.out).toMatch(/published: relevance 0\.\d+, required 0\.3/);
  });

  test("An explanation says who corrected the article and why", () => {
    expect(ended["explain"]?.out).toMatch(/\+waste -iot by cli \S+, .*: about lamps/);
  });

  test("The list of corrections shows the topics added and removed", () => {
    expect(ended["list"]?.out).toMatch(/\+street-lighting \+smart-city \+waste -iot/);
  });

  test("An undone correction restores the topics", () => {
    expect(ended["undone"]).toMatchObject({ code: 0 });
    expect(topics["undone"]).toEqual(["iot"]);
  });

  test("A correction is undone once", () => {
    expect(ended["undoneAgain"]?.err).toContain("already undone");
  });

  test("The audit log has the correction and its undoing", () => {
    expect(JSON.parse(ended["audit"]?.out ?? "")).toMatchObject([
      { action: "article.undo", subject: "a", reason: "my mistake" },
      {
        action: "article.correct",
        reason: "about lamps",
        detail: "+street-lighting +smart-city +waste -iot",
      },
    ]);
  });
});

describe("a text is explained without any service", () => {
  let text: CliEnd;
  let nothing: CliEnd;
  beforeAll(async () => {
    const cli = commandsOn(await database.open("text"));
    [text, nothing] = await Promise.all([
      cli(
        ["topics", "explain", "--text", "-", "--json", "--title", "Stadt senkt Stromrechnung"],
        "Die neuen Straßenlaternen dimmen sich nachts selbst.",
      ),
      cli(["topics", "explain"]),
    ]);
  });

  test("The language of a text is found", () => {
    expect(JSON.parse(text.out).language).toBe("de");
  });

  test("The topics of a text are shown with their keywords", () => {
    const keyword = { keyword: "Straßenlaterne*", where: "lead", weight: 2 };
    expect(JSON.parse(text.out).verdicts).toMatchObject([
      { id: "street-lighting", hits: [keyword, {}] },
      { id: "smart-city", narrower: ["street-lighting"] },
    ]);
  });

  test("An explanation needs an article or a text", () => {
    expect(nothing.code).toBe(2);
  });
});

describe("corrections suggest rules", () => {
  let without: CliEnd;
  let suggested: CliEnd;
  beforeAll(async () => {
    const store = await database.open("suggest");
    const cli = commandsOn(store);
    without = await cli(["topics", "suggest"]);
    const lamps = ["Lamp masts lean in the harbour", "New lamp masts for the old town"];
    const signals = ["Radio signal from a star", "Weak radio signal heard"];
    const traffic = {
      topics: ["traffic"],
      evidence: { byTopic: [byKeyword("traffic", "signal*")] },
    };
    await store.collections.articles.insertMany([
      ...lamps.map((title, n) =>
        make(`lamp-${n}`, { title, text: title, topics: [], evidence: {} }),
      ),
      ...signals.map((title, n) => make(`signal-${n}`, { title, text: title, ...traffic })),
      make("right", { title: "Signal at the crossing", ...traffic }),
      ...Array.from({ length: 60 }, (_, n) =>
        make(`other-${n}`, {
          title: `The council met, item ${n}`,
          text: "Budget and the library.",
          topics: [],
        }),
      ),
    ]);
    const correct = (id: string, ...change: string[]) =>
      cli(["topics", "correct", id, ...change, "--reason", "it is wrong"]);
    await Promise.all([
      correct("lamp-0", "--add", "street-lighting"),
      correct("lamp-1", "--add", "street-lighting"),
      correct("signal-0", "--remove", "traffic"),
      correct("signal-1", "--remove", "traffic"),
    ]);
    suggested = await cli(["topics", "suggest"]);
  });

  test("Without corrections no rule is suggested", () => {
    expect(without.out).toMatch(/^# Corrections: 0. A rule is suggested once two/);
  });

  test("A suggested keyword shows how often it is in corrected and in other articles", () => {
    expect(suggested.code).toBe(0);
    expect(suggested.out).toContain('# "lamp masts": in 2 of 2 corrected articles, in 0 of 6');
  });

  test("A suggested exclusion shows how often the keyword is wrong and right", () => {
    expect(suggested.out).toContain('# "signal*": wrong in 2 articles, right in 1');
  });

  test("The suggested rules can be pasted into the topics as they are", () => {
    expect(parse(suggested.out)).toEqual([
      { id: "street-lighting", keywords: { en: ["lamp masts"] } },
      { id: "traffic", negatives: { en: ["radio signal"] } },
    ]);
  });
});

describe("articles that aren't published are listed", () => {
  const detail = "0.12 of 0.3: topics 0, declared 0, place 0.05, trust 0.07";
  let unlisted: CliEnd;
  let wrongLimit: CliEnd;
  beforeAll(async () => {
    const store = await database.open("unlisted");
    await store.collections.articles.insertMany([
      make("low", {
        status: "unlisted",
        unlisted: { reason: "below relevance", detail, at: ago(5) },
      }),
      make("shown", {}),
    ]);
    const cli = commandsOn(store);
    [unlisted, wrongLimit] = await Promise.all([
      cli(["unlisted"]),
      cli(["unlisted", "--limit", "many"]),
    ]);
  });

  test("An article that isn't published is listed with its reason", () => {
    expect(unlisted.code).toBe(0);
    expect(unlisted.out).toContain(detail);
  });

  test("A published article isn't among them", () => {
    expect(unlisted.out).not.toContain("shown");
  });

  test("A limit that is no number is refused", () => {
    expect(wrongLimit.code).toBe(2);
  });
});
