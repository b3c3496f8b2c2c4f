import { createHmac } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { actionsOf } from "../../../bin/roles/deliveries.ts";
import { circuitOf } from "../../../model/subscriber.ts";
import * as manage from "../../../publish/webhooks/manage.ts";
import { backoff } from "../../../workers/deliver/attempt.ts";
import { makeArticle, publishArticles } from "../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../helpers/database.ts";
import { endProcess, ProcessEnded, withFaults } from "../../helpers/faults.ts";
import {
  closeReceivers,
  type Received,
  receive,
  subscribe,
  testPost,
} from "../../helpers/receiver.ts";

const MINUTE = 60_000;
const asking = () => ({ by: "test", now: new Date() });

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

const typesOf = (got: Received[]) =>
  got.map(({ body }) => {
    const { type, data } = JSON.parse(body) as { type: string; data: { articleId: string } };
    return `${data.articleId} ${type}`;
  });

test("changes come in order, signed with each secret that holds, and are logged as they went", async () => {
  const store = await database.open("order");
  const { got, url } = await receive((response) => response.writeHead(204).end());
  const hook = await subscribe(store, post, url, { topic: ["egov"] });
  const egov = { topics: ["egov"] };
  await publishArticles(store, "created", [makeArticle("a", egov), makeArticle("b")]);
  await publishArticles(store, "updated", [makeArticle("a", { ...egov, title: "New" })]);
  await hook.run();
  const [{ secret: old } = { secret: "" }] = (await hook.state()).secrets;
  const fresh = await manage.rotateSecret(store, hook.id, { by: "test", now: hook.now() });
  await publishArticles(store, "updated", [makeArticle("a", { topics: ["ai"] })]);
  await hook.run();
  expect(typesOf(got)).toEqual(["a article.created", "a article.updated", "a article.retracted"]);
  const [first, , last] = got;
  const id = first?.headers["webhook-id"];
  expect(id).toBe(`msg_${hook.id}_1`);
  const signed = [id, first?.headers["webhook-timestamp"], first?.body].join(".");
  const key = Buffer.from(old.replace("whsec_", ""), "base64");
  const mac = createHmac("sha256", key).update(signed).digest("base64");
  expect(first?.headers["webhook-signature"]).toBe(`v1,${mac}`);
  for (const secret of [old, fresh]) {
    new Webhook(secret).verify(last?.body ?? "", last?.headers as Record<string, string>);
  }
  const stranger = `whsec_${Buffer.alloc(32).toString("base64")}`;
  expect(() =>
    new Webhook(stranger).verify(last?.body ?? "", last?.headers as Record<string, string>),
  ).toThrow(/signature/i);

  const entry = (await hook.log()).find(({ seq }) => seq === 1);
  expect(entry).toMatchObject({
    seq: 1,
    delivered: true,
    problem: null,
    request: { url, headers: { "webhook-id": id } },
    response: { status: 204 },
  });
  const actions = actionsOf(hook.deps);
  expect(entry && (await actions.body(entry))).toEqual({ body: first?.body, same: true });
  expect(await actions.test(await hook.state())).toMatchObject({ delivered: true, seq: null });
  expect(got.at(-1)?.body).toContain('"webhook.test"');
});

test("a failing receiver gets nothing else before it took what failed; the circuit opens and closes", async () => {
  const store = await database.open("fails");
  let status = 500;
  const { got, url } = await receive((response) => response.writeHead(status).end("oops"));
  const hook = await subscribe(store, post, url);
  await publishArticles(store, "created", [makeArticle("a"), makeArticle("b")]);
  const waits: number[] = [];
  for (let tries = 0; tries < 6; tries++) {
    await hook.run();
    const { nextTryAt } = await hook.state();
    waits.push(nextTryAt.getTime() - hook.now().getTime());
    await hook.run();
    hook.advance(waits.at(-1) ?? 0);
  }
  expect(waits).toEqual([1, 2, 3, 4, 5, 6].map((failures) => backoff(failures, 0.5)));
  expect(new Set(typesOf(got))).toEqual(new Set(["a article.created"]));
  expect(new Set(got.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
  const state = await hook.state();
  expect(state).toMatchObject({ seq: 0, failures: 6, lastProblem: "answered 500" });
  expect(circuitOf(state, new Date(0))).toBe("open");
  expect(circuitOf(state, hook.now())).toBe("half-open");
  expect((await hook.log())[0]?.response).toMatchObject({ status: 500, body: "oops" });
  status = 200;
  await hook.run();
  expect(typesOf(got).slice(-2)).toEqual(["a article.created", "b article.created"]);
  expect(await hook.state()).toMatchObject({ seq: 2, failures: 0, failingSince: null });
  expect(circuitOf(await hook.state(), hook.now())).toBe("closed");
});

test("what nothing takes for 24 hours, or is gone, is stopped and resumed without a loss", async () => {
  const store = await database.open("stops");
  let status = 503;
  const { got, url } = await receive((response) =>
    response.writeHead(status, { "retry-after": "1800" }).end(),
  );
  const hook = await subscribe(store, post, url);
  await publishArticles(store, "created", [makeArticle("a"), makeArticle("b")]);
  let tries = 0;
  for (; (await hook.state()).state === "active" && tries < 100; tries++) {
    await hook.run();
    expect((await hook.state()).nextTryAt.getTime()).toBeGreaterThanOrEqual(
      hook.now().getTime() + 30 * MINUTE,
    );
    hook.advance(60 * MINUTE);
  }
  expect(tries).toBe(25);
  const { state, reason } = await hook.state();
  expect([state, reason]).toEqual(["stopped", expect.stringContaining("24 hours: answered 503")]);
  const resume = (skip: boolean) =>
    manage.resumeWebhook(store, hook.id, { skip, by: "test", now: hook.now() });
  await resume(false);
  status = 410;
  await hook.run();
  expect(await hook.state()).toMatchObject({ state: "stopped", seq: 0 });
  await resume(true);
  status = 200;
  await hook.run();
  expect(typesOf(got).at(-1)).toBe("b article.created");
  expect(await hook.state()).toMatchObject({ seq: 2, state: "active" });
});

test("a process that ends before it noted a message repeats it with its id; two at once send once", async () => {
  const store = await database.open("dies");
  const { got, url } = await receive((response) => response.writeHead(200).end());
  const hook = await subscribe(store, post, url);
  await publishArticles(store, "created", [makeArticle("a"), makeArticle("b"), makeArticle("c")]);
  let writes = 0;
  const subscribers = withFaults(store.collections.subscribers, {
    updateOne: () => (++writes === 3 ? endProcess : undefined),
  });
  const dying = { ...store, collections: { ...store.collections, subscribers } };
  await expect(hook.run({ store: dying })).rejects.toBeInstanceOf(ProcessEnded);
  await hook.run();
  expect(typesOf(got)).toEqual(["a article.created", "b article.created"]);
  hook.advance(2 * MINUTE);
  await Promise.all([hook.run(), hook.run(), hook.run()]);
  const ids = got.map(({ headers }) => String(headers["webhook-id"]).split("_").at(-1));
  expect(ids).toEqual(["1", "2", "2", "3"]);

  // What is no longer kept can't be sent: that is said, not passed over.
  await manage.replayWebhook(store, { id: hook.id, from: "start" }, asking());
  await store.collections.changes.deleteMany({ seq: { $gt: 0, $lte: 2 } });
  await hook.run();
  expect(await hook.state()).toMatchObject({
    state: "stopped",
    reason: expect.stringContaining("no longer kept"),
  });
});
