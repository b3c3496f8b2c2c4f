import { readdir } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, test, vi } from "vitest";
import { makePlace, newsgather, npmRun, type Place } from "../../helpers/newsgather.ts";
import { processesOf } from "../../helpers/processes.ts";

/** Starts it where it can't listen; answers how it ended and what it said, once it is known what it left behind. */
async function startAt(listen: string) {
  const place = await makePlace({ NEWSGATHER_LISTEN: listen });
  try {
    const start = newsgather(["start"], place);
    const { code } = await start.ended();
    const left = await vi
      .waitUntil(() => processesOf(place.folder).length === 0, { timeout: 20_000, interval: 200 })
      .then(
        () => [],
        () => processesOf(place.folder),
      );
    return { code, err: start.err(), left };
  } finally {
    await place.clear();
  }
}

describe.concurrent("a start that can't listen leaves nothing behind and says why", () => {
  test("a chosen port that is taken", async ({ expect }) => {
    const taken = createServer();
    const port = await new Promise<number>((resolve) => {
      taken.listen(0, "127.0.0.1", () => {
        const address = taken.address();
        resolve(address && typeof address === "object" ? address.port : 0);
      });
    });
    const err = expect.stringMatching(/api exited during startup/);
    expect(await startAt(`127.0.0.1:${port}`)).toEqual({ code: 1, err, left: [] });
    taken.close();
  });

  test("an address beyond loopback, while nobody could be asked for", async ({ expect }) => {
    const err = expect.stringMatching(/refusing to listen on 0\.0\.0\.0.*newsgather users add/s);
    expect(await startAt("0.0.0.0:0")).toEqual({ code: 2, err, left: [] });
  });
});

const viaNpm = (place: Place) => npmRun("start", place);
const direct = (place: Place) => newsgather(["start"], place);
const INTO_GROUP = -1;

describe.concurrent("it ends as a whole, and in order,", () => {
  test.for([
    ["at SIGTERM to npm alone", viaNpm, 1, "SIGTERM", { code: 0, signal: null }],
    ["at Ctrl-C, which npm passes on", viaNpm, INTO_GROUP, "SIGINT", { code: 0, signal: null }],
    ["with its terminal", direct, INTO_GROUP, "SIGHUP", { code: null, signal: "SIGHUP" }],
  ] as const)("%s", async ([, starts, to, signal, end], { expect }) => {
    const place = await makePlace({ NEWSGATHER_LISTEN: "127.0.0.1:0" });
    try {
      const start = starts(place);
      await start.says(/portal, API and admin/);
      process.kill(to * start.pid, signal);
      expect(await start.ended(30_000)).toEqual(end);
      expect(processesOf(place.folder)).toEqual([]);
      // What tells of its owner and its services is taken away last.
      expect(await readdir(join(place.dataDir, "run"))).toEqual([]);
    } finally {
      await place.clear();
    }
  });
});
