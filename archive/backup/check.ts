import { createHash } from "node:crypto";
import { SCHEMA_VERSION } from "../../store/migrations.ts";
import { FORMAT, Footer, Header } from "./format.ts";

/** A backup can't be used; the message says where it is broken. */
export class BadBackup extends Error {
  override name = "BadBackup";
}

/**
 * Reads a backup to its end and answers its header and footer; throws `BadBackup` when it is no
 * backup, was made by a newer newsgather, ends early or was changed.
 */
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
  const footer = readFooter(last ?? "");
  if (!footer) {
    throw new BadBackup(`the backup ends after line ${count}, before its end: it was cut off`);
  }
  if (footer.sha256 !== hash.digest("hex")) {
    throw new BadBackup("the backup is not what was written: its checksum differs");
  }
  return { header, footer };
}

function readHeader(line: string): Header {
  const header = Header.safeParse(parse(line));
  if (!header.success) throw new BadBackup("line 1: this is no backup of newsgather");
  const { format, schema } = header.data;
  if (format > FORMAT || schema > SCHEMA_VERSION) {
    throw new BadBackup(
      `the backup has format ${format} and schema ${schema}, this newsgather knows up to ${FORMAT} and ${SCHEMA_VERSION}: update it`,
    );
  }
  return header.data;
}

function readFooter(line: string): Footer | null {
  return Footer.safeParse(parse(line)).data ?? null;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
