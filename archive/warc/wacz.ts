import { createWriteStream } from "node:fs";
import { basename } from "node:path";
import { pipeline } from "node:stream/promises";
import { ZipFile } from "yazl";
import { PRODUCT, VERSION } from "../../config/env.ts";
import { digest } from "../../lib/hash.ts";
import { fileDigest } from "../file-digest.ts";

/** A page of the archive that a reader may start from. */
export interface Page {
  url: string;
  /** ISO 8601. */
  ts: string;
  title: string;
}

/** A file inside the archive, and where its bytes are. */
type Part = { path: string; compress: boolean } & ({ file: string } | { bytes: Buffer });

/**
 * Packs a WARC file and its index as WACZ 1.1.1 (specs.webrecorder.net/wacz/1.1.1): one file that
 * replay tools open.
 */
export async function writeWacz(
  from: { warc: string; index: string; name: string },
  pages: Page[],
  file: string,
): Promise<void> {
  const head = { format: "json-pages-1.0", id: "pages", title: "All pages" };
  const lines = [head, ...pages].map((page) => `${JSON.stringify(page)}\n`).join("");
  const parts: Part[] = [
    { path: `archive/${from.name}`, compress: false, file: from.warc },
    { path: "indexes/index.cdxj", compress: true, file: from.index },
    { path: "pages/pages.jsonl", compress: true, bytes: Buffer.from(lines) },
  ];
  const listing = Buffer.from(JSON.stringify(await packageOf(parts), null, 2));
  const signed = { path: "datapackage.json", hash: `sha256:${digest(listing)}` };
  const zip = new ZipFile();
  for (const part of parts) {
    if ("file" in part) zip.addFile(part.file, part.path, { compress: part.compress });
    else zip.addBuffer(part.bytes, part.path, { compress: part.compress });
  }
  zip.addBuffer(listing, "datapackage.json");
  zip.addBuffer(Buffer.from(JSON.stringify(signed)), "datapackage-digest.json");
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(file, { mode: 0o600 }));
}

async function packageOf(parts: Part[]) {
  const resources = [];
  for (const part of parts) {
    const { bytes, sha256 } =
      "file" in part
        ? await fileDigest(part.file)
        : { bytes: part.bytes.byteLength, sha256: digest(part.bytes) };
    resources.push({ name: basename(part.path), path: part.path, hash: `sha256:${sha256}`, bytes });
  }
  return {
    profile: "data-package",
    wacz_version: "1.1.1",
    software: `${PRODUCT}/${VERSION}`,
    created: new Date().toISOString(),
    resources,
  };
}
