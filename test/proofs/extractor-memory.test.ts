import { readdirSync, readFileSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { extract } from "../../extractors/extract.ts";
import { prepare } from "../../extractors/language.ts";
import { SIZE } from "../helpers/size.ts";

const FOLDER = new URL("../fixtures/extractors/", import.meta.url);
const PAGES = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".html"))
  .map((name) => readFileSync(new URL(name, FOLDER), "utf8"));
const now = new Date("2026-01-01T00:00:00Z");

/** Names that are remembered for good fill up so far, MB; a page that stayed would be over it at once. */
const REMEMBERED = 20;

setFlagsFromString("--expose-gc");
const gc: () => void = runInNewContext("gc");

/** Heap in use once nothing is left to collect, MB. Some of it is given back only in a later turn. */
async function heap(): Promise<number> {
  for (let before = Infinity; ; ) {
    gc();
    await setImmediate();
    const used = process.memoryUsage().heapUsed / 1e6;
    if (before - used < 1) return used;
    before = used;
  }
}

/** One of the pages as another site would have it: other class names, ids and words, and 100 kB of its own. */
function page(at: number): string {
  const html = PAGES[at % PAGES.length] ?? "";
  const own = html.replaceAll(/class="/g, `class="site-${at} c${at}-`);
  return `${own}<div id="state-${at}" class="state x${at}">${`${at} `.repeat(100_000 / 8)}</div>`;
}

/** How much the heap grows while `read` gets one page after another, each of another site, MB. */
async function growthOver(pages: number, read: (html: string, url: string) => void) {
  await prepare();
  const all = (from: number, to: number) => {
    for (let at = from; at < to; at++) read(page(at), `https://n${at}.example/a`);
  };
  all(0, 50);
  const before = await heap();
  all(50, 50 + pages);
  const after = await heap();
  if (pages > 1000) process.stderr.write(`heap: ${before} MB before, ${after} MB after\n`);
  return after - before;
}

it(
  "memory stays flat over pages of ever other sites",
  async () => {
    const growth = await growthOver(SIZE.pages, (html, url) => void extract({ html, url, now }));
    expect(growth).toBeLessThan(REMEMBERED);
  },
  SIZE.patience,
);

it("memory that twenty letters of each page hold would be noticed", async () => {
  const titles: string[] = [];
  // The letters are a part of their page for V8, which holds it as a whole.
  const growth = await growthOver(300, (html) => void titles.push(html.slice(0, 20)));
  expect(growth).toBeGreaterThan(REMEMBERED);
  expect(titles).toHaveLength(350);
});
