import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createLogger } from "../../../config/logger.ts";
import type { Store } from "../../../store/store.ts";
import { createHubPing } from "../../../workers/deliver/hub-ping.ts";
import { makeArticle, publishArticles } from "../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../helpers/database.ts";
import { makePortal } from "../../helpers/portal.ts";
import { closeReceivers, HOSTILE, receive, testPost } from "../../helpers/receiver.ts";

let database: TestDatabase;
const post = testPost();
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
});
afterEach(closeReceivers);
afterAll(async () => {
  await post.close();
  await database.close();
});

const baseUrl = "http://portal.example";

function pinging(store: Store, hub: string) {
  let now = Date.now();
  const log = createLogger({ logLevel: "silent" });
  const deps = { store, post, log, now: () => new Date(now), random: () => 0 };
  const ping = createHubPing(deps, { hub, baseUrl });
  // The first look sees what the second one tells.
  const look = async () => (await ping()) + (await ping());
  return { ping, look, advance: (ms: number) => void (now += ms) };
}

test("a hub is told of the feeds that have something new, again until it takes it", async () => {
  const store = await database.open("hub");
  let status = 500;
  const { got, url } = await receive((response) => response.writeHead(status).end());
  await publishArticles(store, "created", [makeArticle("old", { topics: ["egov"] })]);
  const { ping, look, advance } = pinging(store, url);
  // What was there before is nobody's news.
  expect(await look()).toBe(0);
  await publishArticles(store, "created", [makeArticle("a", { sourceId: "paris", country: "FR" })]);
  expect(await ping()).toBe(0);
  expect(got).toHaveLength(0);
  expect([await ping(), await ping()]).toEqual([0, 0]);
  expect(got).toHaveLength(1);
  await publishArticles(store, "updated", [
    makeArticle("a", { sourceId: "paris", country: "DE", topics: ["ai"] }),
  ]);
  advance(60_000);
  status = 302;
  expect(await look()).toBe(0);
  advance(60_000);
  status = 202;
  expect(await look()).toBeGreaterThan(0);
  advance(60_000);
  expect(await look()).toBe(0);
  expect(got).toHaveLength(3);
  const told = new URLSearchParams(got.at(-1)?.body);
  expect(told.get("hub.mode")).toBe("publish");
  const lists = ["all", "source/paris", "topic/smart-city", "topic/ai", "country/FR", "country/DE"];
  const feeds = [...lists, "language/en"].flatMap((list) =>
    ["atom", "json", "rss"].map((format) => `${baseUrl}/feeds/${list}.${format}`),
  );
  expect(told.getAll("hub.url").toSorted()).toEqual(feeds.toSorted());

  // Each of them names itself as it was told, and its hub.
  const config = { portalTitle: "P", baseUrl, timezone: "UTC", topicNames: {}, version: "1" };
  const portal = await makePortal(store, { config: { ...config, hub: url } });
  for (const feed of told.getAll("hub.url").filter((one) => /feeds.(all|topic.ai)/.test(one))) {
    const { statusCode, body } = await portal.inject(feed.replace(baseUrl, ""));
    expect([feed, statusCode]).toEqual([feed, 200]);
    expect(body).toContain(feed);
    expect(body).toContain(url);
  }
  await portal.close();
});

test("hubs that hang, redirect and lie hold nobody up, and are told again unless they took it", async () => {
  const store = await database.open("hostile");
  for (const [name, answer, problem] of HOSTILE) {
    let answers = answer;
    const { got, url } = await receive((response) => answers(response));
    const { look, advance } = pinging(store, url);
    await look();
    await publishArticles(store, "created", [makeArticle(`that ${name}`)]);
    const since = performance.now();
    const told = (await look()) > 0;
    expect(performance.now() - since).toBeLessThan(20_000);
    advance(60_000);
    answers = (response) => response.writeHead(202).end();
    const again = (await look()) > 0;
    const taken = problem === null;
    expect({ name, told, again }).toEqual({ name, told: taken, again: !taken });
    expect(got).toHaveLength(taken ? 1 : 2);
  }
});

test("a hub inside is not called", async () => {
  const store = await database.open("inside");
  const { look } = pinging(store, "http://inside.example/hub");
  await look();
  await publishArticles(store, "created", [makeArticle("a")]);
  expect(await look()).toBe(0);
});
