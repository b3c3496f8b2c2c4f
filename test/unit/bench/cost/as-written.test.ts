import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { asWritten } from "../../../../bench/cost/as-written.ts";

test("a frame of a bundle is told by the compiled module that it was made of, others stay", async () => {
  const dir = await mkdtemp(join(tmpdir(), "newsgather-bundle-"));
  const at = (path: string) => pathToFileURL(join(dir, path)).href;
  // The bundle's second line is the first one of the second source.
  const map = {
    version: 3,
    sources: ["../store/a.js", "../extractors/b.js"],
    names: [],
    mappings: "AAAA;ACAA",
  };
  await writeFile(join(dir, "role.js.map"), JSON.stringify(map));
  const compiled = { ...map, sources: ["../../store/a.ts"], mappings: "AAAA" };
  await writeFile(join(dir, "a.js.map"), JSON.stringify(compiled));
  const frame = (id: number, url: string, lineNumber: number) => {
    return { id, callFrame: { functionName: "f", url, lineNumber, columnNumber: 0 } };
  };
  const nodes = [
    frame(1, at("role.js"), 1),
    frame(2, at("other.js"), 7),
    frame(3, "", 0),
    frame(4, at("a.js"), 0),
  ];
  const profile = asWritten({ nodes, samples: [], timeDeltas: [] });
  expect(profile.nodes.map(({ callFrame }) => [callFrame.url, callFrame.lineNumber])).toEqual([
    [at("../extractors/b.js"), 0],
    [at("other.js"), 7],
    ["", 0],
    [at("a.js"), 0],
  ]);
  await rm(dir, { recursive: true });
});
