import { createHmac } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createSecrets } from "../../../config/secrets.ts";
import { type ProxyOf, proxiesIn } from "../../../crawler/http/http.ts";
import { MINUTE_MS } from "../../../lib/time.ts";
import type { Run } from "../../../model/crawl/outcome.ts";
import type { Subscription } from "../../../model/crawl/subscription.ts";
import type { SourceRecord } from "../../../model/sources/source.ts";
import { getRun, newRun } from "../../../store/crawl/runs.ts";
import { listSubscriptions } from "../../../store/crawl/subscriptions.ts";
import { getSource } from "../../../store/sources/sources.ts";
import type { Store } from "../../../store/store.ts";
import { websubRoutes } from "../../../web/feeds/websub.ts";
import { crawl } from "../../../workers/crawl/open-runs.ts";
import {
  createHubAsk,
  hearIntent,
  hearPush,
  noteHub,
} from "../../../workers/crawl/subscriptions.ts";
import { checkForTrouble } from "../../../workers/maintain/alarms.ts";
import { sendHeartbeat } from "../../../workers/maintain/standstill.ts";
import { closeFinishedRuns, countPushed } from "../../../workers/schedule/close-runs.ts";
import { makeSource } from "../../helpers/articles.ts";
import { makePortal } from "../../helpers/portal.ts";
import { closeReceivers, receive, testPost } from "../../helpers/receiver.ts";
import { byReference, startUpstream } from "../../helpers/upstream.ts";
import { type Services, startServices } from "../../helpers/watched-site.ts";
import { takeTurns } from "../../helpers/worker.ts";

const DAY = 24 * 60 * MINUTE_MS;
const topic = "https://city.example/feed";
const post = testPost();
let services: Services;
beforeAll(async () => {
  services = await startServices(import.meta.filename, { oneStore: true });
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
async function follow(name: string, hub: string, overrides: Partial<SourceRecord> = {}) {
  const { store, worker } = await services.watchSite(name, []);
  const { deps } = worker;
  const now = deps.now();
  const poll = new Date(now.getTime() + 60 * MINUTE_MS);
  const before = new Date(now.getTime() - 10 * MINUTE_MS);
  const times = { nextDueAt: poll, lastAttemptAt: before, lastSuccessAt: before };
  const source = makeSource("city", { feeds: [topic], ...times, ...overrides });
  await store.collections.sources.insertOne(source);
  await noteHub(deps, source, { _id: "feed" }, { url: hub, self: topic });
  const proxyOf: ProxyOf = (proxyName) => deps.proxyOf(proxyName);
  const ask = createHubAsk({ ...deps, post, proxyOf }, { baseUrl: "http://portal.example" });
  const only = async () => {
    const [subscription] = await listSubscriptions(store);
    if (!subscription) throw new Error("there is no subscription");
    return subscription;
  };
  return { store, worker, deps, poll, ask, only };
}

const intent = { mode: "subscribe", topic, challenge: "c4", leaseSeconds: 3600, reason: "" };

describe("a hub is asked for a subscription", () => {
  let beforeRequest: string | null;
  let afterFailure: { requests: number; state: Subscription };
  let again: { requests: number; form: object };
  let secondsLater: number;
  let anHourLater: number;
  let answers: Record<"guessed" | "otherTopic" | "unsubscribe" | "right", string | null>;
  let confirmed: Subscription;
  let soonAfter: number;
  let beforeLeaseEnds: number;
  let forever: { answer: string | null; leaseUntil: Date | null; now: Date };
  let denied: { answer: string | null; state: Subscription };
  let subscription: Subscription;
  beforeAll(async () => {
    let status = 500;
    const { got, url } = await receive((response) => response.writeHead(status).end());
    const { ask, only, deps, worker } = await follow("asks", url);
    subscription = await only();
    const { _id } = subscription;
    const hear = (overrides: Partial<typeof intent> = {}, id = _id) =>
      hearIntent(deps, id, { ...intent, ...overrides });
    beforeRequest = await hear();
    afterFailure = { requests: await ask(), state: await only() };
    worker.advance(6 * MINUTE_MS);
    status = 202;
    again = {
      requests: await ask(),
      form: Object.fromEntries(new URLSearchParams(got[1]?.body)),
    };
    worker.advance(6000);
    secondsLater = await ask();
    worker.advance(61 * MINUTE_MS);
    anHourLater = await ask();
    answers = {
      guessed: await hear({}, "guessed"),
      otherTopic: await hear({ topic: "https://other.example/" }),
      unsubscribe: await hear({ mode: "unsubscribe" }),
      right: await hear(),
    };
    confirmed = await only();
    worker.advance(40 * MINUTE_MS);
    soonAfter = await ask();
    worker.advance(10 * MINUTE_MS);
    beforeLeaseEnds = await ask();
    const answer = await hear({ leaseSeconds: 1e9 });
    forever = { answer, leaseUntil: (await only()).leaseUntil, now: deps.now() };
    denied = { answer: await hear({ mode: "denied", reason: "full" }), state: await only() };
  });

  test("a confirmation is refused before the hub was asked", () => {
    expect(beforeRequest).toBeNull();
  });

  test("a hub that fails is a failure with its problem", () => {
    expect(afterFailure.requests).toBe(1);
    expect(afterFailure.state).toMatchObject({ failures: 1, problem: "the hub answered 500" });
  });

  test("a hub that failed is asked again minutes later", () => {
    expect(again.requests).toBe(1);
  });

  test("the request names the feed, where to push it and the secret to sign it with", () => {
    expect(again.form).toMatchObject({
      "hub.mode": "subscribe",
      "hub.topic": topic,
      "hub.callback": `http://portal.example/websub/${subscription._id}`,
      "hub.secret": subscription.secret,
    });
  });

  test("a hub that took the request is left alone while it may still confirm it", () => {
    expect(secondsLater).toBe(0);
  });

  test("a hub that took the request and forgot it is asked again after an hour", () => {
    expect(anHourLater).toBe(1);
  });

  test("a confirmation for an unknown subscription is refused", () => {
    expect(answers.guessed).toBeNull();
  });

  test("a confirmation of another feed is refused", () => {
    expect(answers.otherTopic).toBeNull();
  });

  test("an unsubscription that nobody asked for is refused", () => {
    expect(answers.unsubscribe).toBeNull();
  });

  test("a confirmation of what was asked for is answered with its challenge", () => {
    expect(answers.right).toBe("c4");
    expect(confirmed).toMatchObject({ failures: 0, problem: null });
  });

  test("a lease of an hour is left alone after forty minutes", () => {
    expect(soonAfter).toBe(0);
  });

  test("a lease of an hour is renewed before it ends", () => {
    expect(beforeLeaseEnds).toBe(1);
  });

  test("a longer lease counts for thirty days at most", () => {
    expect(forever.answer).toBe("c4");
    expect((forever.leaseUntil?.getTime() ?? 0) - forever.now.getTime()).toBeLessThanOrEqual(
      30 * DAY,
    );
  });

  test("a hub that denies a subscription ends its lease, with the hub's reason", () => {
    expect(denied.answer).toBe("");
    expect(denied.state).toMatchObject({
      leaseUntil: null,
      problem: "the hub denied the subscription: full",
    });
  });
});

describe("the hub of a source behind a proxy", () => {
  let hub: string;
  let refused: { requests: number; state: Subscription; reached: number };
  let accepted: { requests: number; reached: number };
  let withoutSecret: { requests: number; state: Subscription };
  let throughProxy: string[];
  beforeAll(async () => {
    const { got, url } = await receive((response) => response.writeHead(202).end());
    hub = new URL(url).host;
    const upstream = await startUpstream("ann:correct-horse");
    const { ask, only, deps, worker } = await follow("proxied", url, { proxy: "env:SECRET_PROXY" });
    const credentials = { now: "ann:wrong" };
    deps.proxyOf = ({ proxy = "" }) => ({
      ...byReference(upstream, `${credentials.now}@`),
      name: proxy,
    });
    refused = { requests: await ask(), state: await only(), reached: got.length };
    credentials.now = "ann:correct-horse";
    worker.advance(6 * MINUTE_MS);
    accepted = { requests: await ask(), reached: got.length };
    deps.proxyOf = proxiesIn(createSecrets({}, null));
    worker.advance(2 * 60 * MINUTE_MS);
    withoutSecret = { requests: await ask(), state: await only() };
    throughProxy = [...upstream.requests];
    await upstream.close();
  });

  test("it is not reached where the proxy refuses us, which is a failure with its problem", () => {
    expect(refused.requests).toBe(1);
    expect(refused.state).toMatchObject({ failures: 1, problem: expect.stringContaining("407") });
    expect(refused.reached).toBe(0);
  });

  test("it is asked again once the proxy takes our credentials", () => {
    expect(accepted).toEqual({ requests: 1, reached: 1 });
  });

  test("it is not reached where the secret of the proxy is missing, and the problem says so", () => {
    expect(withoutSecret.requests).toBe(1);
    expect(withoutSecret.state.problem).toContain("a secret is missing");
  });

  test("it is asked through the proxy alone", () => {
    expect(throughProxy).toEqual([hub, hub]);
  });
});

/** Pushes a body as a hub does, by HTTP. */
async function pushing(store: Store, deps: Parameters<typeof hearPush>[0]) {
  const ears = {
    intent: (id: string, verification: typeof intent) => hearIntent(deps, id, verification),
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

describe("a hub pushes a feed", () => {
  let poll: Date;
  let status: Record<"guessed" | "wrongSecret" | "md5" | "otherBody" | "sha256" | "sha1", number>;
  let afterRefused: { subscription: Subscription; source: SourceRecord };
  let afterPushes: { subscription: Subscription; source: SourceRecord };
  let open: { source: SourceRecord; run: Run | null };
  let whileOpen: { status: number; source: SourceRecord };
  let afterSecond: SourceRecord;
  beforeAll(async () => {
    const { url } = await receive((response) => response.writeHead(202).end());
    const { store, deps, ask, only, worker, ...followed } = await follow("pushes", url);
    ({ poll } = followed);
    const { _id, secret } = await only();
    await ask();
    await hearIntent(deps, _id, { ...intent, leaseSeconds: 864_000 });
    const push = await pushing(store, deps);
    const source = async () => (await getSource(store, "city")) ?? makeSource("none");
    const both = async () => ({ subscription: await only(), source: await source() });
    const bad = {
      guessed: await push("guessed", secret),
      wrongSecret: await push(_id, "wrong"),
      md5: await push(_id, secret, "md5"),
      otherBody: await push(_id, secret, "sha256", "<other/>"),
    };
    afterRefused = await both();
    status = { ...bad, sha256: await push(_id, secret), sha1: await push(_id, secret, "sha1") };
    afterPushes = await both();
    await crawl(deps, [{ sourceId: "city" }]);
    const opened = await source();
    open = { source: opened, run: await getRun(store, opened.openRunId ?? "") };
    const second = await push(_id, secret);
    await store.collections.links.updateMany({}, { $set: { state: "done", dueAt: null } });
    await closeFinishedRuns(deps);
    whileOpen = { status: second, source: await source() };
    worker.advance(2 * MINUTE_MS);
    await crawl(deps, [{ sourceId: "city" }]);
    afterSecond = await source();
  });

  test("a push to an unknown subscription is not found", () => {
    expect(status.guessed).toBe(404);
  });

  test("pushes with a wrong secret, by MD5 or of another body are counted as refused", () => {
    const { wrongSecret, md5, otherBody } = status;
    expect([wrongSecret, md5, otherBody]).toEqual([202, 202, 202]);
    expect(afterRefused.subscription).toMatchObject({ pushes: 0, refused: 3 });
  });

  test("a refused push leaves the next poll where it was", () => {
    expect(afterRefused.source.nextDueAt).toEqual(poll);
  });

  test("pushes that are signed by SHA-256 or SHA-1 are counted", () => {
    expect([status.sha256, status.sha1]).toEqual([202, 202]);
    expect(afterPushes.subscription).toMatchObject({ pushes: 2 });
  });

  test("a push makes its source due at once and remembers when the next poll was", () => {
    expect(afterPushes.source).toMatchObject({ runRequest: { actor: "push" }, pollDueAt: poll });
  });

  test("the run after a push says that a push brought it", () => {
    expect(open.run).toMatchObject({ trigger: "push" });
  });

  test("the run after a push postpones no poll", () => {
    expect(open.source.nextDueAt).toEqual(poll);
  });

  test("a push while a run is open brings another run after it", () => {
    expect(whileOpen.status).toBe(202);
    expect(whileOpen.source).toMatchObject({
      openRunId: null,
      runRequest: { actor: "push" },
      pollDueAt: poll,
    });
  });

  test("that other run postpones no poll either", () => {
    expect(afterSecond.nextDueAt).toEqual(poll);
  });
});

describe("what a poll finds is held against the pushes before it", () => {
  /** A subscription with a lease, and its source as a later poll finds it. */
  async function followed(name: string) {
    const { url } = await receive((response) => response.writeHead(202).end());
    const { store, deps, ask, only } = await follow(name, url);
    await ask();
    await hearIntent(deps, (await only())._id, { ...intent, leaseSeconds: 864_000 });
    const later = new Date(deps.now().getTime() + 60 * MINUTE_MS);
    const source = (await getSource(store, "city")) ?? makeSource("none");
    const hubs = { feed: { url, self: topic } };
    return { store, only, later, source: { ...source, hubs, lastSuccessAt: later } };
  }

  test("what the run after a push finds was pushed", async () => {
    const { store, only, later, source } = await followed("found");
    await countPushed(store, source, { trigger: "push" }, 3, later);
    expect(await only()).toMatchObject({ found: 3, missed: 0 });
  });

  test("what a scheduled run finds was missed by the pushes", async () => {
    const { store, only, later, source } = await followed("missed");
    await countPushed(store, source, { trigger: "push" }, 3, later);
    await countPushed(store, source, { trigger: "schedule" }, 1, later);
    expect(await only()).toMatchObject({ found: 3, missed: 1 });
  });

  test("a subscription that was not there at the poll before has missed nothing", async () => {
    const { store, only, later, source } = await followed("before");
    const before = { ...source, lastSuccessAt: new Date(0) };
    await countPushed(store, before, { trigger: "schedule" }, 5, later);
    expect(await only()).toMatchObject({ missed: 0 });
  });
});

test("the dead man's switch is pinged while work goes on", async () => {
  const { got, url } = await receive((response) => response.writeHead(200).end());
  const { store, worker } = await services.watchSite("alive", []);
  const deps = { ...worker.deps, post };
  await store.collections.sources.insertOne(makeSource("late", { nextDueAt: new Date() }));
  expect(await sendHeartbeat(deps, url)).toBe(true);
  expect(got).toHaveLength(1);
});

test("the dead man's switch is not pinged while a source is hours late", async () => {
  const { got, url } = await receive((response) => response.writeHead(200).end());
  const { store, worker } = await services.watchSite("late", []);
  const deps = { ...worker.deps, post };
  await store.collections.sources.insertOne(makeSource("late", { nextDueAt: new Date() }));
  worker.advance(2 * 60 * MINUTE_MS);
  expect(await sendHeartbeat(deps, url)).toBe(false);
  expect(got).toEqual([]);
});

test("the dead man's switch and an alarm tell of a run that stays open while nothing comes of it", async () => {
  const { got, url } = await receive((response) => response.writeHead(200).end());
  const watched = await services.watchSite("standing", ["/a"]);
  const { store, worker, site } = watched;
  const deps = { ...worker.deps, post };
  const { runs, sources, links, hosts, captures } = store.collections;
  const run = newRun(makeSource("cities"), {
    _id: "run",
    trigger: "schedule",
    startedAt: new Date(),
  });
  await runs.insertOne(run);
  await sources.updateOne({ _id: "cities" }, { $set: { openRunId: "run" } });
  expect(await sendHeartbeat(deps, url)).toBe(true);
  worker.advance(2 * 60 * MINUTE_MS);
  expect(await sendHeartbeat(deps, url)).toBe(false);
  const settings = { ways: [], every: MINUTE_MS, title: "test", page: url };
  const [alarm, ...others] = await checkForTrouble(deps, settings);
  expect(alarm).toMatchObject({ subject: "cities", cause: "standstill", state: "failing" });
  expect(others).toEqual([]);
  // A host that asked to be left alone for hours stops nothing else.
  await hosts.updateMany(
    {},
    { $set: { openUntil: new Date(worker.deps.now().getTime() + MINUTE_MS) } },
  );
  expect(await sendHeartbeat(deps, url)).toBe(true);
  expect(await checkForTrouble(deps, settings)).toEqual([]);
  await hosts.updateMany({}, { $set: { openUntil: null } });
  await links.updateMany({ host: site.host }, { $set: { dueAt: worker.deps.now() } });
  await takeTurns(worker, site.host);
  await captures.updateMany({}, { $set: { fetchedAt: worker.deps.now() } });
  expect(await sendHeartbeat(deps, url)).toBe(true);
  expect(got).toHaveLength(3);
});
