import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { SampleWorld } from "../../bin/commands/run/sample-world.ts";
import { findChromium } from "../../bin/roles/chromium.ts";
import { loadConfig, processEnv } from "../../config/env.ts";
import type { Role } from "../../queues/queues.ts";
import { headSeq, readChanges } from "../../store/publish/changes.ts";
import type { Store } from "../../store/store.ts";
import { runLine } from "../line/run.ts";
import type { Peer } from "./install.ts";
import type { CrawledArticle } from "./score.ts";

export interface Crawl {
  articles: CrawledArticle[];
  /**
   * CPU time of all the crawler's processes, s. Start-up doesn't count, because a worker runs for
   * weeks. For Newsgather, the time until its runs are closed counts.
   */
  cpu: number;
  /** Peak memory of the largest process, MB. */
  peak: number;
  /**
   * Elapsed time from the start of the crawl, s. For Newsgather, the crawl ends when the last
   * article is in the change stream.
   */
  seconds: number;
}

/** Newsgather and the peers that need a browser use the same one. */
const CHROMIUM = await findChromium(loadConfig(processEnv()));
const CRAWL_TIMEOUT_MS = 600_000;

export async function crawlWithPeer(
  peer: Peer,
  { folder, world }: { folder: string; world: SampleWorld },
): Promise<Crawl> {
  const lists = await listsOf(world);
  const out = join(folder, "articles.jsonl");
  const job = join(folder, "job.json");
  await writeFile(
    job,
    JSON.stringify({ address: world.info.address, lists, out, chromium: CHROMIUM }),
  );
  const [program = "", ...args] = peer.command;
  const { stdout } = await promisify(execFile)(program, [...args, job], {
    cwd: folder,
    timeout: CRAWL_TIMEOUT_MS,
    maxBuffer: 1 << 26,
  });
  const usage = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Omit<Crawl, "articles">;
  const lines = (await readFile(out, "utf8")).split("\n").filter(Boolean);
  return { ...usage, articles: lines.map((line) => JSON.parse(line) as CrawledArticle) };
}

async function listsOf(world: SampleWorld): Promise<string[]> {
  const { articles } = await world.truth();
  const sites = new Set(articles.map(({ url }) => new URL(url).origin));
  return [...sites].map((origin) => `${origin}/news`);
}

export async function crawlWithNewsgather(
  world: SampleWorld,
  options: { dir: string; sites: number; roles?: Role[] },
): Promise<Crawl> {
  const look = async (store: Store) => {
    const [last] = await readChanges(store, (await headSeq(store)) - 1, 1);
    return { articles: await readArticles(store), last: last?.at };
  };
  const run = await runLine(world, { ...options, look });
  const { articles, last = new Date() } = run.found;
  const own = run.processes.filter((one) => one.own);
  return {
    articles,
    cpu: own.reduce((sum, { cpu, startUp }) => sum + cpu - startUp, 0),
    peak: Math.max(...own.map(({ peak }) => peak)),
    seconds: (last.getTime() - run.since.getTime()) / 1000 - run.ready,
  };
}

async function readArticles({ collections }: Store): Promise<CrawledArticle[]> {
  const projection = { url: 1, title: 1, text: 1 };
  const found = await collections.articles.find({}, { projection }).toArray();
  return found.map(({ url, title, text }) => ({ url, title, text }));
}
