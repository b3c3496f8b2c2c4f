import { existsSync, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import sqlite, { type Database } from "node-sqlite3-wasm";
import { MINUTE_MS } from "../../lib/time.ts";

/** Raise it when words are read or stored differently: an index of another version is rebuilt. */
export const INDEX_VERSION = 2;

/** Documents that readers find, and all others; each has a full-text table of its own. */
export const PARTS = ["shown", "hidden"] as const;

export type Part = (typeof PARTS)[number];

/** The table of a part's words as they are written, folded but not stemmed: which documents have them, and which in their title (`titleForm`). */
export function formsOf(part: Part): `${Part}_forms` {
  return `${part}_forms`;
}

/** The table that lists these words, each with the number of its documents. */
export function wordsOfPart(part: Part): `${Part}_words` {
  return `${part}_words`;
}

/** Every full-text table. */
export const TABLES = PARTS.flatMap((part) => [part, formsOf(part)]);

/** An older lock belongs to a process that is gone; a transaction takes less, ms. */
const STALE_LOCK_MS = 30_000;

const tables = (part: Part) =>
  `CREATE VIRTUAL TABLE IF NOT EXISTS ${part} USING fts5(title, teaser, text, author, tag, facet,
    content='', contentless_delete=1, tokenize="ascii tokenchars ':-'");
  CREATE VIRTUAL TABLE IF NOT EXISTS ${formsOf(part)} USING fts5(forms,
    content='', contentless_delete=1, detail=none, tokenize="ascii tokenchars ':'");
  CREATE VIRTUAL TABLE IF NOT EXISTS ${wordsOfPart(part)} USING fts5vocab(${formsOf(part)}, row);`;

/**
 * `no` counts back in time, so that the newest come first and a span of time is a range of it. Full-text
 * tables keep words without the texts (contentless), so what may not be shown isn't in there as text.
 */
const SCHEMA = `
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS documents (no INTEGER PRIMARY KEY, article TEXT NOT NULL, revision INTEGER,
  part TEXT NOT NULL, language TEXT, facets TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS documents_by_article ON documents (article);
CREATE TABLE IF NOT EXISTS languages (language TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS spellings (folded TEXT, stem TEXT, PRIMARY KEY (folded, stem)) WITHOUT ROWID;
${PARTS.map(tables).join("\n")}`;

/** Freed pages are overwritten, since they may hold words of what was erased. */
const PRAGMAS =
  "PRAGMA page_size = 8192; PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON;";

/** Opens an index file, made if it is missing; one that isn't `lasting` need not survive a crash. */
export function openFile(path: string, lasting: boolean): Database {
  mkdirSync(dirname(path), { recursive: true });
  const db = new sqlite.Database(path);
  const mode = lasting
    ? "PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = NORMAL;"
    : "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;";
  waitForLock(path, () => db.exec(`${PRAGMAS} ${mode}`));
  transact(db, path, () => db.exec(SCHEMA));
  return db;
}

/** Removes an index file with all that belongs to it. */
export function removeFile(path: string): void {
  for (const of of ["", ...COMPANION_SUFFIXES]) rmSync(path + of, { recursive: true, force: true });
}

/** Puts one index file in the place of another, at which there is one all the time. */
export function replaceFile(path: string, replacement: string): void {
  // The rest of a transaction on the old file would be undone in the new one.
  for (const of of COMPANION_SUFFIXES) rmSync(path + of, { recursive: true, force: true });
  renameSync(replacement, path);
  for (const of of COMPANION_SUFFIXES) rmSync(replacement + of, { recursive: true, force: true });
}

/** Files that SQLite keeps beside a database. */
const COMPANION_SUFFIXES = ["-journal", ".lock"];

/** SQLite's lock is a folder here, and one left by a process that was killed would stay for ever. */
function dropStaleLock(path: string): void {
  const lock = `${path}.lock`;
  if (!existsSync(lock)) return;
  const age = Date.now() - statSync(lock).mtimeMs;
  if (age > STALE_LOCK_MS) rmSync(lock, { recursive: true, force: true });
}

const BUSY = /database is locked/;
/** How long another process's transaction is waited for, ms, and the pause between two looks. */
const LOCK_PATIENCE_MS = 60_000;
const LOCK_PAUSE_MS = 20;
const nobody = new Int32Array(new SharedArrayBuffer(4));

/** Runs `work` in one transaction on the file at `path`, waiting for another process's one if need be. */
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
      // This thread has nothing else to do.
      Atomics.wait(nobody, 0, 0, LOCK_PAUSE_MS);
    }
  }
}

/** A fact of the index, such as the number of the last change in it. */
export function readFact(db: Database, name: string): number | null {
  const row = db.get("SELECT value FROM facts WHERE name = ?", name) as { value: number } | null;
  return row?.value ?? null;
}

export function writeFact(db: Database, name: string, value: number): void {
  db.run("INSERT OR REPLACE INTO facts VALUES (?, ?)", [name, value]);
}

/** Numbers of one minute. */
export const NUMBERS_PER_MINUTE = 4096;
/** Above every minute of the calendar, times PER_MINUTE. */
const MAX_NUMBER = 2 ** 42;

/** The first number of the minute that a time lies in: the later the time, the smaller the number. */
export function firstNumber(time: Date): number {
  return MAX_NUMBER - Math.floor(time.getTime() / MINUTE_MS) * NUMBERS_PER_MINUTE;
}

/** The numbers of a span of time, to the minute, both inclusive; null: no bound. */
export function numbersOf(since: Date | null, until: Date | null): { from: number; to: number } {
  const last = until && new Date(until.getTime() - 1);
  return {
    from: last ? firstNumber(last) : 0,
    to: since ? firstNumber(since) + NUMBERS_PER_MINUTE - 1 : Number.MAX_SAFE_INTEGER,
  };
}
