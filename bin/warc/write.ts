import { createWriteStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { getSurt, WARC_1_1, WARCRecord, WARCSerializer } from "warcio";
import { PRODUCT, VERSION } from "../../config/env.ts";
import type { Archived } from "../../store/archive.ts";
import { type Earlier, type Entry, payloadKey, recordsOf } from "./records.ts";

const compress = promisify(gzip);

/** Bodies that are remembered, so that a repeated one is written as a revisit. */
const REMEMBERED = 200_000;

/** What was written. */
export interface Written {
  captures: number;
  records: number;
  bytes: number;
  /** Lines of the index, sorted. */
  index: string[];
}

/**
 * Writes captures as one WARC file, each record a gzip member of its own, and the CDXJ index of its
 * records. `name` is what the file will be called. Takes about 0.3 kB of memory per capture.
 */
export async function writeWarc(
  captures: AsyncIterable<Archived>,
  files: { warc: string; index: string; name: string },
  onCapture: (count: number) => void,
): Promise<Written> {
  const written: Written = { captures: 0, records: 0, bytes: 0, index: [] };
  const earlier = new Map<string, Earlier>();
  const { name } = files;
  async function* members() {
    yield await pack(infoEntry(name), written, name);
    for await (const one of captures) {
      const key = payloadKey(one);
      const known = key === null ? undefined : earlier.get(key);
      for (const entry of await recordsOf(one, known)) {
        yield await pack(entry, written, name);
        remember(earlier, key, entry);
      }
      onCapture(++written.captures);
    }
  }
  await pipeline(Readable.from(members()), createWriteStream(files.warc));
  written.index.sort((a, b) => (a < b ? -1 : 1));
  await writeFile(files.index, written.index.map((line) => `${line}\n`).join(""));
  return written;
}

async function pack({ record, repeats, index }: Entry, written: Written, filename: string) {
  const serializer = new WARCSerializer(record);
  await serializer.digestRecord({ payloadDigestForRevisit: repeats ?? "" });
  const bytes = await compress(await serializer.readFully());
  if (index) {
    const { url, date, mime, status } = index;
    const digest = record.warcPayloadDigest ?? undefined;
    const place = { length: String(bytes.length), offset: String(written.bytes), filename };
    const fields = { url, mime, status: String(status), digest, ...place };
    written.index.push(
      `${getSurt(url)} ${date.replace(/\D/g, "").slice(0, 14)} ${JSON.stringify(fields)}`,
    );
  }
  written.records++;
  written.bytes += bytes.length;
  return bytes;
}

function remember(earlier: Map<string, Earlier>, key: string | null, { record, index }: Entry) {
  if (key === null || index === null || record.warcType !== "response") return;
  const { url, date } = index;
  earlier.set(key, { url, date, digest: record.warcPayloadDigest ?? "" });
  const [oldest] = earlier.keys();
  if (earlier.size > REMEMBERED && oldest !== undefined) earlier.delete(oldest);
}

function infoEntry(filename: string): Entry {
  const info = { software: `${PRODUCT}/${VERSION}`, format: "WARC File Format 1.1" };
  const conforms = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/";
  const record = WARCRecord.createWARCInfo(
    { filename, warcVersion: WARC_1_1 },
    { ...info, conformsTo: conforms },
  );
  return { record, repeats: null, index: null };
}
