import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
// @ts-expect-error a script without types
import * as structure from "../../../.ci/structure.mjs";

const { LEVELS, fileCircles, folderCircles, impurities, problems, wrongImports } = structure;

/** A code base of these files, each with what it imports. */
const made = (files: Record<string, { own?: string[]; modules?: string[]; text?: string }>) =>
  new Map(
    Object.entries(files).map(([file, { own = [], modules = [], text = "" }]) => [
      file,
      { own, modules, text },
    ]),
  );

test("the code keeps to its layout", () => {
  expect(problems()).toEqual([]);
});

test("the architecture's table has the folders of the layout, from the bottom up", () => {
  const text = readFileSync("docs/architecture.md", "utf8");
  const layout = text.slice(text.indexOf("## Layout"), text.indexOf("## Queues and roles"));
  const documented = [...layout.matchAll(/^\| `([a-z]+)\/`/gm)].map(([, folder]) => folder);
  expect(documented).toEqual(LEVELS.flat());
});

test("scripts import modules of the build that have a source file", () => {
  const scripts = execFileSync("git", ["ls-files", "*.mjs"], { encoding: "utf8" }).trim();
  const imports = scripts.split("\n").flatMap((script) => {
    const text = readFileSync(script, "utf8");
    const named = [...text.matchAll(/from "\.[^"]*\/dist\/([^"]+)\.js"/g)];
    return named.map(([, module]) => ({ script, source: `${module}.ts` }));
  });
  expect(imports).not.toEqual([]);
  expect(imports.filter(({ source }) => !existsSync(source))).toEqual([]);
});

describe("what breaks the layout is found", () => {
  test("an import against the direction", () => {
    const graph = made({ "store/a.ts": { own: ["web/b.ts"] }, "web/b.ts": {} });
    expect(wrongImports(graph)).toEqual(["store/a.ts -> web/b.ts"]);
  });

  test("an import of a folder on the same level", () => {
    const graph = made({ "web/a.ts": { own: ["workers/b.ts"] }, "workers/b.ts": {} });
    expect(wrongImports(graph)).toEqual(["web/a.ts -> workers/b.ts"]);
  });

  test("an import of the sample world", () => {
    const graph = made({ "web/a.ts": { own: ["demo/b.ts"] }, "demo/b.ts": {} });
    expect(wrongImports(graph)).toEqual(["web/a.ts -> demo/b.ts"]);
  });

  test("a circle of files", () => {
    const graph = made({ "lib/a.ts": { own: ["lib/b.ts"] }, "lib/b.ts": { own: ["lib/a.ts"] } });
    expect(fileCircles(graph)).toEqual([["lib/a.ts", "lib/b.ts"]]);
  });

  test("a circle of folders beside each other", () => {
    const graph = made({
      "web/api/a.ts": { own: ["web/feeds/b.ts"] },
      "web/feeds/b.ts": {},
      "web/feeds/c.ts": { own: ["web/api/a.ts"] },
    });
    expect(fileCircles(graph)).toEqual([]);
    expect(folderCircles(graph)).toEqual([["web/api", "web/feeds"]]);
  });

  test("a network, a store or a clock in a pure folder", () => {
    const graph = made({
      "extractors/a.ts": { modules: ["undici"] },
      "crawler/links/b.ts": { own: ["store/c.ts"] },
      "sources/health/d.ts": { text: "const now = Date.now();" },
      "articles/ingest/e.ts": { text: "const now = Date.now();" },
    });
    expect(impurities(graph)).toEqual([
      "crawler/links/b.ts: store/c.ts",
      "extractors/a.ts: undici",
      "sources/health/d.ts: a clock",
    ]);
  });
});
