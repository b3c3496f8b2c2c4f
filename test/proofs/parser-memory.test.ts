import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const dist = (path: string) => new URL(`../../dist/${path}`, import.meta.url).href;
const PAGES = 400;
/** A worker's parser thread reads the pages of a scaled world. */
const SCRIPT = `
  import { tuneV8 } from "${dist("bin/tree/v8.js")}";
  import { scaled } from "${dist("bench/world/scaled.js")}";
  import { createParser } from "${dist("articles/reading/parser.js")}";
  tuneV8();
  const now = new Date("2026-01-01T00:00:00Z");
  const plan = scaled({ port: 80, seed: 1, now }, { sites: 8, articles: ${PAGES} });
  const sites = new Map(plan.sites.map((site) => [site.host, site]));
  const source = { _id: "s", home: "https://example.org/", topics: [], trust: 0.5, rights: {}, keepTopics: [] };
  const parser = createParser(1, []);
  for (const { url } of plan.truth().articles) {
    const { hostname, pathname } = new URL(url);
    const body = Buffer.from(sites.get(hostname).reply(pathname).body);
    const page = { body, contentType: "text/html", url, source, now };
    const { article } = await parser.extract({ hints: {}, ...page });
    if (!article) throw new Error(url);
  }
  await parser.close();
`;

test("A parser thread collects its old generation a few times in hundreds of pages", async () => {
  const args = ["--trace-gc", "--input-type=module", "--eval", SCRIPT];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 1 << 24 });
  const byHeap = new Map<string, { young: number; old: number }>();
  for (const line of stdout.split("\n")) {
    const [, heap = "", kind = ""] = /^\[(\d+:0x\w+)\].*?ms: ([\w-]+)/.exec(line) ?? [];
    const counts = byHeap.get(heap) ?? { young: 0, old: 0 };
    if (kind === "Scavenge") counts.young += 1;
    if (kind === "Mark-Compact") counts.old += 1;
    byHeap.set(heap, counts);
  }
  const [thread] = [...byHeap.values()].toSorted((one, other) => other.young - one.young);
  expect(thread?.young).toBeGreaterThan(PAGES / 20);
  expect(thread?.old).toBeLessThanOrEqual(6);
});

/** A worker's parser thread reads a PDF of 2 kB that unpacks to a gigabyte; MB that the process grew by. */
const BOMB = `
  import { makePdf } from "${dist("demo/pdf.js")}";
  import { makePdfBomb } from "${dist("test/helpers/pdf.js")}";
  import { createParser } from "${dist("articles/reading/parser.js")}";
  const source = { _id: "s", home: "https://example.org/", topics: [], trust: 0.5, rights: {}, keepTopics: [] };
  const page = { contentType: "application/pdf", url: "https://example.org/a", source, now: new Date() };
  const parser = createParser(1, []);
  const read = (body) => parser.extract({ hints: {}, body, ...page }).catch(() => {});
  const bomb = makePdfBomb(1_000_000_000, 2);
  globalThis.gc();
  await read(makePdf([[{ text: "@", x: 1, y: 1 }]]));
  const before = process.memoryUsage.rss();
  await read(bomb);
  await read(bomb);
  console.log(Math.round((process.memoryUsage.rss() - before) / 1e6));
  await parser.close();
`;

test("A PDF that unpacks to a gigabyte leaves no memory behind", async () => {
  const args = ["--expose-gc", "--input-type=module", "--eval", BOMB];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  // The two leave up to 90 MB together, without a bound 400 each.
  expect(Number(stdout)).toBeLessThan(150);
});
