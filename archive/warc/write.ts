import { open, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { getSurt, WARC_1_1, WARCRecord, WARCSerializer } from "warcio";
import { PRODUCT, VERSION } from "../../config/env.ts";
import { setBounded } from "../../lib/async.ts";
import { writeAt } from "../../lib/write-file.ts";
import type { Capture } from "../../model/crawl/capture.ts";
import type { Archived } from "../../store/archive/responses.ts";
import { type Earlier, type Entry, payloadKey, recordsOf } from "./capture-records.ts";
import type { Journal } from "./journal.ts";

const compress = promisify(gzip);

const MAX_REMEMBERED_BODIES = 200_000;

export interface Written {
  captures: number;
  records: number;
  bytes: number;
  /** Number of bodies that couldn't be read. After an interruption, the count begins again. */
  lost: number;
  /** Lines of the index, sorted. */
  index: string[];
}

const MIN_CHECKPOINT_CAPTURES = 50;

/**
 * Writes a WARC file and its index. With a journal, continues from its progress. Takes about 0.3 kB
 * of memory per capture.
 */
export async function writeWarc(
  captures: AsyncIterable<Archived>,
  files: { warc: string; index: string; name: string },
  onCapture: (count: number, one: Archived) => void,
  journal: Journal | null,
): Promise<Written> {
  const { from = null, noted = [] } = journal ?? {};
  const { captures: count, records, bytes } = from ?? { captures: 0, records: 0, bytes: 0 };
  const index = noted.flatMap((one) => ("index" in one ? one.index : []));
  const written: Written = { captures: count, records, bytes, lost: 0, index };
  const earlier = new Map(
    noted.flatMap((one) => ("payload" in one ? [[one.payload, one.first] as const] : [])),
  );
  const { name } = files;
  const handle = await open(files.warc, from ? "r+" : "w", 0o600);
  const add = async (entry: Entry) => {
    const at = written.bytes;
    const member = await compressRecord(entry, written, name, journal);
    await writeAt(handle, member, at);
  };
  try {
    await handle.truncate(bytes);
    if (!from) await add(infoEntry(name));
    let previous: Capture | null = null;
    let checkpoint = written.captures;
    for await (const one of captures) {
      const { sourceId, fetchedAt } = one.capture;
      // After an interruption, captures of the same instant can come in another order.
      const isLater =
        previous && (previous.sourceId !== sourceId || previous.fetchedAt < fetchedAt);
      if (journal && isLater && written.captures - checkpoint >= MIN_CHECKPOINT_CAPTURES) {
        checkpoint = written.captures;
        await handle.datasync();
        await journal.keep({
          captures: written.captures,
          records: written.records,
          bytes: written.bytes,
          next: { sourceId, since: fetchedAt },
        });
      }
      previous = one.capture;
      if (one.lost) written.lost++;
      const key = payloadKey(one);
      const known = key === null ? undefined : earlier.get(key);
      for (const entry of await recordsOf(one, known)) {
        await add(entry);
        noteBody(earlier, key, entry, journal);
      }
      onCapture(++written.captures, one);
    }
  } finally {
    await handle.close();
  }
  written.index.sort((a, b) => (a < b ? -1 : 1));
  const lines = written.index.map((line) => `${line}\n`).join("");
  await writeFile(files.index, lines, { mode: 0o600 });
  return written;
}

async function compressRecord(
  { record, repeats, index }: Entry,
  written: Written,
  filename: string,
  journal: Journal | null,
): Promise<Buffer> {
  const serializer = new WARCSerializer(record);
  await serializer.digestRecord({ payloadDigestForRevisit: repeats ?? "" });
  const bytes = await compress(await serializer.readFully());
  if (index) {
    const { url, date, mime, status } = index;
    const digest = record.warcPayloadDigest ?? undefined;
    const place = { length: String(bytes.length), offset: String(written.bytes), filename };
    const fields = { url, mime, status: String(status), digest, ...place };
    const line = `${getSurt(url)} ${date.replace(/\D/g, "").slice(0, 14)} ${JSON.stringify(fields)}`;
    written.index.push(line);
    journal?.note({ index: line });
  }
  written.records++;
  written.bytes += bytes.length;
  return bytes;
}

function noteBody(
  earlier: Map<string, Earlier>,
  key: string | null,
  { record, index }: Entry,
  journal: Journal | null,
): void {
  if (key === null || index === null || record.warcType !== "response") return;
  const { url, date } = index;
  const first = { url, date, digest: record.warcPayloadDigest ?? "" };
  setBounded(earlier, key, first, MAX_REMEMBERED_BODIES);
  journal?.note({ payload: key, first });
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
