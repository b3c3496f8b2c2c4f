import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createGuard } from "../../../../crawler/egress/guard.ts";
import { createHttp, type Http, type HttpRequest } from "../../../../crawler/http/http.ts";
import type { Received } from "../../../../crawler/http/response.ts";
import { GiveUp, isSkipped, RetryLater } from "../../../../model/crawl/outcome.ts";
import { type Loopback, listen } from "../../../helpers/loopback.ts";

const page = "<p>Rathaus öffnet Datenportal</p>".repeat(50);
// `zstd -c` of "hello zstd\n".
const zstd = Buffer.from("28b52ffd045859000068656c6c6f207a7374640a6c57f951", "hex");
let site: Loopback;
let http: Http;
/** Ends a request after 200 ms. */
let impatient: Http;
let seen: { url: string; headers: NodeJS.Dict<string | string[]> }[] = [];

const bodies: Record<string, { coding: string; body: Uint8Array }> = {
  "/plain": { coding: "", body: Buffer.from(page) },
  "/gzip": { coding: "gzip", body: gzipSync(page) },
  "/br": { coding: "br", body: brotliCompressSync(page) },
  "/deflate": { coding: "deflate", body: deflateSync(page) },
  "/deflate-raw": { coding: "deflate", body: deflateRawSync(page) },
  "/lying-gzip": { coding: "gzip", body: Buffer.from(page) },
  "/sitemap.xml.gz": { coding: "", body: gzipSync(page) },
  "/cut-gzip": { coding: "gzip", body: gzipSync(page.repeat(200)).subarray(0, 300) },
  "/bomb": { coding: "gzip", body: gzipSync(Buffer.alloc(40_000_000)) },
  "/big": { coding: "", body: Buffer.alloc(300_000, "x") },
  "/utf-8": { coding: "UTF-8", body: Buffer.from(page) },
  "/none": { coding: "none", body: Buffer.from(page) },
  "/8bit": { coding: "8bit", body: Buffer.from(page) },
  "/latin1": { coding: "ISO-8859-1", body: Buffer.from(page) },
  "/gzip-utf-8": { coding: "gzip, utf-8", body: gzipSync(page) },
  "/broken-br": { coding: "br", body: Buffer.from("not brotli at all") },
};

/** Node writes each character of a header as one byte. */
const latin1 = (text: string) => Buffer.from(text).toString("latin1");

beforeAll(async () => {
  site = await listen("127.1.9.2", (request, response) => {
    const url = request.url ?? "";
    seen.push({ url, headers: request.headers });
    const fixed = bodies[url];
    if (fixed) {
      if (fixed.coding) response.setHeader("content-encoding", fixed.coding);
      response.setHeader("Set-Cookie", ["a=1", "b=2"]);
      return response.end(fixed.body);
    }
    if (url === "/zstd-greedy") {
      // A frame that asks for a window of 2 GB.
      const greedy = Buffer.from("28b52ffd00a9010000", "hex");
      return response.setHeader("content-encoding", "zstd").end(greedy);
    }
    if (url === "/zstd") return response.setHeader("content-encoding", "zstd").end(zstd);
    if (url === "/moved") return response.writeHead(302, { location: "../to?x=1#frag" }).end();
    if (url === "/moved-utf-8")
      return response.writeHead(302, { location: latin1("/nyheter/övrigt") }).end();
    if (url === "/moved-bom")
      return response.writeHead(302, { location: latin1("\ufeff/moved-utf-8") }).end();
    if (url === "/to-canary")
      return response.writeHead(302, { location: "http://127.0.0.1/" }).end();
    if (url === "/huge-header") return response.setHeader("x", "y".repeat(70_000)).end();
    if (url === "/cache-tags") return response.setHeader("x", "node:1 ".repeat(3000)).end(page);
    if (url === "/reset") return response.destroy();
    if (url === "/odd") return response.setHeader("content-encoding", "lzma").end("?");
    if (url === "/304") return response.writeHead(304).end();
    if (url !== "/drip" && url !== "/endless") return response;
    response.write("<p>");
    const chunk = url === "/drip" ? "x" : "x".repeat(20_000);
    const timer = setInterval(() => response.write(chunk), 20);
    return response.on("close", () => clearInterval(timer));
  });
  const guard = createGuard({
    hosts: new Map([["nowhere.example", ["127.0.0.1"]]]),
    allowNetworks: ["127.1.0.0/16"],
  });
  http = createHttp({
    guard,
    userAgent: "TestGather/1 (+https://example.org/bot)",
    limits: { bytes: 200_000 },
  });
  impatient = createHttp({ guard, userAgent: "TestGather/1", limits: { deadline: 200 } });
});

afterAll(async () => {
  await Promise.all([http.close(), impatient.close()]);
  await site.close();
});

async function get(path: string, more: Partial<HttpRequest> = {}): Promise<Received> {
  const answer = await http.get({ url: `${site.origin}${path}`, ...more });
  if (isSkipped(answer)) throw new Error(`skipped ${answer.skipped}`);
  return answer;
}

async function reasonOf(url: string): Promise<unknown> {
  return http.get({ url }).then(
    () => "none",
    (error: unknown) =>
      error instanceof RetryLater || error instanceof GiveUp ? error.reason : error,
  );
}

async function failure(path: string, more: Partial<HttpRequest> = {}): Promise<unknown> {
  return get(path, more).then(
    () => "no failure",
    (error: unknown) => error,
  );
}

describe("bodies", () => {
  test.each([
    ["/plain", null],
    ["/gzip", "gzip"],
    ["/br", "br"],
    ["/deflate", "deflate"],
    ["/deflate-raw", "deflate"],
    ["/lying-gzip", null],
    ["/utf-8", null],
    ["/none", null],
    ["/8bit", null],
    ["/latin1", null],
    ["/gzip-utf-8", "gzip"],
    ["/sitemap.xml.gz", "gzip"],
  ])("%s is kept as it came and decoded from %s", async (path, encoding) => {
    const answer = await get(path);
    expect(Buffer.from(answer.decoded).toString()).toBe(page);
    expect(Buffer.from(answer.wire).equals(bodies[path]?.body ?? Buffer.alloc(0))).toBe(true);
    expect(answer).toMatchObject({ encoding, truncated: false, status: 200, address: "127.1.9.2" });
    expect(answer.headers["set-cookie"]).toBe("a=1\nb=2");
    expect(answer.endedAt.getTime()).toBeGreaterThanOrEqual(answer.startedAt.getTime());
  });

  test("a body after 20 KB of cache tags arrives", async () => {
    expect(Buffer.from((await get("/cache-tags")).decoded).toString()).toBe(page);
  });

  test("zstd that nobody asked for is decoded", async () => {
    expect(Buffer.from((await get("/zstd")).decoded).toString()).toBe("hello zstd\n");
  });

  test("a cut gzip gives what came", async () => {
    const answer = await get("/cut-gzip");
    expect(answer.decoded.length).toBeGreaterThan(1000);
  });

  test("a bomb stops at 200 times its size", async () => {
    const answer = await get("/bomb");
    expect(answer.truncated).toBe(true);
    expect(answer.decoded.length).toBeLessThan(200 * answer.wire.length + 1);
    expect(answer.decoded.length).toBeGreaterThan(1_000_000);
  });

  test("too many bytes are cut, unless the request brings its own bounds", async () => {
    const cut = await get("/big");
    expect([cut.wire.length, cut.truncated]).toEqual([200_000, true]);
    const whole = await get("/big", { maxBytes: 400_000 });
    expect([whole.wire.length, whole.truncated]).toEqual([300_000, false]);
    expect((await get("/endless")).truncated).toBe(true);
  });
});

describe("requests", () => {
  test("validators go out byte for byte, with our own user agent and codings", async () => {
    seen = [];
    await get("/304", {
      validators: { etag: 'W/"a b"', lastModified: "Mon, 02 Mar 2026 12:00:00 GMT" },
      headers: { "User-Agent": "Mozilla", "Accept-Language": "de" },
    });
    expect(seen[0]?.headers).toMatchObject({
      "if-none-match": 'W/"a b"',
      "if-modified-since": "Mon, 02 Mar 2026 12:00:00 GMT",
      "user-agent": "TestGather/1 (+https://example.org/bot)",
      "accept-encoding": "gzip, deflate, br",
      "accept-language": "de",
    });
  });

  test("a validator that no header can carry is left out", async () => {
    seen = [];
    await get("/plain", { validators: { etag: '"日本"', lastModified: "a\r\nb: c" } });
    expect(seen).toHaveLength(1);
    expect(seen[0]?.headers).not.toHaveProperty("if-none-match");
    expect(seen[0]?.headers).not.toHaveProperty("if-modified-since");
  });

  test("a redirect is answered, not followed", async () => {
    seen = [];
    const answer = await get("/moved");
    expect(answer).toMatchObject({ status: 302, location: `${site.origin}/to?x=1` });
    expect(seen).toHaveLength(1);
    expect((await get("/to-canary")).location).toBe("http://127.0.0.1/");
  });

  test("a redirect in unescaped UTF-8 leads to its URL", async () => {
    expect((await get("/moved-utf-8")).location).toBe(`${site.origin}/nyheter/%C3%B6vrigt`);
  });

  test("a byte order mark before a redirect's target is no part of it", async () => {
    expect((await get("/moved-bom")).location).toBe(`${site.origin}/moved-utf-8`);
  });

  test.each([
    ["http://127.0.0.1/", "egress-refused"],
    ["http://nowhere.example/", "egress-refused"],
    ["http://localhost/", "egress-refused"],
    ["file:///etc/passwd", "bad-url"],
    ["nonsense", "bad-url"],
  ])("%s is skipped as %s", async (url, skipped) => {
    expect(await http.get({ url })).toMatchObject({ skipped });
  });
});

describe("failures", () => {
  test.each([
    ["/huge-header", "bad-response"],
    ["/reset", "reset"],
    ["/odd", "bad-response"],
    ["/broken-br", "bad-response"],
    ["/zstd-greedy", "bad-response"],
  ])("%s is retried as %s", async (path, reason) => {
    const error = await failure(path);
    expect(error).toBeInstanceOf(RetryLater);
    expect(error).toMatchObject({ reason });
  });

  test.each(["/drip", "/silent"])(
    "%s is retried as timeout once its time is over",
    async (path) => {
      const error = await impatient.get({ url: `${site.origin}${path}` }).catch((each) => each);
      expect(error).toBeInstanceOf(RetryLater);
      expect(error).toMatchObject({ reason: "timeout" });
    },
  );

  test("nobody listening, no such name, no TLS", async () => {
    expect(await reasonOf("http://127.1.9.77:1/")).toBe("connect");
    expect(await reasonOf("http://does-not-exist.invalid/")).toBe("dns");
    expect(await reasonOf(`https://127.1.9.2:${site.port}/`)).toBe("tls");
  });

  test("the caller's signal ends the request with its own reason", async () => {
    const lost = new Error("lock lost");
    const signal = AbortSignal.timeout(50);
    expect(await failure("/silent", { signal })).toMatchObject({ name: "TimeoutError" });
    expect(await failure("/silent", { signal: AbortSignal.abort(lost) })).toBe(lost);
  });
});

describe("a request that is told of", () => {
  const guard = createGuard({ hosts: new Map(), allowNetworks: ["127.1.0.0/16"] });
  const late: typeof guard.connector = (target, callback) =>
    void setTimeout(() => guard.connector(target, callback), 150);
  const progressAfter = async (url: string) => {
    const slow = createHttp({ guard: { ...guard, connector: late }, userAgent: "Newsgather/test" });
    const began = performance.now();
    const progress: number[] = [];
    const start = async () => () => void progress.push(performance.now() - began);
    await slow.get({ url, start }).catch(() => {});
    await slow.close();
    return progress;
  };

  test("is under way once its connection is open", async () => {
    const progress = await progressAfter(`${site.origin}/plain`);
    expect(progress).toHaveLength(1);
    expect(progress[0]).toBeGreaterThan(140);
  });

  test("that gets no connection is told of once all the same, so that others may start", async () => {
    expect(await progressAfter("http://127.1.9.2:9/")).toHaveLength(1);
  });
});
