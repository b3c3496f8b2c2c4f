import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
// @ts-expect-error a script without types
import { sourceFiles } from "../../../../bin/setup/facts.mjs";

/** What tsc would have made of a tiny product: what is started, and what the bundler itself calls. */
const COMPILED = {
  "bin/cli.js":
    'import { DASH } from "../lib/dash.js"; console.log(DASH, "日本", /^ä$/u.test("ä"));',
  "bin/tree/role.js": 'import { DASH } from "../../lib/dash.js"; console.log(DASH);',
  "bin/services/keeper.js": "export const keep = 1;",
  "articles/reading/parse-thread.js": "export const parse = 1;",
  "archive/search/index-thread.js": "export const index = 1;",
  "bin/commands/archive/extract-thread.js": "export const extract = 1;",
  "web/admin/frame.js": 'export const frame = "card";',
  "web/auth/login.js": 'export const login = "card";',
  "lib/dash.js": 'export const DASH = "– Köln";',
  "bin/roles/config-data.js": 'export const readTopics = async () => [{ id: "open-data" }];',
  "lib/text.js": "export const shortHash = (text) => `hash of ${text.length > 0}`;",
};

const dist = mkdtempSync(join(tmpdir(), "newsgather-bundle-"));
afterAll(() => rmSync(dist, { recursive: true }));

const made = new Map<string, string>();
beforeAll(() => {
  writeFileSync(join(dist, "package.json"), '{ "type": "module" }');
  for (const [path, code] of Object.entries(COMPILED)) {
    mkdirSync(dirname(join(dist, path)), { recursive: true });
    writeFileSync(join(dist, path), code);
  }
  execFileSync(process.execPath, ["bin/setup/bundle.mjs", dist], { stdio: "pipe" });
  const run = join(dist, "run");
  const files = readdirSync(run, { withFileTypes: true }).filter((one) => one.isFile());
  for (const { name } of files) made.set(name, readFileSync(join(run, name), "utf8"));
});

test("the bundle has one file for each program that is started", () => {
  const names = [...made.keys()].filter(
    (name) => /^[a-z-]+\.js$/.test(name) && !name.startsWith("dash"),
  );
  expect(names.toSorted()).toEqual([
    "cli.js",
    "extract-thread.js",
    "index-thread.js",
    "keeper.js",
    "parse-thread.js",
    "role.js",
  ]);
});

test("every file of the bundle is Latin-1, so that V8 holds it with a byte a character", () => {
  const code = [...made].filter(([name]) => name.endsWith(".js"));
  expect(code.map(([, text]) => text).join("")).toContain("\\u65E5");
  expect(code.filter(([, text]) => /[^\0-\xff]/.test(text))).toEqual([]);
});

test("a bundled program says the same as before", () => {
  const run = (path: string) => execFileSync(process.execPath, [join(dist, path)]).toString();
  expect(run("run/cli.js")).toBe("– Köln 日本 true\n");
});

test("the bundle holds the topics as they are read, with the hash of their file", () => {
  expect(JSON.parse(made.get("topics.json") ?? "")).toEqual({
    of: "hash of true",
    topics: [{ id: "open-data" }],
  });
});

test("A change to any module of the bundler builds again", () => {
  const text = readFileSync("bin/setup/bundle.mjs", "utf8");
  const modules = [...text.matchAll(/from "\.\/(.+\.mjs)"/g)].map(
    ([, name]) => `bin/setup/${name}`,
  );
  expect(modules).not.toEqual([]);
  expect(sourceFiles()).toEqual(expect.arrayContaining([...modules, "bin/setup/bundle.mjs"]));
});
