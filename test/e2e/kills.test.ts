import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startDatabase } from "../../services/database.ts";
import { startedAt } from "../../services/proc.ts";
import { openStore } from "../../store/connect.ts";
import { measured } from "../helpers/measured.ts";
import { newsgather } from "../helpers/newsgather.ts";
import { differencesOf, streamProblems } from "../helpers/outcome.ts";
import { kill, killAll, processesOf } from "../helpers/processes.ts";
import { SIZE } from "../helpers/size.ts";
import {
  hostsOf,
  makeSetting,
  pidOfRole,
  pidOfService,
  requestsTo,
  startTree,
  type Tree,
  untilAsked,
} from "../helpers/tree.ts";

/** Sources of the sample world in three parts; one per killed process, so that all share a tree. */
const PARTS = {
  worker: ["civic-wire", "harbour-agency", "metro-ledger", "rathaus-digital", "stadtnetz-wien"],
  redis: ["gemeentekrant", "machikado-gyosei", "plaza-digital", "vestnik-goroda", "zhihui-lingnan"],
  database: ["baladiya-alyawm", "numerique-cite", "tramite-abierto", "ville-branchee"],
};

/** Requests of a part after which its process is killed, from round to round another number. */
const momentOf = (round: number) => 8 + ((round * 7) % 18);

const rounds = Array.from({ length: SIZE.killRounds }, (_, round) => round);

const inWords = (times: number[]) => times.map(Math.round).join(", ");

/** Kills the server at `url` and resolves with the time at which its successor accepts connections. */
async function replacedAt(pid: number, url: string): Promise<number> {
  kill(pid);
  const port = Number(new URL(url).port);
  await vi.waitUntil(() => startedAt(pid) === null, { timeout: 10_000, interval: 5 });
  for (;;) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => resolve(true));
      socket.once("error", () => resolve(false)).once("close", () => resolve(false));
      socket.setTimeout(1000, () => socket.destroy());
    });
    if (open) return Date.now();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe.each(rounds)("a process killed in mid-run, round %i", (round) => {
  let tree: Tree;
  const done: string[] = [];

  beforeAll(async () => {
    tree = await startTree();
  });

  afterAll(() => tree?.close());

  /** Runs a part while `strike` kills a process; answers when each host was asked next, in ms. */
  async function runThrough(part: string[], strike: () => Promise<number>): Promise<number[]> {
    await tree.addSources(part);
    const run = newsgather(["run", ...part], tree.place);
    await untilAsked(tree.world, part, momentOf(round));
    const since = await strike();
    const { code } = await run.ended(150_000);
    expect({ code, err: run.err() }).toMatchObject({ code: 0 });
    done.push(...part);
    const next = new Map<string, number>();
    for (const { host, start } of requestsTo(tree.world, part)) {
      if (start >= since && !next.has(host)) next.set(host, start - since);
    }
    return [...next.values()].toSorted((a, b) => a - b);
  }

  /** All parts so far are in the store as they should be, and were asked for politely. */
  async function expectAllRight(): Promise<void> {
    // Redis keeps the leases: while it is away the pace of a host isn't known.
    const wanted = { sourceIds: done, rushed: hostsOf(tree.world, PARTS.redis) };
    expect(await differencesOf(tree.store, tree.world, wanted)).toEqual([]);
    expect(await streamProblems(tree.store)).toEqual([]);
  }

  test("the HTTP worker: others take over, nothing is lost, doubled or asked too soon", async () => {
    let before = 0;
    const waits = await runThrough(PARTS.worker, async () => {
      before = pidOfRole(tree.place, "http");
      kill(before);
      return Date.now();
    });
    expect(pidOfRole(tree.place, "http")).not.toBe(before);
    await expectAllRight();
    measured(`killed HTTP worker: hosts were asked again after ${inWords(waits)} ms`);
    expect(waits.length).toBeGreaterThan(2);
    expect(waits.at(-1)).toBeLessThan(20_000);
  });

  test("Redis: the database knows what is due, nothing is lost or doubled", async () => {
    let before = 0;
    const waits = await runThrough(PARTS.redis, async () => {
      before = await pidOfService(tree.place, "redis");
      return replacedAt(before, tree.redisUrl);
    });
    expect(await pidOfService(tree.place, "redis")).not.toBe(before);
    await expectAllRight();
    measured(`killed Redis: hosts were asked ${inWords(waits)} ms after it was back`);
    expect(waits.length).toBeGreaterThan(2);
    expect(waits[0]).toBeLessThan(5000);
  });

  test("the database: work waits for it, nothing is lost, doubled or asked too soon", async () => {
    let before = 0;
    const waits = await runThrough(PARTS.database, async () => {
      before = await pidOfService(tree.place, "database");
      return replacedAt(before, tree.mongoUrl);
    });
    expect(await pidOfService(tree.place, "database")).not.toBe(before);
    await expectAllRight();
    measured(`killed database: hosts were asked ${inWords(waits)} ms after it was back`);
    expect(waits.length).toBeGreaterThan(1);
    expect(waits[0]).toBeLessThan(5000);
  });
});

describe.each(rounds)("everything killed in mid-run, round %i", (round) => {
  test("the next run on the same folder ends in the same result", async () => {
    const setting = await makeSetting();
    const { place, world } = setting;
    const part = [...PARTS.worker, ...PARTS.redis];
    try {
      await setting.addSources(part);
      const first = newsgather(["run", "--all", "--once"], place);
      await untilAsked(world, part, 2 * momentOf(round));
      killAll(place.folder);
      expect((await first.ended()).signal).toBe("SIGKILL");
      const asked = requestsTo(world, part).length;
      const since = performance.now();

      const second = newsgather(["run", "--all", "--once"], place);
      const { code } = await second.ended();
      expect({ code, err: second.err() }).toMatchObject({ code: 0 });
      measured(`run after everything was killed: ${Math.round(performance.now() - since)} ms`);
      expect(requestsTo(world, part).length).toBeGreaterThan(asked + 10);
      expect(processesOf(place.folder)).toEqual([]);

      const log = { debug() {}, info() {}, warn() {} };
      const database = await startDatabase({ dataDir: place.dataDir, log });
      const store = await openStore(database.url, { database: "newsgather" });
      try {
        expect(await differencesOf(store, world, { sourceIds: part })).toEqual([]);
        expect(await streamProblems(store)).toEqual([]);
      } finally {
        await store.close();
        await database.stop();
      }
    } finally {
      await setting.close();
    }
  });
});
