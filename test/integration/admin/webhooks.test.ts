import { afterAll, beforeAll, expect, test } from "vitest";
import { makeWebhook } from "../../../publish/webhooks/manage.ts";
import { startTestDatabase, type TestDatabase } from "../../helpers/database.ts";
import { asKey, openGated } from "../../helpers/gated.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
});
afterAll(() => database.close());

test("an operator sends a webhook a test, pauses it and lets it go on, and sees the attempt", async () => {
  const store = await database.open("page");
  const app = await openGated(store);
  const wanted = { url: "http://127.1.9.8:9/hook", from: "latest", filter: {}, refusal: null };
  const { _id: id } = await makeWebhook(store, wanted, { by: "test", now: new Date() });
  const [operator, analyst] = [await asKey(app, store, "write"), await asKey(app, store, "read")];
  const ask = { id, verb: "test", reason: "they asked" };
  expect((await analyst("POST", "/admin/webhooks", ask)).status).toBe(403);
  expect((await operator("POST", "/admin/webhooks", ask)).body).toMatchObject({
    done: expect.stringContaining("ECONNREFUSED"),
  });
  expect((await operator("POST", "/admin/webhooks", { ...ask, verb: "pause" })).status).toBe(200);
  const page = async () => (await analyst("GET", "/admin/webhooks")).text;
  expect(await page()).toMatch(/paused.*ECONNREFUSED/s);
  expect(await page()).not.toContain("whsec_");
  await operator("POST", "/admin/webhooks", { ...ask, verb: "resume" });
  expect(await page()).toContain("<td>active</td>");
  const log = await store.collections.audit.find({ action: /^webhook/ }).toArray();
  expect(log).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ action: "webhook.test", reason: "they asked" }),
      expect.objectContaining({ action: "webhook.pause", reason: "they asked" }),
      expect.objectContaining({ action: "webhook.resume", reason: "they asked" }),
    ]),
  );
  await app.close();
});
