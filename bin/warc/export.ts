import { rename, rm } from "node:fs/promises";
import { basename } from "node:path";
import { type Archived, readArchive, titlesOf } from "../../store/archive.ts";
import { listSources } from "../../store/sources.ts";
import type { Store } from "../../store/store.ts";
import { CommandError } from "../exit.ts";
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
 * Exports captures as WARC, with its index as `NAME.cdxj` beside it, or as WACZ, whose pages are the
 * captured articles. Files get their names when they are whole.
 */
export async function exportArchive(
  store: Store,
  slice: Slice,
  output: { format: "warc" | "wacz"; file: string; onCapture(count: number): void },
): Promise<Written> {
  const { format, file, onCapture } = output;
  const sources = await sourcesOf(store, slice.sources);
  const name = format === "wacz" ? "data.warc.gz" : basename(file);
  const parts = { warc: `${file}.warc.part`, index: `${file}.cdxj.part`, name };
  const wacz = `${file}.part`;
  const seen: Seen[] = [];
  try {
    const captures = readArchive(store, { ...slice, sources });
    const written = await writeWarc(noting(captures, seen), parts, onCapture);
    if (format === "wacz") {
      await writeWacz(parts, await pagesOf(store, seen), wacz);
      await rename(wacz, file);
    } else {
      await rename(parts.warc, file);
      await rename(parts.index, `${file.replace(/\.warc(\.gz)?$/, "")}.cdxj`);
    }
    return written;
  } finally {
    for (const left of [parts.warc, parts.index, wacz]) await rm(left, { force: true });
  }
}

async function sourcesOf(store: Store, wanted: string[] | null): Promise<string[]> {
  const known = (await listSources(store)).map(({ _id }) => _id);
  const unknown = wanted?.find((id) => !known.includes(id));
  if (unknown !== undefined) throw new CommandError("usage", `no such source: ${unknown}`);
  // What hosts say of themselves (robots.txt) is of no source: it comes first.
  return (wanted ?? ["", ...known]).toSorted();
}

/** Passes captures on and notes the article pages among them. */
async function* noting(captures: AsyncIterable<Archived>, seen: Seen[]): AsyncGenerator<Archived> {
  for await (const one of captures) {
    const { kind, status, finalUrl, fetchedAt, linkId } = one.capture;
    if (kind === "article" && status === 200 && one.body) {
      seen.push({ url: finalUrl, ts: fetchedAt.toISOString(), linkId });
    }
    yield one;
  }
}

async function pagesOf(store: Store, seen: Seen[]): Promise<Page[]> {
  const titles = await titlesOf(
    store,
    seen.map(({ linkId }) => linkId),
  );
  return seen.map(({ url, ts, linkId }) => ({ url, ts, title: titles.get(linkId) ?? url }));
}
