import { Counter, Registry } from "prom-client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "../../../../bin/services/machine.ts";
import { listenForMetrics } from "../../../../bin/tree/metrics-listener.ts";

const process = (role: string, count: number) => {
  const registry = new Registry();
  registry.setDefaultLabels({ role });
  new Counter({ name: "pages_total", help: "Pages", registers: [registry] }).inc(count);
  return registry;
};

const all = [process("http", 3), process("browser", 2)];
let problems: string[] = [];
let address: string;
let stop: () => Promise<void>;
beforeAll(async () => {
  const port = await freePort();
  address = `http://127.0.0.1:${port}`;
  stop = await listenForMetrics(
    { host: "127.0.0.1", port },
    {
      metrics: () => Promise.all(all.map((registry) => registry.getMetricsAsJSON())),
      problems: async () => problems,
    },
  );
});
afterAll(() => stop());

const get = async (path: string) => {
  const response = await fetch(address + path);
  return { status: response.status, body: await response.text() };
};

test("statistics of all processes are told together, each by its role", async () => {
  const { status, body } = await get("/metrics");
  expect(status).toBe(200);
  expect(body.match(/# TYPE pages_total counter/g)).toHaveLength(1);
  expect(body).toContain('pages_total{role="http"} 3');
  expect(body).toContain('pages_total{role="browser"} 2');
});

test("ready while every part works, else 503 with what keeps it; alive all the same", async () => {
  expect(await get("/readyz")).toEqual({ status: 200, body: "ready\n" });
  problems = ["http: queue fetch: waiting jobs: 4, running jobs: 0; no progress for 31 s"];
  expect(await get("/readyz")).toEqual({ status: 503, body: `${problems[0]}\n` });
  expect((await get("/healthz")).status).toBe(200);
  expect((await get("/admin")).status).toBe(404);
});

test("a port that is taken is an error", async () => {
  const port = Number(new URL(address).port);
  const watched = { metrics: async () => [], problems: async () => [] };
  await expect(listenForMetrics({ host: "127.0.0.1", port }, watched)).rejects.toThrow(
    "EADDRINUSE",
  );
});
