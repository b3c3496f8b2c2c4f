import { expect, test } from "vitest";
import type { BrowserPool } from "../../../../crawler/browser/browser.ts";
import { sleep } from "../../../../lib/time.ts";
import {
  createBrowserSessions,
  maxOpenContexts,
} from "../../../../workers/render/browser-sessions.ts";

/** A pool whose pages hold one request at a time; `log` says what each page was asked. */
function makePool() {
  const log: string[] = [];
  let opened = 0;
  const worn = new Set<number>();
  const pool: BrowserPool = {
    async open() {
      const page = ++opened;
      let busy = false;
      return {
        async render({ url }) {
          if (busy) throw new Error(`page ${page} is busy`);
          busy = true;
          await sleep(10);
          busy = false;
          log.push(`${page} ${url}`);
          return { skipped: "gone" };
        },
        worn: () => worn.has(page),
        async close() {
          log.push(`${page} closed`);
        },
      };
    },
    enter: () => Promise.resolve([]),
    inspect: () => Promise.resolve(null),
    async close() {},
  };
  const closed = () => log.filter((line) => line.endsWith("closed"));
  return { pool, log, worn, closed };
}

test("the turns of a host have a page each, which the next request of the turn uses again", async () => {
  const { pool, log } = makePool();
  const sessions = createBrowserSessions(pool, 1);
  const host = "a.example";
  const render = (turn: number, url: string) => sessions.render({ host, turn }, { url });
  await Promise.all([render(0, "a"), render(1, "b")]);
  await render(0, "c");
  expect(log.toSorted()).toEqual(["1 a", "1 c", "2 b"]);
  await sessions.end({ host, turn: 0 });
  expect(log.at(-1)).toBe("1 closed");
  await render(1, "d");
  expect(log.at(-1)).toBe("2 d");
  await sessions.close();
});

test("at most eight contexts are open beside the pages at work, two wait for one host; those unused for longest are closed", async () => {
  const { pool, log, closed } = makePool();
  const sessions = createBrowserSessions(pool, 1);
  const render = (host: string, turn = 0) => sessions.render({ host, turn }, { url: host });
  for (const turn of [0, 1, 2]) await render("a.example", turn);
  expect(closed()).toEqual(["1 closed"]);
  await render("a.example", 1);
  for (const name of ["b", "c", "d", "e", "f", "g", "h"]) await render(`${name}.example`);
  expect(closed()).toEqual(["1 closed"]);
  await render("i.example");
  expect(closed()).toEqual(["1 closed", "3 closed"]);
  await Promise.all(["j", "k", "l", "m"].map((name) => render(`${name}.example`)));
  const before = closed().length;
  await sessions.close();
  expect(closed().length - before).toBe(9);
  expect(log.filter((line) => line.includes("example"))).toHaveLength(16);
});

test("a context is kept for a host whose page is being stored, also where more hosts are visited than pages rendered", async () => {
  const { pool, closed } = makePool();
  const sessions = createBrowserSessions(pool, 8);
  const hosts = Array.from({ length: maxOpenContexts(8) }, (_, n) => `${n}.example`);
  for (const _ of [1, 2]) {
    await Promise.all(hosts.map((host) => sessions.render({ host, turn: 0 }, { url: host })));
  }
  expect(closed()).toEqual([]);
  await sessions.close();
});

test("a further turn of a host begins only where its context wouldn't wait for a place, or is open already", async () => {
  const { pool } = makePool();
  const sessions = createBrowserSessions(pool, 2);
  const begin = (host: string, turn = 0) => sessions.begin({ host, turn });
  const a = begin("a.example");
  const further = begin("a.example", 1);
  expect(further).not.toBeNull();
  expect(begin("b.example")).not.toBeNull();
  expect(begin("b.example", 1)).toBeNull();
  further?.();
  a?.();
  expect(begin("b.example", 1)).not.toBeNull();
  expect(begin("c.example", 1)).toBeNull();
  await sessions.render({ host: "c.example", turn: 1 }, { url: "c" });
  expect(begin("c.example", 1)).not.toBeNull();
  await sessions.close();
});

test("a context whose browser is to be replaced is closed after its page", async () => {
  const { pool, log, worn } = makePool();
  const sessions = createBrowserSessions(pool, 1);
  const turn = { host: "a.example", turn: 0 };
  await sessions.render(turn, { url: "a" });
  worn.add(1);
  await sessions.render(turn, { url: "b" });
  await sessions.render(turn, { url: "c" });
  expect(log).toEqual(["1 a", "1 b", "1 closed", "2 c"]);
  await sessions.close();
});

test("two jobs of one turn never share a page, and the end of one leaves the other's open", async () => {
  const { pool, log } = makePool();
  const sessions = createBrowserSessions(pool, 2);
  const turn = { host: "a.example", turn: 0 };
  const both = ["a", "b"].map((url) => sessions.render(turn, { url }));
  await sessions.end(turn);
  await Promise.all(both);
  expect(log.toSorted()).toEqual(["1 a", "2 b"]);
  await sessions.end(turn);
  expect(log.slice(2).toSorted()).toEqual(["1 closed", "2 closed"]);
  await sessions.close();
});
