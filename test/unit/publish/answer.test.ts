import { brotliDecompressSync, gunzipSync } from "node:zlib";
import fastify from "fastify";
import { expect, test } from "vitest";
import { answerer } from "../../../publish/answer.ts";
import { AnswerCache } from "../../../publish/cache.ts";
import { codingFor } from "../../../publish/pack.ts";

const long = "Hamburg wants to go paperless. ".repeat(100);

function serve(body: string) {
  const changedAt = new Date("2026-11-25T12:00:00Z");
  let builds = 0;
  const read = async () => ({ stamp: "1", changedAt, now: new Date(changedAt.getTime() + 5000) });
  const answer = answerer(read, new AnswerCache({ entries: 10, chars: 100_000 }));
  const app = fastify();
  app.get("/", (request, reply) =>
    answer(request, reply, "", async () => {
      builds++;
      return { type: "text/plain", body };
    }),
  );
  const ask = (headers: Record<string, string> = {}) => app.inject({ url: "/", headers });
  return { ask, builds: () => builds };
}

test("an answer is built once and comes in the coding that its reader takes, each with a tag of its own", async () => {
  const { ask, builds } = serve(long);
  const plain = await ask();
  const br = await ask({ "accept-encoding": "gzip, deflate, br" });
  const gz = await ask({ "accept-encoding": "gzip" });
  expect(plain.body).toBe(long);
  expect(brotliDecompressSync(br.rawPayload).toString()).toBe(long);
  expect(gunzipSync(gz.rawPayload).toString()).toBe(long);
  const codings = [plain, br, gz].map(({ headers }) => headers["content-encoding"]);
  expect(codings).toEqual([undefined, "br", "gzip"]);
  expect(Math.max(br.rawPayload.length, gz.rawPayload.length)).toBeLessThan(long.length / 5);
  expect(new Set([plain, br, gz].map(({ headers }) => headers.etag)).size).toBe(3);
  expect(br.headers["vary"]).toBe("accept-encoding");
  expect(builds()).toBe(1);
  for (const [coding, { headers }] of [
    ["br", br],
    ["gzip", gz],
    ["identity", plain],
  ] as const) {
    const again = { "accept-encoding": coding, "if-none-match": String(headers.etag) };
    expect([coding, (await ask(again)).statusCode]).toEqual([coding, 304]);
  }
});

test("a short answer stays as it is", async () => {
  const answer = await serve("short").ask({ "accept-encoding": "br" });
  expect([answer.body, answer.headers["content-encoding"]]).toEqual(["short", undefined]);
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
