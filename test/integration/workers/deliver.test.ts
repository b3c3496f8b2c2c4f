import { createHmac } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { actionsOf } from "../../../bin/roles/api-workers.ts";
import { backoffDelay, RETRY_POLICY } from "../../../config/retry-policy.ts";
import { MINUTE_MS } from "../../../lib/time.ts";
import { circuitOf, type Subscriber } from "../../../model/publish/subscriber.ts";
import type { Store } from "../../../store/store.ts";
import * as manage from "../../../web/api/manage-webhooks.ts";
import { makeArticle, publishArticles } from "../../helpers/articles.ts";
import { resetStore, startTestDatabase, type TestDatabase } from "../../helpers/database.ts";
import { endProcess, ProcessEnded, withFaults } from "../../helpers/faults.ts";
import {
  closeReceivers,
  type Received,
  receive,
  subscribe,
  testPost,
} from "../../helpers/receiver.ts";

let database: TestDatabase;
let store: Store;
const post = testPost();
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("deliver");
});
afterEach(closeReceivers);
afterAll(async () => {
  await post.close();
  await database.close();
});

const typesOf = (got: Received[]) =>
  got.map(({ body }) => {
    const { type, data } = JSON.parse(body) as { type: string; data: { articleId: string } };
    return `${data.articleId} ${type}`;
  });

type Hook = Awaited<ReturnType<typeof subscribe>>;
type Entry = Awaited<ReturnType<Hook["log"]>>[number];

describe("a receiver that takes everything", () => {
  let url: string;
  let hookId: string;
  /** What it received of changes, and of the test message. */
  let received: Received[];
  let tested: { answer: object; last: Received | undefined };
  let secrets: { old: string; fresh: string };
  let entry: Entry | undefined;
  let kept: Awaited<ReturnType<ReturnType<typeof actionsOf>["body"]>> | undefined;
  beforeAll(async () => {
    await resetStore(store);
    const receiver = await receive((response) => response.writeHead(204).end());
    ({ url } = receiver);
    const { got } = receiver;
    const hook = await subscribe(store, post, url, { topic: ["egov"] });
    hookId = hook.id;
    const egov = { topics: ["egov"] };
    await publishArticles(store, "created", [makeArticle("a", egov), makeArticle("b")]);
    await publishArticles(store, "updated", [makeArticle("a", { ...egov, title: "New" })]);
    await hook.run();
    const [{ secret: old } = { secret: "" }] = (await hook.state()).secrets;
    const fresh = await manage.rotateSecret(store, hook.id, { actor: "test", now: hook.now() });
    secrets = { old, fresh };
    await publishArticles(store, "updated", [makeArticle("a", { topics: ["ai"] })]);
    await hook.run();
    received = [...got];
    entry = (await hook.log()).find(({ seq }) => seq === 1);
    const actions = actionsOf(hook.deps);
    kept = entry && (await actions.body(entry));
    const answer = await actions.test(await hook.state());
    tested = { answer, last: got.at(-1) };
  });

  const verified = (secret: string, message: Received | undefined) =>
    new Webhook(secret).verify(message?.body ?? "", message?.headers as Record<string, string>);

  test("it receives the changes of its filter in their order", () => {
    expect(typesOf(received)).toEqual([
      "a article.created",
      "a article.updated",
      "a article.retracted",
    ]);
  });

  test("a message's id is that of its webhook and change", () => {
    expect(received[0]?.headers["webhook-id"]).toBe(`msg_${hookId}_0_1`);
  });

  test("a message is signed over its id, time and body", () => {
    const { headers, body } = received[0] ?? { headers: {}, body: "" };
    const signed = [headers["webhook-id"], headers["webhook-timestamp"], body].join(".");
    const key = Buffer.from(secrets.old.replace("whsec_", ""), "base64");
    const mac = createHmac("sha256", key).update(signed).digest("base64");
    expect(headers["webhook-signature"]).toBe(`v1,${mac}`);
  });

  test("a message after a new secret can be verified by the old and the new one", () => {
    const last = received.at(-1);
    for (const secret of [secrets.old, secrets.fresh]) {
      expect(verified(secret, last)).toMatchObject({ type: "article.retracted" });
    }
  });

  test("a message can't be verified by any other secret", () => {
    const stranger = `whsec_${Buffer.alloc(32).toString("base64")}`;
    expect(() => verified(stranger, received.at(-1))).toThrow(/signature/i);
  });

  test("the log has the request and the response of a message", () => {
    expect(entry).toMatchObject({
      seq: 1,
      delivered: true,
      problem: null,
      request: { url, headers: { "webhook-id": received[0]?.headers["webhook-id"] } },
      response: { status: 204 },
    });
  });

  test("the body of a logged message can be read again as it was sent", () => {
    expect(kept).toEqual({ body: received[0]?.body, same: true });
  });

  test("a test message is sent at once, outside the stream", () => {
    expect(tested.answer).toMatchObject({ delivered: true, seq: null });
    expect(tested.last?.body).toContain('"webhook.test"');
  });
});

describe("a receiver that fails for a while", () => {
  const waits: number[] = [];
  /** What it received while it failed, and at its first success. */
  let failing: { received: Received[]; state: Subscriber; now: Date; log: Entry[] };
  let recovered: { received: Received[]; state: Subscriber; now: Date };
  beforeAll(async () => {
    await resetStore(store);
    let status = 500;
    const { got, url } = await receive((response) => response.writeHead(status).end("oops"));
    const hook = await subscribe(store, post, url);
    await publishArticles(store, "created", [makeArticle("a"), makeArticle("b")]);
    for (let tries = 0; tries < 6; tries++) {
      await hook.run();
      const { nextTryAt } = await hook.state();
      waits.push(nextTryAt.getTime() - hook.now().getTime());
      // A run before that time sends nothing.
      await hook.run();
      hook.advance(waits.at(-1) ?? 0);
    }
    const state = await hook.state();
    failing = { received: [...got], state, now: hook.now(), log: await hook.log() };
    status = 200;
    await hook.run();
    recovered = { received: [...got], state: await hook.state(), now: hook.now() };
  });

  test("it is tried again after longer and longer waits", () => {
    const { backoff } = RETRY_POLICY.delivery;
    expect(waits).toEqual(
      [1, 2, 3, 4, 5, 6].map((failures) => backoffDelay(backoff, failures, 0.5)),
    );
  });

  test("it gets nothing but the message that failed, under the same id", () => {
    expect(new Set(typesOf(failing.received))).toEqual(new Set(["a article.created"]));
    const ids = failing.received.map(({ headers }) => headers["webhook-id"]);
    expect(new Set(ids).size).toBe(1);
  });

  test("its failures are counted, with the last problem", () => {
    const counted = { seq: 0, failures: 6, lastProblem: "answered 500" };
    expect(failing.state).toMatchObject(counted);
  });

  test("its circuit is open until the next try is due, then half-open", () => {
    expect(circuitOf(failing.state, new Date(0))).toBe("open");
    expect(circuitOf(failing.state, failing.now)).toBe("half-open");
  });

  test("the log has what it answered", () => {
    expect(failing.log[0]?.response).toMatchObject({ status: 500, body: "oops" });
  });

  test("it gets what failed and all that came since once it answers again", () => {
    const last = typesOf(recovered.received).slice(-2);
    expect(last).toEqual(["a article.created", "b article.created"]);
    expect(recovered.state).toMatchObject({ seq: 2, failures: 0, failingSince: null });
  });

  test("its circuit is closed once it answers again", () => {
    expect(circuitOf(recovered.state, recovered.now)).toBe("closed");
  });
});

describe("a receiver that takes nothing for a day", () => {
  let tries = 0;
  /** How long each try waited for the next one. */
  const waits: number[] = [];
  let stopped: Subscriber;
  let gone: Subscriber;
  let skipped: { state: Subscriber; last: string | undefined };
  beforeAll(async () => {
    await resetStore(store);
    let status = 503;
    const { got, url } = await receive((response) =>
      response.writeHead(status, { "retry-after": "1800" }).end(),
    );
    const hook = await subscribe(store, post, url);
    await publishArticles(store, "created", [makeArticle("a"), makeArticle("b")]);
    for (; (await hook.state()).state === "active" && tries < 100; tries++) {
      await hook.run();
      waits.push((await hook.state()).nextTryAt.getTime() - hook.now().getTime());
      hook.advance(60 * MINUTE_MS);
    }
    stopped = await hook.state();
    const resume = (skip: boolean) =>
      manage.resumeWebhook(store, hook.id, { skip, actor: "test", now: hook.now() });
    await resume(false);
    status = 410;
    await hook.run();
    gone = await hook.state();
    await resume(true);
    status = 200;
    await hook.run();
    skipped = { state: await hook.state(), last: typesOf(got).at(-1) };
  });

  test("it is left alone for as long as its Retry-After says", () => {
    for (const wait of waits) expect(wait).toBeGreaterThanOrEqual(30 * MINUTE_MS);
  });

  test("its webhook is stopped after 24 hours, with the reason", () => {
    expect(tries).toBe(25);
    expect([stopped.state, stopped.reason]).toEqual([
      "stopped",
      expect.stringContaining("24 hours: answered 503"),
    ]);
  });

  test("an answer that it is gone stops a resumed webhook at once, and skips no message", () => {
    expect(gone).toMatchObject({ state: "stopped", seq: 0 });
  });

  test("a webhook that is resumed without the failed message goes on with the next one", () => {
    expect(skipped.last).toBe("b article.created");
    expect(skipped.state).toMatchObject({ seq: 2, state: "active" });
  });
});

describe("a process that ends before it noted that a message was sent", () => {
  let afterwards: string[];
  let idsInTheEnd: (string | undefined)[];
  let ended: unknown;
  beforeAll(async () => {
    await resetStore(store);
    const { got, url } = await receive((response) => response.writeHead(200).end());
    const hook = await subscribe(store, post, url);
    await publishArticles(store, "created", [makeArticle("a"), makeArticle("b"), makeArticle("c")]);
    let writes = 0;
    const subscribers = withFaults(store.collections.subscribers, {
      updateOne: () => (++writes === 3 ? endProcess : undefined),
    });
    const dying = { ...store, collections: { ...store.collections, subscribers } };
    ended = await hook.run({ store: dying }).catch((error: unknown) => error);
    await hook.run();
    afterwards = typesOf(got);
    hook.advance(2 * MINUTE_MS);
    await Promise.all([hook.run(), hook.run(), hook.run()]);
    idsInTheEnd = got.map(({ headers }) => String(headers["webhook-id"]).split("_").at(-1));
  });

  test("its webhook is left alone while its lease may still hold", () => {
    expect(ended).toBeInstanceOf(ProcessEnded);
    expect(afterwards).toEqual(["a article.created", "b article.created"]);
  });

  test("the next process repeats the message under its id, and several at once send each only once", () => {
    expect(idsInTheEnd).toEqual(["1", "2", "2", "3"]);
  });
});

test("a job for a slow receiver ends after a while, and the next one continues", async () => {
  await resetStore(store);
  const { url, got } = await receive((response) => {
    hook.advance(9000);
    response.writeHead(200).end();
  });
  const hook: Hook = await subscribe(store, post, url);
  const ids = ["a", "b", "c", "d"];
  await publishArticles(
    store,
    "created",
    ids.map((id) => makeArticle(id)),
  );
  let messages = 0;
  await hook.run({ noteProgress: () => messages++ });
  expect([got.length, messages]).toEqual([3, 3]);
  expect(await hook.state()).toMatchObject({ seq: 3, lease: null });
  await hook.run();
  expect(typesOf(got)).toEqual(ids.map((id) => `${id} article.created`));
});

test("a replay from changes that are no longer kept stops the webhook and says so", async () => {
  await resetStore(store);
  const { url } = await receive((response) => response.writeHead(200).end());
  const hook = await subscribe(store, post, url);
  await publishArticles(store, "created", [makeArticle("a"), makeArticle("b"), makeArticle("c")]);
  await hook.run();
  const request = { actor: "test", now: hook.now() };
  await manage.replayWebhook(store, { id: hook.id, from: "start" }, request);
  await store.collections.changes.deleteMany({ seq: { $gt: 0, $lte: 2 } });
  await hook.run();
  expect(await hook.state()).toMatchObject({
    state: "stopped",
    reason: expect.stringContaining("no longer stored"),
  });
});

test("A message that arrives while it is to be skipped is sent once, and the ones after it as well", async () => {
  await resetStore(store);
  let status = 500;
  const { url, got } = await receive((response) => response.writeHead(status).end());
  const hook = await subscribe(store, post, url);
  await publishArticles(store, "created", [makeArticle("a"), makeArticle("b")]);
  await hook.run();
  status = 200;
  hook.advance(60 * MINUTE_MS);
  const { subscribers } = store.collections;
  let races = 0;
  const racing = withFaults(subscribers, {
    updateOne: () =>
      races++ > 0
        ? undefined
        : async (...args) => {
            await hook.run();
            return subscribers.updateOne(...args);
          },
  });
  const view = { ...store, collections: { ...store.collections, subscribers: racing } };
  await manage.resumeWebhook(view, hook.id, { skip: true, actor: "test", now: hook.now() });
  await publishArticles(store, "created", [makeArticle("c")]);
  await hook.run();
  const ids = got.map(({ headers }) => String(headers["webhook-id"]).split("_").at(-1));
  expect(ids).toEqual(["1", "1", "2", "3"]);
});
