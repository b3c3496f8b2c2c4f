import { renameSync, statSync } from "node:fs";
import type { Database } from "node-sqlite3-wasm";
import type { IndexPlace, IndexState, Miss, SearchAnswer, SearchRequest } from "../model/search.ts";
import { type ArticlesRequest, findArticles } from "./articles.ts";
import { cleanStep } from "./clean.ts";
import type { Document } from "./document.ts";
import { INDEX_VERSION, openFile, readFact, removeFile, transact, writeFact } from "./file.ts";
import { find } from "./find.ts";
import { findMisses } from "./misses.ts";
import { type Writer, writerOf } from "./put.ts";

/** What is put at once: in the place of all that the articles had. */
export interface Batch {
  articleIds: readonly string[];
  documents: readonly Document[];
}

/** The index file of a folder. Another process may write it, or put a new one in its place, at any time. */
export interface IndexFile {
  state(): IndexState;
  /** Articles in it; reads all of them. */
  count(): number;
  /** Throws `QueryProblem`. */
  find(request: SearchRequest): SearchAnswer;
  /** Throws `QueryProblem`. */
  articles(request: ArticlesRequest): string[];
  /** Throws `QueryProblem`. */
  misses(request: { query: string; all: boolean }): Miss[];
  /** Puts what changed up to a place in the stream. */
  put(batch: Batch, at: IndexPlace): void;
  /** Begins a new index beside the old one, which answers until the new one is finished. */
  begin(): void;
  add(batch: Batch): void;
  finish(at: IndexPlace): void;
  /** Takes out what is dated before a time; answers how many documents. */
  dropBefore(until: Date): number;
  /** Removes a piece of what was taken out from the file's pages; whether there is more of it. */
  clean(): boolean;
  close(): void;
}

/** Articles of a new index that are committed at once. */
const AT_ONCE = 2000;

interface Open {
  db: Database;
  writer: Writer;
  /** Which file it is: another one may have got its name. */
  inode: number;
}

/** Opens the index at `path`, which need not exist. */
export function openIndex(path: string): IndexFile {
  const next = `${path}.next`;
  let current: Open | null = null;
  let building: (Open & { articles: number; committed: number }) | null = null;

  function open(file: string, lasting: boolean): Open {
    const db = openFile(file, lasting);
    return { db, writer: writerOf(db), inode: inodeOf(file) };
  }
  function shut(opened: Open | null): void {
    opened?.writer.close();
    opened?.db.close();
  }
  function now(): Open {
    if (current && inodeOf(path) !== current.inode) {
      shut(current);
      current = null;
    }
    current ??= open(path, true);
    return current;
  }
  const within = <T>(work: (opened: Open) => T): T => {
    const opened = now();
    return transact(opened.db, path, () => work(opened));
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
    put: ({ articleIds, documents }, at) =>
      within(({ db, writer }) => {
        writer.put(articleIds, documents);
        setPlace(db, at);
        const there = new Set(documents.map(({ articleId }) => articleId));
        if (articleIds.some((id) => !there.has(id))) writeFact(db, "unclean", 1);
      }),
    begin() {
      shut(building);
      removeFile(next);
      building = { ...open(next, false), articles: 0, committed: 0 };
    },
    add({ articleIds, documents }) {
      if (!building) throw new Error("no index is being built");
      const { db, writer } = building;
      // Each commit writes a segment that has to be merged with others later: few and large ones cost less.
      if (!db.inTransaction) db.exec("BEGIN IMMEDIATE");
      writer.put(articleIds, documents);
      building.articles += articleIds.length;
      if (building.articles - building.committed < AT_ONCE) return;
      db.exec("COMMIT");
      building.committed = building.articles;
    },
    finish(at) {
      if (!building) throw new Error("no index is being built");
      const { db } = building;
      if (!db.inTransaction) db.exec("BEGIN IMMEDIATE");
      setPlace(db, at);
      db.exec("COMMIT");
      shut(building);
      building = null;
      shut(current);
      current = null;
      removeFile(path);
      renameSync(next, path);
    },
    dropBefore: (until) =>
      within(({ db, writer }) => {
        const dropped = writer.dropBefore(until);
        if (dropped > 0) writeFact(db, "unclean", 1);
        return dropped;
      }),
    clean: () => within(({ db }) => cleanStep(db)),
    close() {
      shut(current);
      shut(building);
      [current, building] = [null, null];
    },
  };
}

function inodeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.ino ?? 0;
}

function placeOf(db: Database): IndexPlace | null {
  const [seq, epoch, version] = ["seq", "epoch", "version"].map((name) => readFact(db, name));
  if (version !== INDEX_VERSION || seq === null || seq === undefined) return null;
  return { seq, epoch: epoch ?? 0 };
}

function setPlace(db: Database, { seq, epoch }: IndexPlace): void {
  for (const [name, value] of Object.entries({ seq, epoch, version: INDEX_VERSION })) {
    writeFact(db, name, value);
  }
}
