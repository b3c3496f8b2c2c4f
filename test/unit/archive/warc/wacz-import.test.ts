import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { afterAll, expect, test } from "vitest";
import { ZipFile } from "yazl";
import { writeWacz } from "../../../../archive/warc/export.ts";
import { readResponses } from "../../../../archive/warc/responses.ts";

const TOWN = new URL("../../../fixtures/warc/town.warc.gz", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "newsgather-wacz-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function read(file: string) {
  const found = [];
  for await (const one of readResponses(file)) found.push(one);
  return found;
}

/** What was read, but where in its file. */
const without = (found: Awaited<ReturnType<typeof read>>) =>
  found.map((one) => ({ ...one, offset: 0 }));

test("the WARC of a WACZ file is read where it lies, to the same responses", async () => {
  const wacz = join(folder, "town.wacz");
  const index = join(folder, "index.cdxj");
  writeFileSync(index, "");
  await writeWacz({ warc: TOWN, index, name: "data.warc.gz" }, [], wacz);
  const [found, wanted] = [await read(wacz), await read(TOWN)];
  expect(found).toHaveLength(12);
  expect(without(found)).toEqual(without(wanted));
  // Offsets are those in the file that was named: a gzip member begins there.
  const bytes = readFileSync(wacz);
  for (const { offset } of found) expect(bytes.readUInt16BE(offset)).toBe(0x1f8b);
});

test("several WARC files of one are read in turn, packed again or not; what is none is refused", async () => {
  const file = join(folder, "two.wacz");
  const zip = new ZipFile();
  zip.addFile(TOWN, "archive/a.warc.gz", { compress: true });
  zip.addBuffer(Buffer.from("{}"), "datapackage.json");
  zip.addFile(TOWN, "archive/b.warc.gz", { compress: false });
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(file));
  const wanted = without(await read(TOWN));
  expect(without(await read(file))).toEqual([...wanted, ...wanted]);

  writeFileSync(file, readFileSync(file).subarray(0, 2000));
  await expect(read(file)).rejects.toThrow("isn't a complete ZIP file");
  const empty = new ZipFile();
  empty.addBuffer(Buffer.from("{}"), "datapackage.json");
  empty.end();
  await pipeline(empty.outputStream, createWriteStream(file));
  await expect(read(file)).rejects.toThrow("contains no WARC file");
});
