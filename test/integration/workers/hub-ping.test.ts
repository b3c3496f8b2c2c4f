import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createLogger } from "../../../config/logger.ts";
import type { Store } from "../../../store/store.ts";
import { createHubPing } from "../../../workers/deliver/hub-ping.ts";
import { makeArticle, publishArticles } from "../../helpers/articles.ts";
import { resetStore, startTestDatabase, type TestDatabase } from "../../helpers/database.ts";
import { makePortal } from "../../helpers/portal.ts";
import { closeReceivers, HOSTILE, receive, testPost } from "../../helpers/receiver.ts";

let database: TestDatabase;
let store: Store;
const post = testPost();
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("hub");
});
afterEach(closeReceivers);
afterAll(async () => {
  await post.close();
  await database.close();
});

const baseUrl = "http://portal.example";

function pinging(hub: string) {
  let now = Date.now();
  const log = createLogger({ logLevel: "silent" });
  const deps = { store, post, log, now: () => new Date(now), random: () => 0 };
  const ping = createHubPing(deps, { hub, baseUrl });
  // What the first look finds the second one sends.
  const pingTwice = async () => (await ping()) + (await ping());
  return { ping, pingTwice, advance: (ms: number) => void (now += ms) };
}

describe("a hub of the portal", () => {
  let url: string;
  let atFirst: number;
  let once: { taken: number; requests: number };
  let soonAfter: { taken: number[]; requests: number };
  let redirected: number;
  let accepted: number;
  let afterwards: { taken: number; requests: number };
  let form: URLSearchParams;
  let feeds: { url: string; status: number; body: string }[];
  beforeAll(async () => {
    await resetStore(store);
    let status = 500;
    const receiver = await receive((response) => response.writeHead(status).end());
    const { got } = receiver;
    ({ url } = receiver);
    await publishArticles(store, "created", [makeArticle("old", { topics: ["egov"] })]);
    const { ping, pingTwice, advance } = pinging(url);
    atFirst = await pingTwice();
    const a = { sourceId: "paris", country: "FR" };
    await publishArticles(store, "created", [makeArticle("a", a)]);
    once = { taken: await ping(), requests: got.length };
    soonAfter = { taken: [await ping(), await ping()], requests: got.length };
    await publishArticles(store, "updated", [
      makeArticle("a", { ...a, country: "DE", topics: ["ai"] }),
    ]);
    advance(60_000);
    status = 302;
    redirected = await pingTwice();
    advance(60_000);
    status = 202;
    accepted = await pingTwice();
    advance(60_000);
    afterwards = { taken: await pingTwice(), requests: got.length };
    form = new URLSearchParams(got.at(-1)?.body);
    feeds = await readFeeds(url, form.getAll("hub.url"));
  });

  test("it is not pinged for what was published before", () => {
    expect(atFirst).toBe(0);
  });

  test("it is pinged only by the second look after something new", () => {
    expect(once).toEqual({ taken: 0, requests: 0 });
  });

  test("it is left alone for a while after it failed", () => {
    expect(soonAfter).toEqual({ taken: [0, 0], requests: 1 });
  });

  test("a redirect of its answer is a failure as well", () => {
    expect(redirected).toBe(0);
  });

  test("it is pinged again until it accepts", () => {
    expect(accepted).toBeGreaterThan(0);
  });

  test("it is not pinged again for what it accepted", () => {
    expect(afterwards).toEqual({ taken: 0, requests: 3 });
  });

  test("the ping lists every feed that has something new, in all formats", () => {
    expect(form.get("hub.mode")).toBe("publish");
    const lists = ["all", "source/paris", "topic/smart-city", "topic/ai"];
    const others = ["country/FR", "country/DE", "language/en"];
    const listed = [...lists, ...others].flatMap((list) =>
      ["atom", "json", "rss"].map((format) => `${baseUrl}/feeds/${list}.${format}`),
    );
    expect(form.getAll("hub.url").toSorted()).toEqual(listed.toSorted());
  });

  test("each feed of the ping names the same URL as its own, and the hub", () => {
    expect(feeds).toHaveLength(6);
    for (const feed of feeds) {
      expect([feed.url, feed.status]).toEqual([feed.url, 200]);
      expect(feed.body).toContain(feed.url);
      expect(feed.body).toContain(url);
    }
  });
});

test.each(HOSTILE)(
  "a hub that %s holds nobody up, and is pinged again unless it accepted",
  async (name, answer, problem) => {
    await resetStore(store);
    let answers = answer;
    const { got, url } = await receive((response) => answers(response));
    const { pingTwice, advance } = pinging(url);
    await pingTwice();
    await publishArticles(store, "created", [makeArticle(`that ${name}`)]);
    const isTaken = (await pingTwice()) > 0;
    advance(60_000);
    answers = (response) => response.writeHead(202).end();
    const isTakenAgain = (await pingTwice()) > 0;
    const accepts = problem === null;
    expect([isTaken, isTakenAgain]).toEqual([accepts, !accepts]);
    expect(got).toHaveLength(accepts ? 1 : 2);
  },
  60_000,
);

test("a hub at an inner address is not pinged", async () => {
  await resetStore(store);
  const { pingTwice } = pinging("http://inside.example/hub");
  await pingTwice();
  await publishArticles(store, "created", [makeArticle("a")]);
  expect(await pingTwice()).toBe(0);
});

/** What the portal serves at those feed URLs that list everything or a topic that is new. */
async function readFeeds(hub: string, urls: string[]) {
  const config = { portalTitle: "P", baseUrl, timezone: "UTC", topicNames: {}, version: "1" };
  const portal = await makePortal(store, { config: { ...config, hub } });
  const wanted = urls.filter((one) => /feeds.(all|topic.ai)/.test(one));
  const read = await Promise.all(
    wanted.map(async (feed) => {
      const { statusCode, body } = await portal.inject(feed.replace(baseUrl, ""));
      return { url: feed, status: statusCode, body };
    }),
  );
  await portal.close();
  return read;
}
