import { randomBytes } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Database } from "node-sqlite3-wasm";
import type { StreamPosition } from "../../model/publish/change.ts";
import {
  type IndexState,
  type Miss,
  QueryProblem,
  type SearchAnswer,
  type SearchRequest,
} from "../../model/publish/search.ts";
import type { Document } from "./document.ts";
import { type ArticlesRequest, find, findArticles } from "./find.ts";
import { findMisses } from "./misses.ts";
import {
  INDEX_VERSION,
  openFile,
  orClose,
  readFact,
  removeFile,
  replaceFile,
  TABLES,
  transact,
  writeFact,
} from "./sqlite-file.ts";
import { type Writer, writerOf } from "./write-documents.ts";

/** Documents to write. They replace all documents of the articles in `articleIds`. */
interface Batch {
  articleIds: readonly string[];
  documents: readonly Document[];
}

/** An index file. Another process can write to it, or replace it, at any time. */
export interface IndexFile {
  state(): IndexState;
  /** Returns the number of indexed articles. Slow, because it reads all of them. */
  count(): number;
  /** Returns a page of search results. Throws `QueryProblem` for an invalid query. */
  find(request: SearchRequest): SearchAnswer;
  /** Returns the ids of matching articles. Throws `QueryProblem` for an invalid query. */
  articles(request: ArticlesRequest): string[];
  /** Returns query words that no document contains. Throws `QueryProblem` for an invalid query. */
  misses(request: { query: string; all: boolean }): Miss[];
  /**
   * Writes the documents of all changes up to `at`. Returns false, and writes nothing, if the index
   * is no longer at `after`.
   */
  put(batch: Batch, at: StreamPosition, after?: StreamPosition): boolean;
  /** Begins a new index. The old index serves queries until `finish` is called. */
  begin(): void;
  add(batch: Batch): void;
  finish(at: StreamPosition): void;
  dropBefore(until: Date): number;
  /** Erases some words of removed documents. Returns whether more remain. */
  clean(): boolean;
  close(): void;
}

const ARTICLES_PER_COMMIT = 2000;

interface Open {
  db: Database;
  writer: Writer;
  inode: number;
}

/** Opens the index at `path`, which need not exist yet. */
export function openIndex(path: string): IndexFile {
  // A unique name, because another process can be building an index, too.
  const next = `${path}.next-${process.pid}-${randomBytes(4).toString("hex")}`;
  let current: Open | null = null;
  let building: (Open & { articles: number; committed: number }) | null = null;

  function open(file: string, lasting: boolean): Open {
    const db = openFile(file, lasting);
    // In a transaction: a full-text table can't be opened while another process writes.
    return orClose(db, () => {
      const writer = transact(db, file, () => writerOf(db));
      return { db, writer, inode: inodeOf(file) };
    });
  }
  function shut(opened: Open | null): void {
    opened?.writer.close();
    opened?.db.close();
  }
  function shutCurrent(): void {
    const opened = current;
    current = null;
    shut(opened);
  }
  function shutBuilding(): void {
    const opened = building;
    building = null;
    shut(opened);
  }
  function now(): Open {
    if (current && inodeOf(path) !== current.inode) shutCurrent();
    current ??= open(path, true);
    return current;
  }
  const within = <T>(work: (opened: Open) => T): T => {
    const opened = now();
    try {
      return transact(opened.db, path, () => work(opened));
    } catch (error) {
      // The writer remembers words of a document that was rolled back.
      if (!(error instanceof QueryProblem)) shutCurrent();
      throw error;
    }
  };

  return {
    state: () => within(({ db }) => ({ at: placeOf(db), building: building && building.articles })),
    count: () =>
      within(({ db }) => {
        const row = db.get("SELECT count(*) AS n FROM documents WHERE revision IS NULL");
        return Number(row?.["n"] ?? 0);
      }),
    find: (request) => within(({ db }) => find(db, request)),
    articles: (request) => within(({ db }) => findArticles(db, request)),
    misses: (request) => within(({ db }) => findMisses(db, request)),
    put: ({ articleIds, documents }, at, after) =>
      within(({ db, writer }) => {
        if (after && !isDeepStrictEqual(placeOf(db), after)) return false;
        writer.put(articleIds, documents);
        setPlace(db, at);
        const there = new Set(documents.map(({ articleId }) => articleId));
        if (articleIds.some((id) => !there.has(id))) writeFact(db, "unclean", 1);
        return true;
      }),
    begin() {
      shutBuilding();
      removeFile(next);
      building = { ...open(next, false), articles: 0, committed: 0 };
      removeAbandoned(path);
    },
    add({ articleIds, documents }) {
      if (!building) throw new Error("no index is being built");
      const { db, writer } = building;
      // Each commit writes a segment that must be merged later, so a few large commits are cheaper.
      if (!db.inTransaction) db.exec("BEGIN IMMEDIATE");
      writer.put(articleIds, documents);
      building.articles += articleIds.length;
      if (building.articles - building.committed < ARTICLES_PER_COMMIT) return;
      db.exec("COMMIT");
      building.committed = building.articles;
    },
    finish(at) {
      if (!building) throw new Error("no index is being built");
      const { db } = building;
      if (!db.inTransaction) db.exec("BEGIN IMMEDIATE");
      setPlace(db, at);
      db.exec("COMMIT");
      shutBuilding();
      shutCurrent();
      replaceFile(path, next);
    },
    dropBefore: (until) =>
      within(({ db, writer }) => {
        const dropped = writer.dropBefore(until);
        if (dropped > 0) writeFact(db, "unclean", 1);
        return dropped;
      }),
    clean: () => within(({ db }) => cleanStep(db)),
    close() {
      shutCurrent();
      if (!building) return;
      shutBuilding();
      removeFile(next);
    },
  };
}

/** A running build writes to its file more often than this. */
const ABANDONED_AFTER_MS = 3_600_000;

function removeAbandoned(path: string): void {
  const folder = dirname(path);
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(`${basename(path)}.next`)) continue;
    const written = statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs;
    if (written !== undefined && Date.now() - written > ABANDONED_AFTER_MS)
      removeFile(join(folder, name));
  }
}

function inodeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.ino ?? 0;
}

function placeOf(db: Database): StreamPosition | null {
  const [seq, epoch, version] = ["seq", "epoch", "version"].map((name) => readFact(db, name));
  if (version !== INDEX_VERSION || seq === null || seq === undefined) return null;
  return { seq, epoch: epoch ?? 0 };
}

function setPlace(db: Database, { seq, epoch }: StreamPosition): void {
  for (const [name, value] of Object.entries({ seq, epoch, version: INDEX_VERSION })) {
    writeFact(db, name, value);
  }
}

/** Searches wait while pages are merged. */
const MAX_MERGED_PAGES = 200;

function cleanStep(db: Database): boolean {
  if (readFact(db, "unclean") !== 1) return false;
  for (const table of TABLES) {
    const before = changes(db);
    // Merging segments erases the words of removed documents.
    db.run(`INSERT INTO ${table} (${table}, rank) VALUES ('merge', ?)`, -MAX_MERGED_PAGES);
    // The statement itself counts as one change. A second change means that something was merged.
    if (changes(db) - before >= 2) return true;
  }
  writeFact(db, "unclean", 0);
  return false;
}

function changes(db: Database): number {
  return Number(db.get("SELECT total_changes() AS n")?.["n"] ?? 0);
}
