import { expect, test } from "vitest";
import type { BrowserPool } from "../../../fetch/browser.ts";
import { sleep } from "../../../lib/time.ts";
import { createBrowserSessions } from "../../../workers/browser-sessions.ts";

/** A pool whose pages hold one request at a time; `log` says what each page was asked. */
function makePool() {
  const log: string[] = [];
  let opened = 0;
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
        async close() {
          log.push(`${page} closed`);
        },
      };
    },
    async close() {},
  };
  return { pool, log };
}

test("the turns of a host have a page each, which the next request of the turn uses again", async () => {
  const { pool, log } = makePool();
  const sessions = createBrowserSessions(pool);
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
