import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { basename } from "node:path";
import { pipeline } from "node:stream/promises";
import { ZipFile } from "yazl";
import { bindingRights } from "../../articles/reading/parse-tasks.ts";
import { PRODUCT, VERSION } from "../../config/env.ts";
import { CommandError } from "../../lib/exit.ts";
import { digest } from "../../lib/text.ts";
import type { DeniedCounts, ExportPurpose } from "../../model/archive/export.ts";
import type { SourceRecord } from "../../model/sources/source.ts";
import { denialKind, judgeUse } from "../../model/usage-rights.ts";
import { type Archived, readArchive, titlesOf } from "../../store/archive/responses.ts";
import { listSources } from "../../store/sources/sources.ts";
import type { Store } from "../../store/store.ts";
import { fileDigest, writeManifest } from "../export/target.ts";
import { dropJournal, openJournal } from "./journal.ts";
import { type Written, writeWarc } from "./write.ts";

/** Captures of `sources` (null: all), fetched from `since` to before `until`, for `purpose`. */
export interface Slice {
  sources: string[] | null;
  since: Date;
  until: Date;
  purpose: ExportPurpose;
}

type Seen = Omit<Page, "title"> & { linkId: string };

/** The format and target of an export. */
export interface ArchiveOutput {
  format: "warc" | "wacz";
  file: string;
  onCapture(count: number): void;
  /** Identifies the export. If set, the progress is recorded. */
  request?: string;
  /** Whether to continue an interrupted export of the same request. */
  resume?: boolean;
}

/**
 * Exports captures as WARC with an index (`NAME.cdxj`), or as WACZ. Also writes a manifest
 * (`FILE.manifest.json`). Throws `CommandError` for an unknown source.
 */
export async function exportArchive(
  store: Store,
  sliceAt: Slice | ((begunAt: Date) => Slice),
  { format, file, onCapture, request, resume = false }: ArchiveOutput,
): Promise<Written & { leftOut: DeniedCounts }> {
  if (!resume) await dropJournal(file);
  const now = new Date();
  const journal = request === undefined ? null : await openJournal(file, { request, now });
  const { begunAt: at = now, noted = [], from = null } = journal ?? {};
  const name = format === "wacz" ? "data.warc.gz" : basename(file);
  const parts = { warc: `${file}.warc.part`, index: `${file}.cdxj.part`, name };
  const wacz = `${file}.part`;
  const seen = noted.flatMap((one) => ("page" in one ? one.page : []));
  let whole = false;
  try {
    const slice = typeof sliceAt === "function" ? sliceAt(at) : sliceAt;
    const sourceRecords = await listSources(store);
    const sources = sourcesOf(sourceRecords, slice.sources);
    const all = readArchive(store, { ...slice, sources }, from?.next ?? null);
    const leftOut: DeniedCounts = {};
    const leave = (reason: string) => void (leftOut[reason] = (leftOut[reason] ?? 0) + 1);
    for (const one of noted) if ("leftOut" in one) leave(one.leftOut);
    const judge = judgeFor(slice.purpose, sourceRecords, at);
    const captures = allowedOf(all, judge, (reason) => {
      leave(reason);
      journal?.note({ leftOut: reason });
    });
    const count = (done: number, one: Archived) => {
      const page = pageOf(one);
      if (page) {
        seen.push(page);
        journal?.note({ page });
      }
      onCapture(done);
    };
    const written = await writeWarc(captures, parts, count, journal);
    if (format === "wacz") await writeWacz(parts, await pagesOf(store, seen), wacz);
    const index = `${file.replace(/\.warc(\.gz)?$/, "")}.cdxj`;
    const files =
      format === "wacz" ? { [wacz]: file } : { [parts.index]: index, [parts.warc]: file };
    const { captures: total, records, lost } = written;
    const facts = { format, at, request: slice, captures: total, records, lost, leftOut };
    await nameFiles(files, `${file}.manifest.json`, facts);
    whole = true;
    return { ...written, leftOut };
  } finally {
    await journal?.close();
    const canResume = journal !== null && !whole;
    for (const left of canResume ? [wacz] : [parts.warc, parts.index, wacz]) {
      await rm(left, { force: true });
    }
    if (whole) await dropJournal(file);
  }
}

function judgeFor(purpose: ExportPurpose, sources: readonly SourceRecord[], at: Date) {
  const byId = new Map(sources.map((source) => [source._id, source]));
  return ({ capture, today }: Archived): string | null => {
    const source = byId.get(capture.sourceId) ?? null;
    const { binding } = bindingRights([...(capture.rights ?? []), ...today], source, at);
    const verdict = judgeUse(binding, purpose, at);
    return verdict.allowed ? null : denialKind(verdict);
  };
}

async function* allowedOf(
  all: AsyncIterable<Archived>,
  judge: (one: Archived) => string | null,
  leave: (reason: string) => void,
): AsyncGenerator<Archived> {
  for await (const one of all) {
    const reason = judge(one);
    if (reason === null) yield one;
    else leave(reason);
  }
}

function sourcesOf(records: readonly SourceRecord[], wanted: string[] | null): string[] {
  const known = records.map(({ _id }) => _id);
  const unknown = wanted?.find((id) => !known.includes(id));
  if (unknown !== undefined) throw new CommandError("usage", `no such source: ${unknown}`);
  // Hosts' own files (robots.txt) belong to no source and come first.
  return (wanted ?? ["", ...known]).toSorted();
}

function pageOf({ capture, body }: Archived): Seen | null {
  const { kind, status, finalUrl, fetchedAt, linkId } = capture;
  if (kind !== "article" || status !== 200 || !body) return null;
  return { url: finalUrl, ts: fetchedAt.toISOString(), linkId };
}

async function pagesOf(store: Store, seen: Seen[]): Promise<Page[]> {
  const titles = await titlesOf(
    store,
    seen.map(({ linkId }) => linkId),
  );
  return seen.map(({ url, ts, linkId }) => ({ url, ts, title: titles.get(linkId) ?? url }));
}

/**
 * Gives the files in `parts` their final names. Writes the manifest first, so that it is never
 * missing.
 */
async function nameFiles(
  parts: Readonly<Record<string, string>>,
  manifest: string,
  facts: object,
): Promise<void> {
  const all = Object.entries(parts);
  await writeManifest(
    manifest,
    facts,
    all.map(([part, file]) => [basename(file), part]),
  );
  for (const [part, file] of all) await rename(part, file);
}

interface Page {
  url: string;
  ts: string;
  title: string;
}

type Part = { path: string; compress: boolean } & ({ file: string } | { bytes: Buffer });

/** Packs a WARC file and its index as WACZ 1.1.1 (specs.webrecorder.net/wacz/1.1.1). */
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
