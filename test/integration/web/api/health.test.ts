import { Counter, Registry } from "prom-client";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Store } from "../../../../store/store.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { makePortal } from "../../../helpers/portal.ts";

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("health");
});
afterAll(() => database.close());

test("ready only when every check is fine; alive all the same", async () => {
  let lag = { name: "sequencer", ok: true, detail: "0 waiting" };
  const app = await makePortal(store, { checks: async () => [lag] });
  expect((await app.inject("/readyz")).json()).toEqual({ status: "ready", checks: [lag] });
  lag = { name: "sequencer", ok: false, detail: "400 waiting for 90 s" };
  const answer = await app.inject("/readyz");
  expect(answer.statusCode).toBe(503);
  expect(answer.json()).toEqual({ status: "not-ready", checks: [lag] });
  expect((await app.inject("/healthz")).json()).toEqual({ status: "ok", version: "0.0.0" });
  await app.close();
});

test("the server starts however long a busy machine takes for its pages", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  try {
    const app = await makePortal(store, {
      gate: async (server) => {
        await server.register(async () => void (await vi.advanceTimersByTimeAsync(60_000)));
      },
    });
    expect((await app.inject("/healthz")).statusCode).toBe(200);
    await app.close();
  } finally {
    vi.useRealTimers();
  }
});

test("a check that throws makes it not ready, with its words", async () => {
  const app = await makePortal(store, {
    checks: () => Promise.reject(new Error("redis: connection refused")),
  });
  const answer = await app.inject("/readyz");
  expect(answer.statusCode).toBe(503);
  expect(answer.json().checks[0].detail).toBe("redis: connection refused");
  await app.close();
});

test("metrics are those of the registry", async () => {
  const metrics = new Registry();
  new Counter({ name: "articles_total", help: "Stored", registers: [metrics] }).inc(3);
  const app = await makePortal(store, { metrics });
  const answer = await app.inject("/metrics");
  expect(answer.headers["content-type"]).toBe(metrics.contentType);
  expect(answer.body).toContain("articles_total 3");
  await app.close();
});

test("when the store is gone, a reader gets a problem with an id and no inner words", async () => {
  const gone = await database.open("gone");
  const app = await makePortal(gone);
  await gone.close();
  const answer = await app.inject("/v1/articles");
  expect(answer.statusCode).toBe(500);
  expect(answer.json()).toMatchObject({ code: "internal-error" });
  expect(answer.body).not.toMatch(/mongo|client|topology/i);
  await app.close();
});
