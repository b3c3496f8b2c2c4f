import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const MADE = ["node_modules", "dist", "dist.new", "dist.old", "data", "coverage"];

test("the image is built of every folder of sources", () => {
  const sent = readFileSync(join(root, ".dockerignore"), "utf8").split("\n");
  const folders = readdirSync(root, { withFileTypes: true })
    .filter(
      (entry) => entry.isDirectory() && !entry.name.startsWith(".") && !MADE.includes(entry.name),
    )
    .map(({ name }) => name)
    .filter((name) =>
      readdirSync(join(root, name), { recursive: true, encoding: "utf8" }).some((path) =>
        path.endsWith(".ts"),
      ),
    );
  expect(folders).toContain("store");
  expect(folders.filter((name) => !sent.includes(`!${name}`))).toEqual([]);
});
