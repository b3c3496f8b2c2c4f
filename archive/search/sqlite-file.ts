import { existsSync, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import sqlite, { type Database } from "node-sqlite3-wasm";
import { MINUTE_MS } from "../../lib/time.ts";

/** Raise this if words are parsed or stored differently. Indexes of other versions are rebuilt. */
export const INDEX_VERSION = 2;

export const PARTS = ["shown", "hidden"] as const;

export type Part = (typeof PARTS)[number];

/**
 * Returns the name of the table with the unstemmed words of the shown or hidden documents. The
 * words are in lower case and without accents.
 */
export function formsOf(part: Part): `${Part}_forms` {
  return `${part}_forms`;
}

/** Returns the name of the table with the number of documents of each unstemmed word. */
export function wordsOfPart(part: Part): `${Part}_words` {
  return `${part}_words`;
}

/**
 * Returns up to `limit` unstemmed words, in lower case without accents, that begin with `begin`.
 */
export function wordsFrom(db: Database, part: Part, begin: string, limit: number): string[] {
  const found = db.all(
    `SELECT term FROM ${wordsOfPart(part)} WHERE term >= ? AND term < ? LIMIT ?`,
    [begin, `${begin}\u{10ffff}`, limit],
  ) as { term: string }[];
  return found.map(({ term }) => term);
}

export const TABLES = PARTS.flatMap((part) => [part, formsOf(part)]);

/** No transaction takes so long, so the owner of an older lock is dead. */
const STALE_LOCK_MS = 30_000;

const tables = (part: Part) =>
  `CREATE VIRTUAL TABLE IF NOT EXISTS ${part} USING fts5(title, teaser, text, author, tag, facet,
    content='', contentless_delete=1, tokenize="ascii tokenchars ':-'");
  CREATE VIRTUAL TABLE IF NOT EXISTS ${formsOf(part)} USING fts5(forms,
    content='', contentless_delete=1, detail=none, tokenize="ascii tokenchars ':'");
  CREATE VIRTUAL TABLE IF NOT EXISTS ${wordsOfPart(part)} USING fts5vocab(${formsOf(part)}, row);`;

const SCHEMA = `
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS documents (no INTEGER PRIMARY KEY, article TEXT NOT NULL, revision INTEGER,
  part TEXT NOT NULL, language TEXT, facets TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS documents_by_article ON documents (article);
CREATE TABLE IF NOT EXISTS languages (language TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS spellings (folded TEXT, stem TEXT, PRIMARY KEY (folded, stem)) WITHOUT ROWID;
${PARTS.map(tables).join("\n")}`;

/** `secure_delete` overwrites freed pages, which can contain erased words. */
const PRAGMAS =
  "PRAGMA page_size = 8192; PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON;";

/** Opens or creates an index file. Without `lasting`, writes are fast, but unsafe in a crash. */
export function openFile(path: string, lasting: boolean): Database {
  mkdirSync(dirname(path), { recursive: true });
  const db = new sqlite.Database(path);
  const mode = lasting
    ? "PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = NORMAL;"
    : "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;";
  return orClose(db, () => {
    waitForLock(path, () => db.exec(`${PRAGMAS} ${mode}`));
    transact(db, path, () => db.exec(SCHEMA));
    return db;
  });
}

/** Returns what `work` returns. If it throws, closes the file first. */
export function orClose<T>(db: Database, work: () => T): T {
  try {
    return work();
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Removes an index file, its journal and its lock. */
export function removeFile(path: string): void {
  for (const of of ["", ...COMPANION_SUFFIXES]) rmSync(path + of, { recursive: true, force: true });
}

/** Replaces an index file with another, atomically. */
export function replaceFile(path: string, replacement: string): void {
  // A journal of the old file would be rolled back into the new one.
  for (const of of COMPANION_SUFFIXES) rmSync(path + of, { recursive: true, force: true });
  renameSync(replacement, path);
  for (const of of COMPANION_SUFFIXES) rmSync(replacement + of, { recursive: true, force: true });
}

const COMPANION_SUFFIXES = ["-journal", ".lock"];

function dropStaleLock(path: string): void {
  // This build of SQLite uses folders as locks.
  const lock = `${path}.lock`;
  if (!existsSync(lock)) return;
  const age = Date.now() - statSync(lock).mtimeMs;
  if (age > STALE_LOCK_MS) rmSync(lock, { recursive: true, force: true });
}

const BUSY = /database is locked/;
const LOCK_PATIENCE_MS = 60_000;
const LOCK_PAUSE_MS = 20;
const nobody = new Int32Array(new SharedArrayBuffer(4));

export function transact<T>(db: Database, path: string, work: () => T): T {
  waitForLock(path, () => db.exec("BEGIN IMMEDIATE"));
  try {
    const result = work();
    db.exec("COMMIT");
    return result;
  } catch (error) {
    if (db.inTransaction) db.exec("ROLLBACK");
    throw error;
  }
}

function waitForLock(path: string, work: () => void): void {
  for (const since = Date.now(); ; ) {
    try {
      return work();
    } catch (error) {
      if (!BUSY.test(String(error)) || Date.now() - since > LOCK_PATIENCE_MS) throw error;
      dropStaleLock(path);
      // Blocks the thread, which has nothing else to do.
      Atomics.wait(nobody, 0, 0, LOCK_PAUSE_MS);
    }
  }
}

/** Returns a stored number, such as the `seq` of the last indexed change; null if none. */
export function readFact(db: Database, name: string): number | null {
  const row = db.get("SELECT value FROM facts WHERE name = ?", name) as { value: number } | null;
  return row?.value ?? null;
}

export function writeFact(db: Database, name: string, value: number): void {
  db.run("INSERT OR REPLACE INTO facts VALUES (?, ?)", [name, value]);
}

/** Document numbers per minute. Further documents get numbers of earlier minutes. */
export const NUMBERS_PER_MINUTE = 4096;
/** Document numbers start here in 1970 and fall to 0 in the year 4011. */
const MAX_NUMBER = 2 ** 42;

export function firstNumber(time: Date): number {
  return MAX_NUMBER - Math.floor(time.getTime() / MINUTE_MS) * NUMBERS_PER_MINUTE;
}

/** Returns the first and last document number of a time span. Later times have lower numbers. */
export function numbersOf(since: Date | null, until: Date | null): { from: number; to: number } {
  const last = until && new Date(until.getTime() - 1);
  return {
    from: last ? firstNumber(last) : 0,
    to: since ? firstNumber(since) + NUMBERS_PER_MINUTE - 1 : Number.MAX_SAFE_INTEGER,
  };
}
