import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { extract } from "../extractors/extract.ts";
import { prepare } from "../extractors/language.ts";
import { installPeer, PEERS } from "./crawlers/install.ts";
import type { TruthPage } from "./extract-table.ts";
import { median } from "./median.ts";
import { type PeerRun, runPeers, runTrafilatura } from "./peers.ts";
import { cpuOf } from "./stages.ts";
import { scaled } from "./world/scaled.ts";

/**
 * Measures the CPU time of extraction with all metadata over pages of the scaled world, and
 * compares it with trafilatura and Readability. Prints JSON: our mean ms per page, and its ratio to
 * each peer's mean. All numbers are medians of three rounds, in which we and the peers alternate.
 *
 *     node dist/bench/world-extract.js
 */
const PAGE_COUNT = 200;
const ROUNDS = 3;
const SET = "world";

type Page = TruthPage & { html: string };

const dir = await mkdtemp(join(tmpdir(), "newsgather-bench-"));
try {
  await prepare();
  const pages = await writePages();
  const scrapy = PEERS.find(({ script }) => script.startsWith("scrapy"));
  const there = scrapy ? installPeer(scrapy) : { skipped: "no peer" };
  const rounds: Record<string, number>[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const runs = await runPeers(dir, pages, ["readability+linkedom"]);
    if ("folder" in there) {
      runs.push(await runTrafilatura(join(there.folder, "venv/bin/python"), dir, pages));
    }
    // The first round warms up the compiler.
    if (round === 0) ownMs(pages);
    const own = ownMs(pages);
    rounds.push({ own, ...Object.fromEntries(runs.map((run) => [run.name, own / meanOf(run)])) });
  }
  const names = Object.keys(rounds[0] ?? {});
  const of = (name: string) => median(rounds.map((round) => round[name] ?? Number.NaN));
  console.log(JSON.stringify(Object.fromEntries(names.map((name) => [name, of(name)]))));
} finally {
  await rm(dir, { recursive: true, force: true });
}

async function writePages(): Promise<Page[]> {
  const setting = { port: 18080, seed: 1, now: new Date() };
  const plan = scaled(setting, { sites: 10, articles: PAGE_COUNT });
  await mkdir(join(dir, SET), { recursive: true });
  const pages = plan.truth().articles.map(({ url }, index) => {
    const { hostname, pathname } = new URL(url);
    const reply = plan.sites.find(({ host }) => host === hostname)?.reply(pathname);
    const html = Buffer.from(reply?.body ?? "").toString();
    return { key: `${SET}/${index}`, set: SET, id: String(index), url, html };
  });
  for (const { id, html } of pages) {
    await writeFile(join(dir, SET, `${id}.html.gz`), gzipSync(html));
  }
  return pages;
}

function ownMs(pages: readonly Page[]): number {
  const now = new Date();
  const all = () => {
    for (const { html, url } of pages) extract({ html, url, now });
  };
  return cpuOf(all) / pages.length;
}

function meanOf({ times }: PeerRun): number {
  return times.reduce((sum, ms) => sum + ms, 0) / times.length;
}
