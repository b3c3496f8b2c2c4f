import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HAPPENINGS } from "../../../demo/data.ts";
import { startWorld, type World } from "../../../demo/world.ts";
import { ask, textOf } from "./ask.ts";

/** One round through what is written down, and some more. */
const MORE = 20;

describe("the sample world after its first pass", () => {
  let world: World;
  const messages: string[] = [];
  const articleNamed = (part: string) => {
    const found = world.truth.articles.find(({ url }) => url.includes(part));
    if (!found) throw new Error(`no article ${part}`);
    return found;
  };
  const read = async (url: string) => textOf(await ask(world, url));

  beforeAll(async () => {
    world = await startWorld({ port: 0, every: "30s" });
    for (let count = 0; count < HAPPENINGS.length + MORE; count++) messages.push(world.happen());
  });
  afterAll(() => world.close());

  it("says of each happening what it is", () => {
    expect(messages).toHaveLength(HAPPENINGS.length + MORE);
    expect(messages[0]).toBe(
      'civic-wire publishes "Cork promises a repair date for every broken street lamp"',
    );
    expect(messages.at(-1)).toMatch(/^a publisher corrects /);
  });

  it("announces a new article first in its site's feed, dated when it was published", async () => {
    const { url, publishedAt } = articleNamed("helsinki-budget-robots");
    const feed = await read(`http://civicwire.example:${world.port}/rss.xml`);
    expect(feed.indexOf(url)).toBeGreaterThan(0);
    expect(feed.indexOf(url)).toBeLessThan(feed.indexOf("dublin-bus-priority"));
    expect(Date.now() - Date.parse(publishedAt)).toBeLessThan(60_000);
  });

  it("links a copy with the article that it copies", () => {
    const original = articleNamed("civicwire.example:");
    const copy = world.truth.articles.find(({ sourceId, url }) => {
      return sourceId === "metro-ledger" && url.includes("cork-street-repair-promises");
    });
    expect(copy?.duplicateOf).toContain("cork-street-repair-promises");
    expect(original.duplicateOf).toBeNull();
  });

  it("shows a corrected article with its new title, and its time of change", async () => {
    const { title, url } = articleNamed("boston-permit-backlog");
    expect(title).toContain("8,600");
    expect(await read(url)).toContain("8,600 building permits");
  });

  it("puts a notice in place of a retracted article", async () => {
    const { url, text } = articleNamed("hartford-robot-inspectors");
    expect(text).toMatch(/^This article has been retracted/);
    expect(await read(url)).toContain("RETRACTED:");
  });

  it("answers with errors on a site that has a fault, and on no other", async () => {
    const { port } = world;
    expect((await ask(world, `http://vestnik.example:${port}/rss.xml`)).status).toBe(503);
    expect((await ask(world, `http://civicwire.example:${port}/rss.xml`)).status).toBe(200);
  });

  it("has its sources polled as often as it is asked to", () => {
    expect(world.sources.every(({ yaml }) => yaml.includes("every: 30s"))).toBe(true);
  });
});
