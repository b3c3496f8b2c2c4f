import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Db } from "mongodb";
import { expect, test } from "vitest";
import { INDEXES } from "../../../store/indexes.ts";
import { openCollections } from "../../../store/store.ts";

const root = new URL("../../../", import.meta.url).pathname;

const store = readFileSync(join(root, "store/store.ts"), "utf8");

/** The docstring of a type that the store imports, in one line; empty where it has none. */
function readDocstring(type: string): string {
  const imported = new RegExp(`import type \\{[^}]*\\b${type}\\b[^}]*\\} from "([^"]+)"`).exec(
    store,
  );
  const text = imported ? readFileSync(join(root, "store", imported[1] ?? ""), "utf8") : store;
  const written = new RegExp(
    `/\\*\\*((?:(?!\\*/)[^])*)\\*/\\n(?:export )?(?:interface|type|const) ${type}\\b`,
  );
  return (written.exec(text)?.[1] ?? "").replaceAll(/\s*\n\s*\*\s?/g, " ").trim();
}

const declared = [...store.matchAll(/^ {4}(\w+): db\.collection<(\w+)>/gm)].map(
  ([, name = "", type = ""]) => ({ name, docstring: readDocstring(type) }),
);

test("every collection of the database is explained", () => {
  const opened = openCollections({ collection: () => null } as unknown as Db);
  expect(declared.map(({ name }) => name)).toEqual(Object.keys(opened));
  expect(declared.filter(({ docstring }) => docstring === "")).toEqual([]);
});

test("the reference of the database has every collection with its indexes", async () => {
  const rows = declared.map(({ name, docstring }) => {
    const indexes = INDEXES.filter(({ collection }) => collection === name).map(
      ({ key, unique }) => `\`${Object.keys(key).join(", ")}\`${unique ? " (unique)" : ""}`,
    );
    return `| \`${name}\` | ${docstring} | ${indexes.join("; ") || "-"} |`;
  });
  const text = `# Collections

What the database holds. This page is generated from the types of \`store/store.ts\` and from \`store/indexes.ts\`.

| collection | a document is | indexes besides \`_id\` |
|---|---|---|
${rows.join("\n")}
`;
  await expect(text).toMatchFileSnapshot(join(root, "docs/reference/collections.md"));
});
