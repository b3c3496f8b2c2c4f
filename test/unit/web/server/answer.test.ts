import { brotliDecompressSync, gunzipSync } from "node:zlib";
import fastify from "fastify";
import { beforeAll, describe, expect, test } from "vitest";
import { AnswerCache, answerer, codingFor } from "../../../../web/server/answer.ts";

const long = "Hamburg wants to go paperless. ".repeat(100);

/** A bound against a hang. */
const HANG = { timeout: 20_000 };
const NOON = Date.parse("2026-11-25T12:00:00Z");

function serve(body: string, patience = 0) {
  let builds = 0;
  let held = Promise.resolve();
  let state = { stamp: "1", changedAt: new Date(NOON), now: new Date(NOON + 5000) };
  const cache = new AnswerCache({ entries: 10, chars: 100_000 });
  const answer = answerer(async () => state, cache, { patience, now: () => state.now });
  const app = fastify();
  app.get("/", (request, reply) =>
    answer(request, reply, "", async ({ stamp }) => {
      builds++;
      await held;
      if (stamp === "gone") throw new Error("taken back");
      return { type: "text/plain", body: `${body}${stamp === "1" ? "" : stamp}`, usage: [] };
    }),
  );
  const ask = (headers: Record<string, string> = {}) => app.inject({ url: "/", headers });
  /** The stream goes on at `ms` after noon. */
  const change = (stamp: string, ms: number) => {
    state = { stamp, changedAt: new Date(NOON + ms), now: new Date(NOON + ms) };
  };
  /** Pages that are made from now on wait until the returned function is called. */
  const hold = () => {
    let release = () => {};
    held = new Promise((resolve) => {
      release = resolve;
    });
    return release;
  };
  return { ask, builds: () => builds, change, hold };
}

describe("a long answer", () => {
  const { ask, builds } = serve(long);
  let plain: Awaited<ReturnType<typeof ask>>;
  let br: typeof plain;
  let gz: typeof plain;
  beforeAll(async () => {
    plain = await ask();
    br = await ask({ "accept-encoding": "gzip, deflate, br" });
    gz = await ask({ "accept-encoding": "gzip" });
  });

  test("has the coding that its reader takes", () => {
    const codings = [plain, br, gz].map(({ headers }) => headers["content-encoding"]);
    expect(codings).toEqual([undefined, "br", "gzip"]);
    expect(br.headers["vary"]).toBe("accept-encoding");
  });

  test("is the same text in each coding", () => {
    expect(plain.body).toBe(long);
    expect(brotliDecompressSync(br.rawPayload).toString()).toBe(long);
    expect(gunzipSync(gz.rawPayload).toString()).toBe(long);
  });

  test("is much shorter when it is packed", () => {
    expect(Math.max(br.rawPayload.length, gz.rawPayload.length)).toBeLessThan(long.length / 5);
  });

  test("is built once for all codings", () => {
    expect(builds()).toBe(1);
  });

  test("has a tag of its own in each coding", () => {
    expect(new Set([plain, br, gz].map(({ headers }) => headers.etag)).size).toBe(3);
  });

  test.each(["br", "gzip", "identity"])("is not sent again to who has it: %s", async (coding) => {
    const { headers } = { br, gzip: gz, identity: plain }[coding] ?? plain;
    const again = { "accept-encoding": coding, "if-none-match": String(headers.etag) };
    expect((await ask(again)).statusCode).toBe(304);
  });
});

test("a short answer stays as it is", async () => {
  const answer = await serve("short").ask({ "accept-encoding": "br" });
  expect([answer.body, answer.headers["content-encoding"]]).toEqual(["short", undefined]);
});

test("while a page is made anew its readers get the one before, with its validators", async () => {
  const { ask, change } = serve("page", 1000);
  const first = await ask();
  change("2", 5900);
  const both = await Promise.all([ask(), ask()]);
  const { etag } = first.headers;
  expect(both.map(({ body, headers }) => [body, headers.etag])).toEqual([
    ["page", etag],
    ["page", etag],
  ]);
  // Not of the second of the change: who comes back with it is told of the change.
  expect(both[0]?.headers["last-modified"]).toBe("Wed, 25 Nov 2026 12:00:00 GMT");
});

test("a page is made anew once for all its readers", async () => {
  const { ask, change, builds } = serve("page", 1000);
  await ask();
  change("2", 5900);
  await Promise.all([ask(), ask()]);
  await expect.poll(async () => (await ask()).body, HANG).toBe("page2");
  expect(builds()).toBe(2);
});

test("while a page is made anew, further changes don't begin to make it once more", async () => {
  const { ask, change, builds, hold } = serve("page", 1000);
  await ask();
  const release = hold();
  change("2", 5500);
  await ask();
  await expect.poll(builds, HANG).toBe(2);
  change("3", 5600);
  await ask();
  await ask();
  expect(builds()).toBe(2);
  release();
  await expect.poll(async () => (await ask()).body, HANG).toBe("page3");
  expect(builds()).toBe(3);
});

test("while a page is made anew who has the one before gets nothing, and then the new one", async () => {
  const { ask, change } = serve("page", 1000);
  const known = { "if-none-match": String((await ask()).headers.etag) };
  change("3", 5900);
  expect((await ask(known)).statusCode).toBe(304);
  await expect.poll(async () => (await ask(known)).body, HANG).toBe("page3");
});

test("a page that nobody asked for within its time is made anew for who asks next", async () => {
  const { ask, change } = serve("page", 1000);
  await ask();
  change("1", 60_000);
  expect((await ask()).body).toBe("page");
  // It was the newest a moment ago, so a moment later it may be given.
  change("2", 60_999);
  expect((await ask()).body).toBe("page");
  await expect.poll(async () => (await ask()).body, HANG).toBe("page2");
  change("3", 62_000);
  expect((await ask()).body).toBe("page3");
});

test("what can't be made any more is told once the time of the page before is over", async () => {
  const { ask, change } = serve("page", 1000);
  await ask();
  change("gone", 5500);
  expect([(await ask()).statusCode, (await ask()).statusCode]).toEqual([200, 200]);
  change("gone", 6000);
  const { statusCode, headers } = await ask();
  expect([statusCode, headers.etag]).toEqual([500, undefined]);
});

test.each([
  ["a page that is reloaded", { "cache-control": "max-age=0" }],
  ["a program that asks for the newest", { "cache-control": "no-cache" }],
  ["an old program", { pragma: "no-cache" }],
])("%s is the newest", async (_, headers) => {
  const { ask, change } = serve("page", 1000);
  await ask();
  change("2", 5900);
  expect((await ask(headers)).body).toBe("page2");
});

test.each([
  [undefined, "identity"],
  ["", "identity"],
  ["deflate, *", "identity"],
  ["GZIP;q=0.5", "gzip"],
  ["br;q=0, gzip;q=1.0", "gzip"],
  ["br ; q=0.000, gzip; q=0", "identity"],
  ["gzip, br;q=0.1", "br"],
])("%s is answered as %s", (accepted, coding) => {
  expect(codingFor(accepted)).toBe(coding);
});
