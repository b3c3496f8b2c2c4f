import { readdirSync, readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { extract, prepare } from "../../../extractors/extract.ts";
import { SIZE } from "../../helpers/size.ts";

const FOLDER = new URL("../../fixtures/extractors/", import.meta.url);
const PAGES = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".html"))
  .map((name) => readFileSync(new URL(name, FOLDER), "utf8"));
const now = new Date("2026-01-01T00:00:00Z");

/** Names that are remembered for good fill up so far, MB; a page that stayed would be over it at once. */
const REMEMBERED = 20;

setFlagsFromString("--expose-gc");
const gc: () => void = runInNewContext("gc");

/** Heap in use once nothing is left to collect, MB. */
function heap(): number {
  gc();
  return process.memoryUsage().heapUsed / 1e6;
}

/** One of the pages as another site would have it: other class names, ids and words, and 100 kB of its own. */
function page(at: number): string {
  const html = PAGES[at % PAGES.length] ?? "";
  const own = html.replaceAll(/class="/g, `class="site-${at} c${at}-`);
  return `${own}<div id="state-${at}" class="state x${at}">${`${at} `.repeat(100_000 / 8)}</div>`;
}

it(
  "memory stays flat over pages of ever other sites",
  async () => {
    await prepare();
    const read = (at: number) => extract({ html: page(at), url: `https://n${at}.example/a`, now });
    for (let at = 0; at < 100; at++) read(at);
    const before = heap();
    for (let at = 100; at < 100 + SIZE.pages; at++) read(at);
    const after = heap();
    if (SIZE.pages > 1000) process.stderr.write(`heap: ${before} MB before, ${after} MB after\n`);
    expect(after - before).toBeLessThan(REMEMBERED);
  },
  SIZE.patience,
);
