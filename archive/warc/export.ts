import { rename, rm } from "node:fs/promises";
import { basename } from "node:path";
import { CommandError } from "../../lib/exit.ts";
import { type Archived, readArchive, titlesOf } from "../../store/archive.ts";
import { listSources } from "../../store/sources.ts";
import type { Store } from "../../store/store.ts";
import { writeManifest } from "../export/manifest.ts";
import { dropJournal, openJournal } from "./journal.ts";
import { type Page, writeWacz } from "./wacz.ts";
import { type Written, writeWarc } from "./write.ts";

/** What is exported: captures of sources (null: of all) within a time. */
export interface Slice {
  sources: string[] | null;
  since: Date;
  until: Date;
}

type Seen = Omit<Page, "title"> & { linkId: string };

/**
 * How an export is written. One with `asked` (what was asked for, in words) keeps how far it is when it is
 * stopped, and with `resume` goes on there.
 */
export interface ArchiveOutput {
  format: "warc" | "wacz";
  file: string;
  onCapture(count: number): void;
  asked?: string;
  resume?: boolean;
}

/**
 * Exports captures as WARC, with its index as `NAME.cdxj` beside it, or as WACZ, whose pages are the
 * captured articles. Files get their names when they are whole; a manifest is there before
 * (`FILE.manifest.json`): what was asked for, what was counted, size and SHA-256 of each file.
 */
export async function exportArchive(
  store: Store,
  sliceAt: Slice | ((begunAt: Date) => Slice),
  { format, file, onCapture, asked, resume = false }: ArchiveOutput,
): Promise<Written> {
  if (!resume) await dropJournal(file);
  const now = new Date();
  const journal = asked === undefined ? null : await openJournal(file, { asked, now });
  const name = format === "wacz" ? "data.warc.gz" : basename(file);
  const parts = { warc: `${file}.warc.part`, index: `${file}.cdxj.part`, name };
  const wacz = `${file}.part`;
  const seen = (journal?.noted ?? []).flatMap((one) => ("page" in one ? one.page : []));
  let whole = false;
  try {
    const slice = typeof sliceAt === "function" ? sliceAt(journal?.begunAt ?? now) : sliceAt;
    const sources = await sourcesOf(store, slice.sources);
    const captures = readArchive(store, { ...slice, sources }, journal?.from?.next ?? null);
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
    const told = {
      format,
      at: journal?.begunAt ?? now,
      asked: slice,
      captures: total,
      records,
      lost,
    };
    await nameFiles(files, `${file}.manifest.json`, told);
    whole = true;
    return written;
  } finally {
    await journal?.close();
    const kept = journal !== null && !whole;
    for (const left of kept ? [wacz] : [parts.warc, parts.index, wacz]) {
      await rm(left, { force: true });
    }
    if (whole) await dropJournal(file);
  }
}

async function sourcesOf(store: Store, wanted: string[] | null): Promise<string[]> {
  const known = (await listSources(store)).map(({ _id }) => _id);
  const unknown = wanted?.find((id) => !known.includes(id));
  if (unknown !== undefined) throw new CommandError("usage", `no such source: ${unknown}`);
  // What hosts say of themselves (robots.txt) is of no source: it comes first.
  return (wanted ?? ["", ...known]).toSorted();
}

/** A capture as a page that a reader may start from; null for what is none. */
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
 * Gives whole files their names, the last one last; `parts` has where each lies. Before that a manifest is written, with
 * what is `told` of them and the size and SHA-256 of each, so that a file under its name has one.
 */
async function nameFiles(
  parts: Readonly<Record<string, string>>,
  manifest: string,
  told: object,
): Promise<void> {
  const all = Object.entries(parts);
  await writeManifest(
    manifest,
    told,
    all.map(([part, file]) => [basename(file), part]),
  );
  for (const [part, file] of all) await rename(part, file);
}
