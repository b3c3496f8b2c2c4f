import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { webhooksPage } from "../../../../web/admin/publishing/webhooks.ts";
import { makeWebhook } from "../../../../web/api/manage-webhooks.ts";
import { makeAdminDeps } from "../../../helpers/admin.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { asKey, openGated } from "../../../helpers/gated.ts";

type Client = Awaited<ReturnType<typeof asKey>>;
type Answer = Awaited<ReturnType<Client>>;

let database: TestDatabase;
let app: FastifyInstance;
let byAnalyst: Answer;
let tried: Answer;
let paused: Answer;
/** The page when the webhook is paused, and when it is resumed. */
const page = { paused: "", resumed: "" };
/** How many webhooks need attention while it is paused, and when it has been stopped. */
const attention: { paused?: number | undefined; stopped?: number | undefined } = {};
let audit: unknown[];
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  const store = await database.open("page");
  app = await openGated(store);
  const webhook = { url: "http://127.1.9.8:9/hook", from: "latest", filter: {}, refusal: null };
  const { _id: id } = await makeWebhook(store, webhook, { actor: "test", now: new Date() });
  const [operator, analyst] = [await asKey(app, store, "write"), await asKey(app, store, "read")];
  const change = (client: Client, verb: string) =>
    client("POST", "/admin/webhooks", { id, verb, reason: "they asked" });
  const read = async () => (await analyst("GET", "/admin/webhooks")).text;
  byAnalyst = await change(analyst, "test");
  tried = await change(operator, "test");
  paused = await change(operator, "pause");
  page.paused = await read();
  attention.paused = await webhooksPage.countAttention?.(makeAdminDeps(store));
  await change(operator, "resume");
  page.resumed = await read();
  await store.collections.subscribers.updateOne({ _id: id }, { $set: { state: "stopped" } });
  attention.stopped = await webhooksPage.countAttention?.(makeAdminDeps(store));
  audit = await store.collections.audit.find({ action: /^webhook/ }).toArray();
});
afterAll(async () => {
  await app?.close();
  await database.close();
});

test("An analyst may not send a webhook a test", () => {
  expect(byAnalyst.status).toBe(403);
});

test("A test of a webhook says how the attempt failed", () => {
  expect(tried.body).toMatchObject({ done: expect.stringContaining("ECONNREFUSED") });
});

test("A paused webhook is shown as paused with its last attempt", () => {
  expect(paused.status).toBe(200);
  expect(page.paused).toMatch(/paused.*ECONNREFUSED/s);
});

test("A webhook needs attention when it was stopped, not while an operator pauses it", () => {
  expect(attention).toEqual({ paused: 0, stopped: 1 });
});

test("The page of webhooks shows no secret", () => {
  expect(page.paused).not.toContain("whsec_");
});

test("A resumed webhook is shown as active", () => {
  expect(page.resumed).toContain("<td>active</td>");
});

test.each(["test", "pause", "resume"])("The audit log has the reason of a %s", (verb) => {
  expect(audit).toContainEqual(
    expect.objectContaining({ action: `webhook.${verb}`, reason: "they asked" }),
  );
});
