import { expect, test } from "vitest";
import { askParquet } from "../../../bin/duckdb.ts";

test("without DuckDB or without an export it says what to do", async () => {
  const asked = askParquet("/nowhere", "select 1", () => Promise.resolve(1));
  await expect(asked).rejects.toThrow(
    /needs DuckDB: npm install --no-save --save-optional @duckdb\/node-api@|\/nowhere holds no export: newsgather export/,
  );
});
