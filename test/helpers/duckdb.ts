import { createRequire } from "node:module";

/** Whether DuckDB is installed; it is an optional dependency that isn't available on every platform. */
export function hasDuckDb(): boolean {
  try {
    createRequire(import.meta.url)("@duckdb/node-api");
    return true;
  } catch {
    return false;
  }
}
