import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { toReceived } from "../../../../archive/import/read.ts";
import { readResponses } from "../../../../archive/warc/responses.ts";

/** Made by another writer: see make.py beside it. */
const TOWN = new URL("../../../fixtures/warc/town.warc.gz", import.meta.url).pathname;
const whole = readFileSync(TOWN);

const folder = mkdtempSync(join(tmpdir(), "newsgather-import-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function read(bytes: Uint8Array) {
  const file = join(folder, "some.warc.gz");
  writeFileSync(file, bytes);
  const found = [];
  for await (const one of readResponses(file)) found.push(one);
  return found;
}

const responses = (found: Awaited<ReturnType<typeof read>>) =>
  found.flatMap((one) => ("broken" in one ? [] : one));
const broken = (found: Awaited<ReturnType<typeof read>>) =>
  found.flatMap((one) => ("broken" in one ? one : []));

/** Where the gzip members of the file begin. */
const starts = [...whole.keys()].filter(
  (at) => whole.subarray(at, at + 4).toString("hex") === "1f8b0800",
);

describe("an archive", () => {
  let found: ReturnType<typeof responses>;
  beforeAll(async () => {
    found = responses(await read(whole));
  });
  /** The response of this number; throws where there is none. */
  const nth = (n: number) => {
    const one = found[n];
    if (!one) throw new Error(`no response ${n}`);
    return one;
  };

  test("gives its responses in their order", () => {
    expect(found.map(({ url, status }) => `${status} ${new URL(url).pathname}`)).toEqual([
      "200 /robots.txt",
      "200 /news/bridge",
      "200 /news/library",
      "200 /news/bridge",
      "200 /news/lost",
      "200 /news/bridge",
      "301 /old",
      "404 /news/away",
      "200 /pictures/bridge.jpg",
      "200 /intern/plan",
      "200 /news/bank",
      "200 /news/telescopes",
    ]);
  });

  test("gives a response with its headers and those of its request", () => {
    expect(nth(1)).toMatchObject({
      address: "192.0.2.9",
      fetchedAt: new Date("2026-03-02T09:01:00Z"),
      headers: { vary: "accept\ncookie", "content-encoding": "gzip" },
      requestHeaders: { "user-agent": "Archiver/1" },
      repeats: null,
    });
  });

  test("gives a payload without its chunks, in the publisher's own coding", async () => {
    const bridge = nth(1);
    const text = gunzipSync(bridge.payload ?? "").toString();
    expect(text).toContain("<h1>Iron bridge opens again</h1>");
    const received = await toReceived(bridge);
    expect(received).toMatchObject({ encoding: "gzip", wire: bridge.payload, truncated: false });
  });

  test("gives a payload whose coding the archive has undone as plain, whatever its header names", async () => {
    const plain = await toReceived(nth(2));
    expect(plain.encoding).toBeNull();
    expect(plain.headers).not.toHaveProperty("content-encoding");
    expect(Buffer.from(plain.decoded).toString()).toContain("telescopes");
  });

  test("gives a response that repeats another one without a payload, with the one that it repeats", () => {
    const bridge = nth(1);
    const repeats = { url: bridge.url, at: bridge.fetchedAt };
    expect(nth(3)).toMatchObject({ payload: null, digest: bridge.digest, repeats });
  });
});

test("a plain file is read like a packed one", async () => {
  const compressed = responses(await read(whole));
  const plain = responses(await read(gunzipSync(whole)));
  const anywhere = (one: object) => ({ ...one, offset: 0 });
  expect(plain.map(anywhere)).toEqual(compressed.map(anywhere));
  expect(new Set(plain.map(({ offset }) => offset)).size).toBe(plain.length);
});

test("what is broken is told by its offset, and the next record is found", async () => {
  const [, , third = 0, fourth = 0] = starts;
  const damaged = Buffer.from(whole);
  damaged.fill(0xaa, third + 200, third + 260);
  const found = await read(damaged);
  expect(broken(found)).toEqual([
    { offset: third, broken: expect.stringMatching(/gzip data is damaged|checksum/) },
  ]);
  expect(responses(found)).toHaveLength(11);
  expect(responses(found)[1]?.offset).toBeGreaterThanOrEqual(fourth);

  // Bytes that were lost in between: what begins there is no member.
  const holed = Buffer.concat([
    whole.subarray(0, third),
    Buffer.alloc(500, 7),
    whole.subarray(fourth),
  ]);
  expect(broken(await read(holed))).toEqual([
    { offset: third, broken: "no gzip member starts here" },
  ]);
});

test("a file that ends inside a record gives what stands before it", async () => {
  const last = starts.at(-1) ?? 0;
  const cut = await read(whole.subarray(0, last + 300));
  expect(broken(cut)).toEqual([{ offset: last, broken: "the file ends inside this record" }]);
  expect(responses(cut)).toHaveLength(11);
  const plain = gunzipSync(whole);
  expect(broken(await read(plain.subarray(0, plain.length - 200)))).toEqual([
    { offset: plain.lastIndexOf("WARC/1.1"), broken: "the file ends inside this record" },
  ]);
});

test("bytes that aren't those of their digest are told, also where nothing is packed", async () => {
  const plain = gunzipSync(whole);
  const at = plain.indexOf("telescopes");
  plain.write("microscope", at);
  const [wrong] = broken(await read(plain));
  expect(wrong).toEqual({
    offset: plain.lastIndexOf("WARC/1.1", at),
    broken: expect.stringMatching(/^its bytes don't match sha1:/),
  });
});

test("several records in one member are read; what is no WARC file is refused by name", async () => {
  expect(responses(await read(gzipSync(gunzipSync(whole))))).toHaveLength(12);
  await expect(read(Buffer.from("<html>"))).rejects.toThrow(/some\.warc\.gz isn't a WARC file/);
  expect(broken(await read(gzipSync("<html>")))).toEqual([
    { offset: 0, broken: "no WARC record starts here" },
  ]);
});

test.each([
  ["line feeds alone", "HTTP/1.1 200 OK\nContent-Type: text/html\n\n"],
  ["both line ends", "HTTP/1.1 200 OK\r\nContent-Type: text/html\n\r\n"],
  ["a blank line of a line feed", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\n"],
])("a response whose headers end in %s has its whole payload", async (_, head) => {
  const page = "<p>First.</p>\r\n\r\n<p>Second.</p>";
  const record = `WARC/1.0\r
WARC-Type: response\r
WARC-Target-URI: http://town.example/news\r
WARC-Date: 2026-03-02T09:00:00Z\r
Content-Length: ${head.length + page.length}\r
\r
${head}${page}\r\n\r\n`;
  const [response] = responses(await read(Buffer.from(record)));
  expect(response?.headers).toEqual({ "content-type": "text/html" });
  expect(Buffer.from(response?.payload ?? "").toString()).toBe(page);
});
