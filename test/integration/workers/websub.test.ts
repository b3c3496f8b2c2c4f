import { createHmac } from "node:crypto";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createSecrets } from "../../../config/secrets.ts";
import type { SourceRecord } from "../../../model/source.ts";
import { websubRoutes } from "../../../publish/websub.ts";
import { getRun } from "../../../store/runs.ts";
import { getSource } from "../../../store/sources.ts";
import type { Store } from "../../../store/store.ts";
import { listSubscriptions } from "../../../store/subscriptions.ts";
import { pingAlive } from "../../../workers/alive.ts";
import { closeFinishedRuns } from "../../../workers/close-runs.ts";
import { crawl } from "../../../workers/crawl.ts";
import { type ProxyOf, proxiesIn } from "../../../workers/reach/proxy-of.ts";
import { createHubAsk } from "../../../workers/websub/ask.ts";
import { countPushed } from "../../../workers/websub/count.ts";
import { hearIntent, hearPush } from "../../../workers/websub/hear.ts";
import { noteHub } from "../../../workers/websub/named.ts";
import { makeSource } from "../../helpers/articles.ts";
import { makePortal } from "../../helpers/portal.ts";
import { closeReceivers, receive, testPost } from "../../helpers/receiver.ts";
import { byReference, startUpstream } from "../../helpers/upstream.ts";
import { type Services, startServices } from "../../helpers/watched-site.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const topic = "https://city.example/feed";
const post = testPost();
let services: Services;
beforeAll(async () => {
  services = await startServices(import.meta.filename);
});
afterEach(async () => {
  closeReceivers();
  await services.closeSites();
});
afterAll(async () => {
  await post.close();
  await services.close();
});

/** A source whose feed names a hub, polled in an hour, and what it is subscribed to by. */
async function follow(name: string, hub: string, given: Partial<SourceRecord> = {}) {
  const { store, worker } = await services.watchSite(name, []);
  const { deps } = worker;
  const now = deps.now();
  const poll = new Date(now.getTime() + 60 * MINUTE);
  const before = new Date(now.getTime() - 10 * MINUTE);
  const times = { nextDueAt: poll, lastAttemptAt: before, lastSuccessAt: before };
  const source = makeSource("city", { feeds: [topic], ...times, ...given });
  await store.collections.sources.insertOne(source);
  await noteHub(deps, source, { _id: "feed" }, { url: hub, self: topic });
  const proxyOf: ProxyOf = (named) => deps.proxyOf(named);
  const ask = createHubAsk({ ...deps, post, proxyOf }, { baseUrl: "http://portal.example" });
  const only = async () => {
    const [subscription] = await listSubscriptions(store);
    if (!subscription) throw new Error("there is no subscription");
    return subscription;
  };
  return { store, worker, deps, poll, ask, only };
}

const intent = { mode: "subscribe", topic, challenge: "c4", leaseSeconds: 3600, reason: "" };

test("a hub that fails, forgets, lies or denies is asked again, and believed in what we asked for alone", async () => {
  let status = 500;
  const { got, url } = await receive((response) => response.writeHead(status).end());
  const { ask, only, deps, worker } = await follow("asks", url);
  const { _id, secret } = await only();
  expect(await hearIntent(deps, _id, intent)).toBeNull();
  expect(await ask()).toBe(1);
  expect(await only()).toMatchObject({ failures: 1, problem: "the hub answered 500" });
  worker.advance(6 * MINUTE);
  status = 202;
  expect(await ask()).toBe(1);
  expect(Object.fromEntries(new URLSearchParams(got[1]?.body))).toMatchObject({
    "hub.mode": "subscribe",
    "hub.topic": topic,
    "hub.callback": `http://portal.example/websub/${_id}`,
    "hub.secret": secret,
  });
  worker.advance(6000);
  expect(await ask()).toBe(0);
  // It took the request and forgot it.
  worker.advance(61 * MINUTE);
  expect(await ask()).toBe(1);

  expect(await hearIntent(deps, "guessed", intent)).toBeNull();
  expect(await hearIntent(deps, _id, { ...intent, topic: "https://other.example/" })).toBeNull();
  expect(await hearIntent(deps, _id, { ...intent, mode: "unsubscribe" })).toBeNull();
  expect(await hearIntent(deps, _id, intent)).toBe("c4");
  expect(await only()).toMatchObject({ failures: 0, problem: null });
  worker.advance(40 * MINUTE);
  expect(await ask()).toBe(0);
  worker.advance(10 * MINUTE);
  // Renewed before the hour is over.
  expect(await ask()).toBe(1);
  const forever = { ...intent, leaseSeconds: 1e9 };
  expect(await hearIntent(deps, _id, forever)).toBe("c4");
  const { leaseUntil } = await only();
  expect((leaseUntil?.getTime() ?? 0) - deps.now().getTime()).toBeLessThanOrEqual(30 * DAY);
  expect(await hearIntent(deps, _id, { ...intent, mode: "denied", reason: "full" })).toBe("");
  expect(await only()).toMatchObject({ leaseUntil: null, problem: "the hub denies it: full" });
});

test("the hub of a source behind a proxy is asked through it, and again later where the proxy refuses", async () => {
  const { got, url } = await receive((response) => response.writeHead(202).end());
  const upstream = await startUpstream("ann:correct-horse");
  const { ask, only, deps, worker } = await follow("proxied", url, { proxy: "env:SECRET_PROXY" });
  const credentials = { now: "ann:wrong" };
  deps.proxyOf = ({ proxy = "" }) => ({
    ...byReference(upstream, `${credentials.now}@`),
    name: proxy,
  });
  expect(await ask()).toBe(1);
  expect(await only()).toMatchObject({ failures: 1, problem: expect.stringContaining("407") });
  expect(got).toEqual([]);
  credentials.now = "ann:correct-horse";
  worker.advance(6 * MINUTE);
  expect(await ask()).toBe(1);
  expect(got).toHaveLength(1);
  deps.proxyOf = proxiesIn(createSecrets({}, null));
  worker.advance(2 * 60 * MINUTE);
  expect(await ask()).toBe(1);
  expect((await only()).problem).toContain("a secret is missing");
  expect(upstream.asked).toEqual([new URL(url).host, new URL(url).host]);
  await upstream.close();
});

/** Pushes a body as a hub does, by HTTP. */
async function pushing(store: Store, deps: Parameters<typeof hearPush>[0]) {
  const ears = {
    intent: (id: string, said: typeof intent) => hearIntent(deps, id, said),
    push: (id: string, pushed: Parameters<typeof hearPush>[2]) => hearPush(deps, id, pushed),
  };
  const app = await makePortal(store, { plugins: [websubRoutes(ears)] });
  return async (id: string, key: string, method = "sha256", signed = "<rss/>") => {
    const signature = createHmac(method, key).update(signed).digest("hex");
    const headers = {
      "content-type": "application/rss+xml",
      "x-hub-signature": `${method}=${signature}`,
    };
    const url = `/websub/${id}`;
    return (await app.inject({ method: "POST", url, headers, payload: "<rss/>" })).statusCode;
  };
}

test("a signed push has the feed looked at and postpones no poll; what pushes missed is counted", async () => {
  const { url } = await receive((response) => response.writeHead(202).end());
  const { store, deps, poll, ask, only, worker } = await follow("pushes", url);
  const { _id, secret } = await only();
  await ask();
  await hearIntent(deps, _id, { ...intent, leaseSeconds: 864_000 });
  const push = await pushing(store, deps);
  const source = async () => (await getSource(store, "city")) ?? makeSource("none");

  expect(await push("guessed", secret)).toBe(404);
  expect(await push(_id, "wrong")).toBe(202);
  expect(await push(_id, secret, "md5")).toBe(202);
  expect(await push(_id, secret, "sha256", "<other/>")).toBe(202);
  expect(await only()).toMatchObject({ pushes: 0, refused: 3 });
  expect((await source()).nextDueAt).toEqual(poll);

  expect([await push(_id, secret), await push(_id, secret, "sha1")]).toEqual([202, 202]);
  expect(await only()).toMatchObject({ pushes: 2 });
  expect(await source()).toMatchObject({ asked: { by: "push" }, pollDueAt: poll });
  await crawl(deps, { sourceId: "city", trigger: "schedule" });
  const open = await source();
  expect(open.nextDueAt).toEqual(poll);
  expect(await getRun(store, open.openRunId ?? "")).toMatchObject({ trigger: "push" });
  // Another one while it is open follows it.
  expect(await push(_id, secret)).toBe(202);
  await store.collections.links.updateMany({}, { $set: { state: "done", dueAt: null } });
  await closeFinishedRuns(deps);
  expect(await source()).toMatchObject({ openRunId: null, asked: { by: "push" }, pollDueAt: poll });
  worker.advance(2 * MINUTE);
  await crawl(deps, { sourceId: "city", trigger: "schedule" });
  expect((await source()).nextDueAt).toEqual(poll);

  const later = new Date(deps.now().getTime() + 60 * MINUTE);
  const seen = { ...(await source()), hubs: { feed: { url, self: topic } }, lastSuccessAt: later };
  await countPushed(store, seen, { trigger: "push" }, 3, later);
  await countPushed(store, seen, { trigger: "schedule" }, 1, later);
  // A subscription that was not there at the look before has missed nothing.
  const before = { ...seen, lastSuccessAt: new Date(0) };
  await countPushed(store, before, { trigger: "schedule" }, 5, later);
  expect(await only()).toMatchObject({ found: 3, missed: 1 });
});

test("the dead man's switch is pinged while work goes on, and no longer", async () => {
  const { got, url } = await receive((response) => response.writeHead(200).end());
  const { store, worker } = await services.watchSite("alive", []);
  const deps = { ...worker.deps, post };
  await store.collections.sources.insertOne(makeSource("late", { nextDueAt: new Date() }));
  expect(await pingAlive(deps, url)).toBe(true);
  expect(got).toHaveLength(1);
  worker.advance(2 * 60 * MINUTE);
  expect(await pingAlive(deps, url)).toBe(false);
  expect(got).toHaveLength(1);
});
