import { createServer, type Socket } from "node:net";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { LIMITS } from "../../../../config/limits.ts";
import { createGuard } from "../../../../crawler/egress/guard.ts";
import { createHttp, type Http } from "../../../../crawler/http/http.ts";
import { disposition, type Received } from "../../../../crawler/http/response.ts";
import { isSkipped } from "../../../../model/crawl/outcome.ts";

const MB = 2 ** 20;
const CHUNK = Buffer.alloc(MB, "<p>x</p>");
const zeros = Buffer.alloc(200 * MB);
const fast = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };
const BOMBS: Record<string, { coding: string; body: Buffer }> = {
  br: { coding: "br", body: brotliCompressSync(zeros, fast) },
  gzip: { coding: "gzip", body: gzipSync(zeros) },
  "gzip in gzip": { coding: "gzip", body: gzipSync(gzipSync(zeros)) },
};
/** The head of a zip file with one deflated member. */
const ZIP = Buffer.concat([Buffer.from("504b0304140000000800", "hex"), Buffer.alloc(4 * MB)]);

const OK = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n";

let sent = 0;
/** What a raw server writes for a path; true when it has ended the answer. */
const WRITERS: Record<string, (socket: Socket) => void> = {
  "/100-mb": (socket) => {
    socket.write("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n");
    const more = () => {
      for (let full = false; !full && sent < 100 * MB && !socket.destroyed; sent += MB) {
        full = !socket.write(CHUNK);
      }
      if (sent >= 100 * MB) socket.end();
    };
    socket.on("drain", more);
    more();
  },
  "/zip": (socket) => socket.end(Buffer.concat([head("application/zip", ZIP.length), ZIP])),
  "/zip-as-page": (socket) => {
    socket.end(Buffer.concat([head("application/octet-stream", ZIP.length), ZIP]));
  },
  "/many-headers": (socket) => {
    socket.write("HTTP/1.1 200 OK\r\n");
    for (let n = 0; n < 20_000; n++) socket.write(`x-${n}: ${n}\r\n`);
    socket.end("\r\n<p>x");
  },
  "/one-header": (socket) => {
    socket.end(`HTTP/1.1 200 OK\r\nx: ${"y".repeat(5 * MB)}\r\n\r\n<p>x`);
  },
  "/endless-headers": (socket) => drip(socket, "HTTP/1.1 200 OK\r\n", "x: y\r\n"),
  "/endless-hints": (socket) => drip(socket, "", "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n"),
  "/flood-of-hints": (socket) => {
    const manyHints = "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(2000);
    const more = () => {
      for (let full = false; !full && !socket.destroyed; ) full = !socket.write(manyHints);
    };
    socket.on("drain", more);
    more();
  },
  "/hints": (socket) => socket.end(`${"HTTP/1.1 103 Hints\r\n\r\n".repeat(9)}${OK}<p>x`),
  "/status-99": (socket) => socket.end(OK.replace("200", "099")),
  "/switched": (socket) => socket.end(OK.replace("200", "101")),
  "/no-http": (socket) => socket.end("SSH-2.0-OpenSSH_9.6\r\n"),
  "/nul-in-a-header": (socket) => socket.end(OK.replace("text", "\0")),
  "/many-cookies": (socket) => {
    const cookies = "set-cookie: a=b\r\n".repeat(20_000);
    socket.end(`HTTP/1.1 200 OK\r\n${cookies}\r\n<p>x`);
  },
};

function head(type: string, length: number): Buffer {
  return Buffer.from(
    `HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\ncontent-length: ${length}\r\n\r\n`,
  );
}

function drip(socket: Socket, first: string, again: string): void {
  socket.write(first);
  const timer = setInterval(() => socket.write(again), 10);
  socket.on("close", () => clearInterval(timer));
}

let origin = "";
let http: Http;
/** The same with little time. */
let hasty: Http;
const server = createServer((socket) => {
  socket.on("error", () => socket.destroy());
  socket.once("data", (request) => {
    const path = String(request).split(" ")[1] ?? "";
    const bomb = BOMBS[decodeURIComponent(path.slice(1))];
    if (!bomb) return WRITERS[path]?.(socket);
    const { coding, body } = bomb;
    const start = `HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-encoding: ${coding}\r\n`;
    socket.write(`${start}content-length: ${body.length}\r\n\r\n`);
    socket.end(body);
  });
});

beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, "127.1.9.9", done));
  const bound = server.address();
  origin = `http://127.1.9.9:${bound && typeof bound === "object" ? bound.port : 0}`;
  const guard = createGuard({ hosts: new Map(), allowNetworks: ["127.1.0.0/16"] });
  const limits = { bytes: LIMITS.wireBytes, decodedBytes: LIMITS.decodedBytes, deadline: 15_000 };
  const open = (more: object) =>
    createHttp({ guard, userAgent: "Newsgather/test", limits: { ...limits, ...more } });
  [http, hasty] = [open({}), open({ deadline: 1000 })];
});
afterAll(async () => {
  await Promise.all([http.close(), hasty.close()]);
  server.close();
});

async function get(path: string, client = http): Promise<Received> {
  const answer = await client.get({ url: origin + path });
  if (isSkipped(answer)) throw new Error(answer.skipped);
  return answer;
}

function judged(received: Received) {
  return disposition(received, {
    kind: "article",
    attempts: 1,
    hops: [],
    now: new Date(),
    random: 0,
  });
}

test.each(Object.keys(BOMBS))("a bomb of 200 MB in %s is cut at its bound", async (name) => {
  const { wire, decoded, truncated } = await get(`/${encodeURIComponent(name)}`);
  const most = Math.max(LIMITS.fetch.ratioFrom, LIMITS.fetch.ratio * wire.length);
  expect(decoded.length).toBeLessThanOrEqual(Math.min(LIMITS.decodedBytes, most));
  // One layer is the coding, the other one a file that nobody unpacks.
  expect(truncated).toBe(name !== "gzip in gzip");
});

test("a page of 100 MB is cut, and the rest never comes over the wire", async () => {
  sent = 0;
  const { wire, truncated } = await get("/100-mb");
  expect([wire.length, truncated]).toEqual([LIMITS.wireBytes, true]);
  expect(sent).toBeLessThan(40 * MB);
});

test.each(["/zip", "/zip-as-page"])("%s is never unpacked", async (path) => {
  expect(judged(await get(path))).toMatchObject({ skipped: "unsupported-type" });
});

test.each(["/many-headers", "/one-header", "/many-cookies", "/endless-headers", "/endless-hints"])(
  "%s ends at its bound, in bytes or time",
  async (path) => {
    const began = performance.now();
    const error: unknown = await get(path, hasty).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ reason: expect.stringMatching(/^(bad-response|timeout)$/) });
    expect(performance.now() - began).toBeLessThan(15_000);
  },
);

test.each(["/status-99", "/switched", "/no-http", "/nul-in-a-header", "/flood-of-hints"])(
  "%s is a bad response, at once",
  async (path) => {
    const error: unknown = await get(path).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name: "RetryLater", reason: "bad-response" });
  },
);

test("a page after some early hints arrives", async () => {
  expect(Buffer.from((await get("/hints")).decoded).toString()).toBe("<p>x");
});

test("a deadline also holds while the connection is opened", async () => {
  const guard = createGuard({ hosts: new Map(), allowNetworks: ["127.1.0.0/16"] });
  const waiting = createHttp({
    guard: { ...guard, connector: () => {} },
    userAgent: "Newsgather/test",
    limits: { deadline: 50 },
  });
  await expect(waiting.get({ url: origin })).rejects.toMatchObject({ reason: "timeout" });
  await waiting.close();
});
