import { createRequire } from "node:module";

/** Whether DuckDB is installed: an optional dependency, which not every platform has. */
export function hasDuckDb(): boolean {
  try {
    createRequire(import.meta.url)("@duckdb/node-api");
    return true;
  } catch {
    return false;
  }
}
