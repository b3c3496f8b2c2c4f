import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../../../", import.meta.url));

test("lines of the audit log are added and read, by nothing changed or removed", () => {
  const folders = ["archive", "articles", "bin", "sources", "store", "web", "workers"];
  const users = folders.flatMap((folder) =>
    readdirSync(root + folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => `${folder}/${name}`)
      .filter((name) => /(?<!\.)\.audit\b/.test(readFileSync(root + name, "utf8"))),
  );
  expect(users).toEqual(["store/operations/audit.ts"]);
  const text = readFileSync(`${root}store/operations/audit.ts`, "utf8");
  const calls = [...text.matchAll(/(\w+)\(store\.collections\.audit,|\.audit\.(\w+)/g)];
  const verbs = calls.map(([, helper, verb = ""]) => helper ?? verb);
  expect(verbs.toSorted()).toEqual(["insertOne", "readLatest"]);
  expect(text.match(/\.audit\b/g)).toHaveLength(calls.length);
});
