import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { BSON, type Document } from "mongodb";
import { z } from "zod";
import { jsonOf, linesOf } from "../../lib/text.ts";
import { SCHEMA_VERSION } from "../../store/migrations.ts";

/**
 * Writes lines to a gzip file that only its owner can read. The file is named `PATH.part` until
 * `check` has succeeded.
 */
export async function writeLines<Result>(
  path: string,
  lines: AsyncIterable<string>,
  check: (part: string) => Promise<Result>,
): Promise<Result> {
  const part = `${path}.part`;
  try {
    await pipeline(
      Readable.from(ended(lines)),
      createGzip(),
      createWriteStream(part, { mode: 0o600 }),
    );
    const file = await open(part);
    await file.sync();
    await file.close();
    const result = await check(part);
    await rename(part, path);
    return result;
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/** Yields the lines of a gzip file. Throws if the file can't be read or is truncated. */
export async function* readLines(path: string): AsyncGenerator<string> {
  const source = createReadStream(path);
  const text = source.pipe(createGunzip()).setEncoding("utf8");
  source.on("error", (error) => text.destroy(error));
  yield* linesOf(text);
}

async function* ended(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield `${line}\n`;
}

/** Version of a backup's file format. A restore refuses newer versions. Version 1 lacks `again`. */
export const FORMAT_VERSION = 2;

/** The first line of a backup, with the versions of the file `format` and database `schema`. */
export const Header = z.object({
  newsgather: z.literal("backup"),
  format: z.int(),
  schema: z.int(),
  database: z.string(),
  at: z.iso.datetime(),
});
export type Header = z.infer<typeof Header>;

/**
 * The last line of a backup.
 *
 * - `counts`: the number of documents of each collection, and of lines with `again`.
 * - `sha256`: covers all previous lines.
 */
export const Footer = z.object({
  end: z.literal(true),
  counts: z.record(z.string(), z.int()),
  /** Number of bodies whose bytes are outside the database and not in this file. */
  elsewhere: z.int().optional(),
  sha256: z.string(),
});
export type Footer = z.infer<typeof Footer>;

/**
 * A document in a backup.
 *
 * - `c`: the collection, or `pending` for a change that is pending again after a restore.
 * - `again`: set if the document replaces an earlier one with the same id.
 * - `d`: the document.
 */
export interface Line {
  c: string;
  again?: true;
  d: Document;
}

/** Returns a document as one line of canonical Extended JSON, which keeps every BSON type. */
export function toLine(line: Line): string {
  return BSON.EJSON.stringify(line, { relaxed: false });
}

/** Parses a line, with JavaScript numbers if `plain`. Throws a `SyntaxError` if it isn't JSON. */
export function fromLine(text: string, plain: boolean): Line {
  return BSON.EJSON.parse(text, { relaxed: plain }) as Line;
}

/** Thrown if a backup is unusable. The message says why. */
export class BadBackup extends Error {
  override name = "BadBackup";
}

/** Checks a whole backup. Throws `BadBackup` if it isn't one, is too new, or was cut or changed. */
export async function checkBackup(
  lines: AsyncIterable<string>,
): Promise<{ header: Header; footer: Footer }> {
  const hash = createHash("sha256");
  let header: Header | undefined;
  let last: string | undefined;
  let count = 0;
  for await (const line of lines) {
    header ??= readHeader(line);
    if (last !== undefined) hash.update(last).update("\n");
    last = line;
    count++;
  }
  if (!header) throw new BadBackup("the file is empty");
  const footer = Footer.safeParse(jsonOf(last ?? "")).data;
  if (!footer) {
    throw new BadBackup(`the backup was truncated: it ends after line ${count}`);
  }
  if (footer.sha256 !== hash.digest("hex")) {
    throw new BadBackup("the backup has changed since it was written: its checksum differs");
  }
  return { header, footer };
}

function readHeader(line: string): Header {
  const header = Header.safeParse(jsonOf(line));
  if (!header.success) throw new BadBackup("line 1: this isn't a backup of Newsgather");
  const { format, schema } = header.data;
  if (format > FORMAT_VERSION || schema > SCHEMA_VERSION) {
    throw new BadBackup(
      `the backup has format ${format} and schema ${schema}, but this version of Newsgather reads only up to ${FORMAT_VERSION} and ${SCHEMA_VERSION}: update Newsgather`,
    );
  }
  return header.data;
}
