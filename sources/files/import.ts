import { join } from "node:path";
import { stringify } from "yaml";
import { urlKey } from "../../crawler/links/url.ts";
import { listEntryPoints } from "../../model/crawl/entry-points.ts";
import type { Source } from "../../model/sources/source.ts";
import { placeFile } from "./apply.ts";
import { draftSource } from "./load.ts";

/** What an import does with one source. */
export interface ImportRow {
  readonly where: string;
  readonly id: string;
  /**
   * - `there`: the source exists, or another source has one of its entry points.
   * - `wrong`: the source has a mistake, its id belongs to another source, or its file can't be
   *   written.
   */
  readonly fate: "new" | "there" | "wrong";
  readonly why: string | null;
  /** The text of the source's file; null unless the source is new. */
  readonly yaml: string | null;
}

/**
 * Returns what an import would do with each draft. A draft without an id gets one. If `topics` is
 * null, topics and regions aren't checked.
 */
export function planImport(
  drafts: readonly Draft[],
  there: readonly Source[],
  topics: ReadonlySet<string> | null,
): ImportRow[] {
  const byId = new Map(there.map((source) => [source.id, source]));
  const entries = new Map(
    there.flatMap((source) => listEntryPoints(source).map(({ url }) => [urlKey(url), source.id])),
  );
  return drafts.map(({ where, declaration }) => {
    const { id: declared, ...others } = declaration;
    const id =
      typeof declared === "string" && declared !== "" ? declared : freeId(declaration, byId);
    const yaml = stringify({ id: declared || id, ...others });
    const draft = draftSource(yaml, topics);
    const row = { where, id, yaml: null };
    if ("problems" in draft) return { ...row, fate: "wrong", why: draft.problems.join("; ") };
    const { source } = draft;
    const same = byId.get(id);
    if (same) {
      // Exports omit HTTP headers.
      const bare = (one: Source) => JSON.stringify({ ...one, headers: {} });
      return bare(source) === bare(same)
        ? { ...row, fate: "there", why: "it already exists with the same content" }
        : { ...row, fate: "wrong", why: "the id already exists with other content" };
    }
    const known = listEntryPoints(source).find(({ url }) => entries.has(urlKey(url)))?.url;
    if (known !== undefined) {
      const why = `${known} is already an entry point of ${entries.get(urlKey(known))}`;
      return { ...row, fate: "there", why };
    }
    byId.set(id, source);
    for (const { url } of listEntryPoints(source)) entries.set(urlKey(url), id);
    return { where, id, fate: "new", why: null, yaml };
  });
}

function freeId(declaration: Draft["declaration"], taken: ReadonlyMap<string, Source>): string {
  const { name, feeds, home } = declaration;
  const address = [home, feeds].flat().find((one) => typeof one === "string" && URL.canParse(one));
  const host = typeof address === "string" ? new URL(address).hostname.replace(/^www\./, "") : "";
  const stem = slug(typeof name === "string" ? name : "") || slug(host) || "source";
  for (let n = 1; ; n++) {
    const id = n === 1 ? stem : `${stem}-${n}`;
    if (!taken.has(id)) return id;
  }
}

function slug(text: string): string {
  const plain = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const id = plain
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 50)
    .replace(/^-+|-+$/g, "");
  return id.length < 2 ? "" : id;
}

/** A source read from an imported file: its YAML fields, and its place in the file. */
export interface Draft {
  readonly where: string;
  readonly declaration: Readonly<Record<string, unknown>>;
}

export interface Drafts {
  readonly drafts: readonly Draft[];
  readonly problems: readonly string[];
}

export function writeImported(dir: string, rows: readonly ImportRow[]): Promise<ImportRow[]> {
  return Promise.all(
    rows.map(async (row): Promise<ImportRow> => {
      if (row.yaml === null) return row;
      const refused = await placeFile(join(dir, `${row.id}.yaml`), row.yaml);
      return refused ? { ...row, fate: "wrong", why: refused, yaml: null } : row;
    }),
  );
}
