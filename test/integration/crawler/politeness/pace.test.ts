import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { freePort } from "../../../../bin/services/machine.ts";
import { createPace, type Pace } from "../../../../crawler/politeness/pace.ts";
import { DAY_MS } from "../../../../lib/time.ts";
import { type ClockedRedis, openClockedRedis } from "../../../helpers/redis-clock.ts";

const retryStrategy = () => 50;
let server: ChildProcess;
let clients: Redis[] = [];
let paces: Pace[] = [];
/** A pace that reads the time from the test's clock. */
let clocked: ClockedRedis;
let clockedPace: Pace;

beforeAll(async () => {
  const port = await freePort();
  const args = ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  server = spawn("redis-server", args, { stdio: "ignore" });
  clients = [1, 2, 3].map(() => new Redis({ host: "127.0.0.1", port, retryStrategy }));
  for (const client of clients) client.on("error", () => {});
  paces = clients.map((client) => createPace(client, "test:"));
  clocked = openClockedRedis({ host: "127.0.0.1", port, retryStrategy });
  clocked.redis.on("error", () => {});
  clockedPace = createPace(clocked.redis, "test:");
  await clients[0]?.ping();
});

beforeEach(async () => {
  await clients[0]?.flushall();
});

afterAll(async () => {
  for (const client of [...clients, clocked.redis]) client.disconnect();
  server.kill();
  await new Promise((done) => server.once("exit", done));
});

describe("turns of three clients at one host", () => {
  test.each([
    { delay: 120, concurrency: 1, work: 40, turns: 9, used: 1 },
    { delay: 150, concurrency: 3, work: 200, turns: 15, used: 3 },
  ])(
    "%o: gaps, starts and concurrency are kept",
    async ({ delay, concurrency, work, turns, used }) => {
      const spans: { slot: number; start: number; end: number }[] = [];
      let left = turns;
      const worker = async (pace: Pace, name: string) => {
        while (left > 0) {
          const token = `${name}-${left}`;
          const turn = await pace.acquire("a.example", { token, delay, concurrency, ttl: 60_000 });
          if (!turn.ok) {
            await sleep(Math.min(turn.wait, 50));
            continue;
          }
          if (left-- <= 0) break;
          const start = performance.now();
          await sleep(work);
          const end = performance.now();
          await pace.release("a.example", { token, slot: turn.slot, delay, concurrency });
          spans.push({ slot: turn.slot, start, end });
        }
      };
      await Promise.all(
        paces.flatMap((pace, id) => [worker(pace, `${id}a`), worker(pace, `${id}b`)]),
      );

      expect(spans.length).toBeGreaterThanOrEqual(turns);
      for (let slot = 0; slot < concurrency; slot++) {
        const own = spans
          .filter((span) => span.slot === slot)
          .toSorted((a, b) => a.start - b.start);
        const gaps = own.slice(1).map((span, index) => span.start - (own[index]?.end ?? 0));
        // Redis' milliseconds are rounded down, ours are not.
        expect(Math.min(...gaps)).toBeGreaterThanOrEqual(delay - 2);
      }
      const starts = spans.map((span) => span.start).toSorted((a, b) => a - b);
      // Redis paces them; a process without a core learns of its turn late, next to another's.
      const between = starts.slice(1).map((start, index) => start - (starts[index] ?? 0));
      const low = between.toSorted((a, b) => a - b)[Math.floor(between.length / 4)];
      expect(low).toBeGreaterThanOrEqual(delay / concurrency / 2);
      const running = starts.map((at) => spans.filter((s) => s.start <= at && s.end > at).length);
      expect(Math.max(...running)).toBe(used);
    },
  );
});

function first(): Pace {
  const [pace] = paces;
  if (!pace) throw new Error("no client");
  return pace;
}

describe("leases", () => {
  const lease = { delay: 100, concurrency: 1, ttl: 150 };
  const [host, other] = ["b.example", "c.example"];

  test("A slot that is taken is refused with the time to wait", async () => {
    const pace = clockedPace;
    expect(await pace.acquire(host, { ...lease, token: "x" })).toEqual({
      ok: true,
      slot: 0,
      opensIn: 0,
      age: 0,
    });
    const busy = await pace.acquire(host, { ...lease, token: "y" });
    expect(busy).toEqual({ ok: false, wait: 150 });
  });

  test("A turn at one host doesn't delay another host", async () => {
    const pace = clockedPace;
    await pace.acquire(host, { ...lease, token: "x" });
    expect(await pace.acquire(other, { ...lease, token: "y" })).toMatchObject({ ok: true });
  });

  test("A host is known from its first turn on", async () => {
    const pace = clockedPace;
    await pace.acquire(host, { ...lease, token: "x" });
    expect(await pace.release(host, { ...lease, token: "x", slot: 0 })).toBe(100);
    await clocked.advance(105);
    expect(await pace.acquire(host, { ...lease, token: "y" })).toEqual({
      ok: true,
      slot: 0,
      opensIn: 0,
      age: 105,
    });
  });

  test("A holder that vanished blocks a slot for its lease and one delay", async () => {
    const pace = clockedPace;
    await pace.acquire(host, { ...lease, token: "gone" });
    await clocked.advance(249);
    expect(await pace.acquire(host, { ...lease, token: "y" })).toMatchObject({ ok: false });
    await clocked.advance(1);
    expect(await pace.acquire(host, { ...lease, token: "y" })).toMatchObject({ ok: true });
  });

  test("A holder that lost its lease can't extend it or end the next holder's", async () => {
    const pace = clockedPace;
    await pace.acquire(host, { ...lease, token: "gone" });
    await clocked.advance(250);
    expect(await pace.acquire(host, { ...lease, token: "y" })).toMatchObject({ ok: true });
    expect(await pace.extend(host, "gone", 0, 1000)).toBe(false);
    // Its late release still counts as the end of a request, and leaves the new holder alone.
    await pace.release(host, { ...lease, token: "gone", slot: 0 });
    expect(await pace.extend(host, "y", 0, 1000)).toBe(true);
  });

  test("asking again with the same token gives the same slot", async () => {
    const pace = clockedPace;
    await pace.acquire(host, { ...lease, token: "x" });
    expect(await pace.acquire(host, { ...lease, token: "x" })).toMatchObject({ ok: true, slot: 0 });
  });

  describe("taking a slot ahead", () => {
    const ahead = (token: string, ms = 60) =>
      clockedPace.acquire(host, { ...lease, token, ahead: ms });

    test("A slot that is taken can't be taken ahead", async () => {
      await ahead("x");
      expect(await ahead("y", 5000)).toMatchObject({ ok: false });
    });

    test("A slot can be taken ahead only shortly before it opens", async () => {
      await ahead("x");
      await clockedPace.release(host, { ...lease, token: "x", slot: 0 });
      expect(await ahead("y")).toMatchObject({ ok: false });
      await clocked.advance(55);
      expect(await ahead("y")).toMatchObject({ ok: true, opensIn: 45 });
    });

    test("A slot that was taken ahead is nobody else's", async () => {
      await ahead("x");
      await clockedPace.release(host, { ...lease, token: "x", slot: 0 });
      await clocked.advance(55);
      await ahead("y");
      expect(await ahead("z")).toMatchObject({ ok: false });
    });

    test("A slot that was taken ahead and cancelled opens when it would have", async () => {
      await ahead("x");
      await clockedPace.release(host, { ...lease, token: "x", slot: 0 });
      await clocked.advance(55);
      await ahead("y");
      await clockedPace.cancel(host, "y", 0);
      expect(await ahead("z", 0)).toMatchObject({ ok: false });
      await clocked.advance(45);
      expect(await ahead("z", 0)).toMatchObject({ ok: true });
    });

    test("Slots that are taken ahead start half a delay apart", async () => {
      const two = { delay: 2000, concurrency: 2, ttl: 5000, ahead: 1000 };
      const take = (token: string) => clockedPace.acquire(host, { ...two, token });
      expect(await take("x")).toMatchObject({ ok: true, opensIn: 0 });
      expect(await take("y")).toMatchObject({ ok: true, opensIn: 1000 });
    });
  });

  test("cancel frees a slot at once but never shortens another's delay", async () => {
    const pace = clockedPace;
    await pace.acquire(host, { ...lease, token: "x" });
    await pace.cancel(host, "x", 0);
    expect(await pace.acquire(host, { ...lease, token: "y" })).toMatchObject({ ok: true });
    await pace.release(host, { ...lease, token: "y", slot: 0 });
    await pace.cancel(host, "y", 0);
    expect(await pace.acquire(host, { ...lease, token: "z" })).toMatchObject({ ok: false });
  });

  test("a penalty closes all slots and is never shortened", async () => {
    const pace = clockedPace;
    await pace.penalize(host, 5000);
    await pace.penalize(host, 10);
    const turn = await pace.acquire(host, { ...lease, concurrency: 3, token: "x" });
    expect(turn).toMatchObject({ ok: false });
    expect(turn.ok ? 0 : turn.wait).toBeGreaterThan(4000);
  });

  test("a smaller concurrency counts the slots that are still taken", async () => {
    const pace = clockedPace;
    await pace.acquire(host, { delay: 0, concurrency: 2, ttl: 5000, token: "x" });
    await pace.acquire(host, { delay: 0, concurrency: 2, ttl: 5000, token: "y" });
    await pace.release(host, { delay: 0, concurrency: 2, token: "x", slot: 0 });
    const turn = await pace.acquire(host, { delay: 0, concurrency: 1, ttl: 5000, token: "z" });
    expect(turn).toMatchObject({ ok: false });
    expect(turn.ok ? 0 : turn.wait).toBeGreaterThan(200);
  });

  test("A host that is polled once a week stays known, one that isn't polled any more expires", async () => {
    await clockedPace.acquire(host, { ...lease, token: "x" });
    const ttl = (await clients[0]?.pttl(`test:pace:{${host}}`)) ?? -1;
    expect(ttl).toBeGreaterThan(7 * DAY_MS);
    expect(ttl).toBeLessThan(9 * DAY_MS);
  });
});

test("requests of three clients that may run at once start a gap apart, whoever is slow to send", async () => {
  const sent: { requests: number; under: number; permitMs: number }[] = [];
  const client = async (pace: Pace, name: string) => {
    for (let round = 0; round < 4; round++) {
      const token = `${name}-${round}`;
      let asked = 0;
      for (let wait = 1; wait > 0; await sleep(wait)) {
        asked = performance.now();
        wait = await pace.start("d.example", token, 60);
      }
      const requests = performance.now();
      // The event loop may be busy between the permission and the request.
      await sleep(round % 2 === 0 ? 40 : 0);
      const one = { requests, under: performance.now(), permitMs: 0 };
      sent.push(one);
      await pace.started("d.example", token);
      one.permitMs = performance.now() - asked;
    }
  };
  await Promise.all(paces.map((pace, index) => client(pace, `${index}`)));
  // A process that is stopped for 2 s loses its permission.
  const gaps = sent.slice(1).flatMap(({ requests }, index) => {
    const { under = 0, permitMs = 0 } = sent[index] ?? {};
    return permitMs < 1990 ? [requests - under] : [];
  });
  expect(sent).toHaveLength(12);
  // Redis' milliseconds are rounded down, ours are not.
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(58);
});

test("a client that vanished while it sent a request holds the others up for 2 s at most", async () => {
  const pace = clockedPace;
  expect(await pace.start("e.example", "gone", 10)).toBe(0);
  await clocked.advance(1999);
  expect(await pace.start("e.example", "next", 10)).toBeGreaterThan(0);
  await clocked.advance(1);
  expect(await pace.start("e.example", "next", 10)).toBe(0);
});

test("goes on with a Redis that has forgotten its scripts, and sends each of them whole once alone", async () => {
  const [client] = clients;
  const lease = { delay: 0, concurrency: 1, token: "x" };
  const turn = async () => {
    const taken = await first().acquire("f.example", { ...lease, ttl: 1000, ahead: 2 });
    await first().release("f.example", { ...lease, slot: 0 });
    return taken.ok;
  };
  const sent = async () => {
    const commandStats = (await client?.info("commandstats")) ?? "";
    return Number(/cmdstat_eval:calls=(\d+)/.exec(commandStats)?.[1] ?? 0);
  };
  expect(await turn()).toBe(true);
  await client?.config("RESETSTAT");
  expect([await turn(), await turn(), await sent()]).toEqual([true, true, 0]);
  await client?.script("FLUSH");
  expect([await turn(), await turn(), await sent()]).toEqual([true, true, 2]);
});
