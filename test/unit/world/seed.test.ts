import { afterEach, describe, expect, it } from "vitest";
import { handMade } from "../../world/hand-made.ts";
import { startWorld, type World } from "../../world/world.ts";
import { ask } from "./ask.ts";

const setting = { port: 18080, seed: 1, now: new Date("2026-03-18T10:20:00Z") };
const worlds: World[] = [];

afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.close()));
});

const dates = (articles: { publishedAt: string }[]) => articles.map((at) => at.publishedAt);

describe("seed and port", () => {
  const one = handMade(setting, 1);

  it("makes the same world again from the same seed", () => {
    const again = handMade(setting, 1);
    expect(again.truth()).toEqual(one.truth());
    expect(one.sites.length).toBeGreaterThan(10);
    for (const [index, site] of one.sites.entries()) {
      expect(again.sites[index]?.reply("/", 1)).toEqual(site.reply("/", 1));
    }
  });

  it("makes a world with other dates from another seed", () => {
    const other = handMade({ ...setting, seed: 2 }, 1).truth();
    expect(dates(other.articles)).not.toEqual(dates(one.truth().articles));
  });

  it("takes another port when the wanted one is in use", async () => {
    const first = await startWorld({ port: 0 });
    const second = await startWorld({ port: first.port });
    worlds.push(first, second);
    expect(second.port).not.toBe(first.port);
    expect(second.truth.articles[0]?.url).toContain(`:${second.port}/`);
  });

  it("reports requests with their gaps, apart from sub-resources and its own control paths", async () => {
    const world = await startWorld({ port: 0 });
    worlds.push(world);
    const base = `http://agency.example:${world.port}`;
    for (const path of ["/robots.txt", "/static/site.css", "/rss.xml", "/none"]) {
      await ask(world, base + path, { "user-agent": "tester/1" });
    }
    const advert = world.truth.forbidden.find((url) => url.includes("scanner-shop")) ?? "";
    await Promise.all([ask(world, advert), ask(world, advert)]);
    const report: unknown = JSON.parse(
      (await ask(world, `http://${world.address}:${world.port}/__world/report`)).body.toString(),
    );
    expect(report).toMatchObject({
      summary: {
        [`agency.example:${world.port}`]: { count: 3, maxConcurrent: 1 },
        [`scanner-shop.example:${world.port}`]: { count: 2 },
      },
      forbiddenHits: [advert, advert],
    });
    const seen = world.report().requests.filter((one) => one.host.startsWith("agency"));
    expect(seen.map((one) => [one.path, one.status, one.kind])).toEqual([
      ["/robots.txt", 200, "page"],
      ["/static/site.css", 200, "sub"],
      ["/rss.xml", 200, "page"],
      ["/none", 404, "page"],
    ]);
    expect(seen[0]?.userAgent).toBe("tester/1");
    expect(seen[2]?.start).toBeGreaterThan(seen[0]?.end ?? Infinity);
  });
});
