import { crc32, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { codingOf, decode } from "../../../../crawler/http/decode.ts";

const html = new TextEncoder().encode("<html>");

test("charsets among the content codings count as none", () => {
  expect(codingOf("utf-8, iso-8859-1", html)).toBeNull();
});

test("the framing with which a file was uploaded to S3 is no content coding", () => {
  expect(codingOf("aws-chunked", html)).toBeNull();
  expect(codingOf("aws-chunked,gzip", gzipSync(html))).toBe("gzip");
});

test("a header of very many content codings isn't read", () => {
  expect(codingOf("utf-8,".repeat(2000), html)).toBe("unknown");
});

const words = Array.from({ length: 9000 }, (_, n) => (n * 2654435761) % 99991).join(" ");

/** Returns a gzip whose header has all optional fields: extra data, a name, a comment and a checksum. */
function withFields(gzip: Buffer): Buffer {
  const head = Buffer.from("\x1f\x8b\x08\x1e\0\0\0\0\0\x03\x05\0extraname\0comment\0", "latin1");
  const checksum = Buffer.alloc(2);
  checksum.writeUInt16LE(crc32(head) & 0xffff);
  return Buffer.concat([head, checksum, gzip.subarray(10)]);
}

test.each([
  ["a short page", "<p>short", gzipSync("<p>short")],
  ["a long page", words, gzipSync(words)],
  ["a page with all header fields", words, withFields(gzipSync(words))],
])("bytes after the gzip of %s are ignored", async (_, text, gzip) => {
  const wire = Buffer.concat([gzip, Buffer.from("\n<!-- cached -->\n")]);
  const { bytes, truncated } = await decode(wire, "gzip", 1_000_000);
  expect([Buffer.from(text).equals(bytes), truncated]).toEqual([true, false]);
});

test("a long gzip whose checksum is wrong counts as truncated", async () => {
  const wire = gzipSync(words);
  wire.writeUInt32LE(wire.readUInt32LE(wire.length - 8) ^ 1, wire.length - 8);
  expect(await decode(wire, "gzip", 1_000_000)).toMatchObject({ truncated: true });
});

test("a gzip of two members is read whole", async () => {
  const wire = Buffer.concat([gzipSync("<p>one"), gzipSync("<p>two")]);
  const { bytes, truncated } = await decode(wire, "gzip", 1_000_000);
  expect([Buffer.from(bytes).toString(), truncated]).toEqual(["<p>one<p>two", false]);
});
