import type { Database } from "node-sqlite3-wasm";
import { readFact, TABLES, writeFact } from "./file.ts";

/** Pages that one step rewrites, so that searches needn't wait long for it. */
const STEP = 200;

/**
 * A full-text table only marks words of what was deleted as gone; they leave its pages once its segments
 * are merged into one (SQLite, FTS5, 'merge' command with a negative number). Answers whether more is to do.
 */
export function cleanStep(db: Database): boolean {
  if (readFact(db, "unclean") !== 1) return false;
  for (const table of TABLES) {
    const before = changes(db);
    db.run(`INSERT INTO ${table} (${table}, rank) VALUES ('merge', ?)`, -STEP);
    // The statement itself is one change, and no other means that nothing was left to merge.
    if (changes(db) - before >= 2) return true;
  }
  writeFact(db, "unclean", 0);
  return false;
}

function changes(db: Database): number {
  return Number(db.get("SELECT total_changes() AS n")?.["n"] ?? 0);
}
