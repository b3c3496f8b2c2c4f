import { createWriteStream, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test, vi } from "vitest";
import { ZipFile } from "yazl";
import { readResponses } from "../../../../archive/warc/responses.ts";
import { cpuOfAllThreads } from "../../../helpers/cpu.ts";

const folder = mkdtempSync(join(tmpdir(), "newsgather-bombs-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** CPU ms that a bomb may take; before it was bounded each took minutes. */
const BOUND_MS = 20_000;

async function read(file: string) {
  const found = [];
  for await (const one of readResponses(file)) found.push(one);
  return found;
}

function fileOf(name: string, bytes: Uint8Array): string {
  const file = join(folder, name);
  writeFileSync(file, bytes);
  return file;
}

async function zipOf(name: string, entries: [string, Buffer][]): Promise<string> {
  const zip = new ZipFile();
  for (const [path, bytes] of entries) zip.addBuffer(bytes, path, { compress: true });
  zip.end();
  const file = join(folder, name);
  await pipeline(zip.outputStream, createWriteStream(file));
  return file;
}

/** A WARC record of a response with these bytes of HTTP. */
function recordOf(http: Buffer): Buffer {
  const head = [
    "WARC/1.1",
    "WARC-Type: response",
    "WARC-Target-URI: https://town.example/a",
    "WARC-Date: 2026-03-02T09:01:00Z",
    `Content-Length: ${http.length}`,
  ].join("\r\n");
  return Buffer.concat([Buffer.from(`${head}\r\n\r\n`), http, Buffer.from("\r\n\r\n")]);
}

const page = recordOf(Buffer.from("HTTP/1.1 200 OK\r\n\r\n<p>A page"));

describe("a WACZ file", () => {
  test("that unpacks to 200 times its size is refused before anything is written", async () => {
    const empty = mkdtempSync(join(folder, "tmp-"));
    vi.stubEnv("TMPDIR", empty);
    const file = await zipOf("bomb.wacz", [["archive/a.warc", Buffer.alloc(100_000_000)]]);
    await expect(read(file)).rejects.toThrow(/unpacks to more than 200 times its size/);
    expect(readdirSync(empty)).toEqual([]);
    vi.unstubAllEnvs();
  });

  test("within a WACZ file is refused", async () => {
    const zip = Buffer.from([0x50, 0x4b, 0x03, 0x04, 0, 0, 0, 0]);
    const file = await zipOf("nested.wacz", [["archive/a.warc.gz", zip]]);
    await expect(read(file)).rejects.toThrow(/isn't a WARC file/);
  });

  test("whose WARC is packed is read", async () => {
    const file = await zipOf("plain.wacz", [["archive/a.warc", page]]);
    expect(await read(file)).toMatchObject([{ url: "https://town.example/a" }]);
  });
});

describe("a WARC file", () => {
  test("with a record of 150 MB says that it is too large, and the next one is read", async () => {
    const bomb = gzipSync(recordOf(Buffer.alloc(150_000_000)));
    const file = fileOf("huge.warc.gz", Buffer.concat([bomb, gzipSync(page)]));
    expect(await read(file)).toMatchObject([
      { offset: 0, broken: expect.stringContaining("larger than 64 MB") },
      { url: "https://town.example/a" },
    ]);
  });

  test("of thousands of heads that share one packed record takes no longer than some of them", async () => {
    // Each head has a file name that reaches up to the record: all of them unpack the same bytes.
    const head = Buffer.from([0x1f, 0x8b, 8, 8, 1, 1, 1, 1, 1, 1]);
    const heads = Buffer.concat(Array.from({ length: 5000 }, () => head));
    const data = gzipSync(recordOf(Buffer.alloc(60_000_000))).subarray(10, -8);
    const broken = Buffer.concat([data, Buffer.alloc(8, 7)]);
    const file = fileOf("shared.warc.gz", Buffer.concat([heads, Buffer.from([0]), broken]));
    const ms = await cpuOfAllThreads(async () => {
      expect(await read(file)).toEqual([{ offset: 0, broken: "its checksum doesn't match" }]);
    });
    expect(ms).toBeLessThan(BOUND_MS);
  });

  test("with a header that is repeated half a million times is read", async () => {
    const http = Buffer.from(`HTTP/1.1 200 OK\r\n${"a:\r\n".repeat(500_000)}\r\n`);
    const file = fileOf("headers.warc", recordOf(http));
    const ms = await cpuOfAllThreads(async () => {
      expect(await read(file)).toHaveLength(1);
    });
    expect(ms).toBeLessThan(BOUND_MS);
  });
});
