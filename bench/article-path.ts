import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startTree } from "../bin/tree/tree.ts";
import { loadConfig, processEnv } from "../config/env.ts";
import { createLogger } from "../config/logger.ts";
import { root } from "../config/root.ts";
import { sleep } from "../lib/time.ts";
import { openStore } from "../store/connect.ts";
import { findOpenRuns } from "../store/crawl/runs.ts";
import { makeDue } from "../store/sources/sources.ts";
import type { Store } from "../store/store.ts";
import { articlePage, openSite, type TestSite } from "../test/helpers/site.ts";

/**
 * Lists our files that run for one article, from the moment when the article's source is due until
 * the portal lists the article. Caches are warm: the host's files are cached, an earlier run stored
 * other articles, and the portal was read. The benchmark first records what runs without any
 * article (ticks, heartbeats, an idle sequencer), then several articles, one after another. A file
 * counts if one of its functions runs for each article and never without one. What only happens to
 * run at the same time, such as a timer, therefore doesn't count. The search index reads the change
 * stream beside the portal and doesn't count either.
 *
 *     node dist/bench/article-path.js [--idle SECONDS] [--articles COUNT] [--functions] [--json]
 */
const { values } = parseArgs({
  options: {
    idle: { type: "string", default: "65" },
    articles: { type: "string", default: "5" },
    functions: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});

const ADDRESS = "127.1.9.9";
const SOURCE_ID = "path";
const KNOWN_ARTICLES = 12;
const POLL_MS = 200;
const DEADLINE_MS = 120_000;
const BESIDE_THE_PATH = /^archive\/search\//;

const dir = await mkdtemp(join(tmpdir(), "newsgather-path-"));
const calls = join(dir, "calls");
await mkdir(calls);
const site = await openSite("path.example", ADDRESS);
try {
  await run();
} finally {
  await site.close();
  await rm(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}

async function run(): Promise<void> {
  const titles = Array.from({ length: KNOWN_ARTICLES }, (_, index) => `Report number ${index}`);
  publish(site, titles);
  await writeSource();
  const coverage = new URL("./article-path/coverage.js", import.meta.url);
  coverage.searchParams.set("dir", calls);
  const env = {
    ...processEnv(),
    NODE_OPTIONS: `--import=${coverage.href}`,
    NEWSGATHER_LOG_LEVEL: "warn",
    NEWSGATHER_DATA_DIR: join(dir, "data"),
    NEWSGATHER_SOURCES_DIR: join(dir, "sources"),
    NEWSGATHER_HOSTS: `${ADDRESS} path.example`,
    NEWSGATHER_ALLOW_NETWORKS: `${ADDRESS}/32`,
    NEWSGATHER_LISTEN: "127.0.0.1:0",
    NEWSGATHER_TICK: "1s",
  };
  const config = loadConfig(env);
  const log = createLogger(config);
  const tree = await startTree({
    config,
    env,
    log,
    roles: ["scheduler", "http", "api"],
    roleFile: join(root, "dist/bin/tree/role.js"),
  });
  try {
    const portal = tree.address ?? "";
    for (const title of titles) await untilListed(portal, title);
    await sleep(5000);
    await writeFile(join(calls, "phase"), "idle");
    await sleep(Number(values.idle) * 1000);
    await writeFile(join(calls, "phase"), "pause");
    const store = await openStore(tree.mongoUrl, { database: config.dbName });
    const phases = Array.from({ length: Number(values.articles) }, (_, index) => `article${index}`);
    for (const phase of phases) {
      const title = `The followed ${phase}`;
      titles.push(title);
      publish(site, titles);
      await writeFile(join(calls, "phase"), phase);
      await makeDue(store, new Date(), [SOURCE_ID]);
      await untilListed(portal, title);
      await writeFile(join(calls, "phase"), "pause");
      await untilRunIsClosed(store);
    }
    await store.close();
    report(await filesOn(phases));
  } finally {
    await tree.stop();
  }
}

function publish({ pages, at }: TestSite, titles: readonly string[]): void {
  const paths = titles.map((_, index) => `/news/2026/report-${index}`);
  for (const [index, title] of titles.entries()) pages[paths[index] ?? ""] = articlePage(title);
  const items = titles.map((title, index) => {
    const publishedAt = new Date(Date.now() - (titles.length - index) * 60_000).toUTCString();
    const link = at(paths[index] ?? "");
    return `<item><title>${title}</title><link>${link}</link><guid>${link}</guid><pubDate>${publishedAt}</pubDate></item>`;
  });
  pages["/feed"] =
    `<?xml version="1.0"?><rss version="2.0"><channel><title>Path</title>${items.join("")}</channel></rss>`;
  pages["/robots.txt"] = "User-agent: *\nAllow: /\n";
}

async function writeSource(): Promise<void> {
  await mkdir(join(dir, "sources"));
  const yaml = [
    `id: ${SOURCE_ID}`,
    "name: Path",
    `home: ${site.at("/")}`,
    `feeds: [${site.at("/feed")}]`,
    "schedule: { every: 6h }",
    "language: en",
    "country: IE",
    "topics: [egovernment]",
    "render: http",
    "pace: { delay: 100ms }",
  ];
  await writeFile(join(dir, "sources", `${SOURCE_ID}.yaml`), yaml.join("\n"));
}

async function untilListed(portal: string, title: string): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    const page = await (await fetch(`${portal}/`)).text();
    if (page.includes(title)) return;
    if (Date.now() > deadline) throw new Error(`the portal doesn't list "${title}"`);
    await sleep(POLL_MS);
  }
}

async function untilRunIsClosed(store: Store): Promise<void> {
  while ((await findOpenRuns(store, new Date(), 1)).length > 0) await sleep(POLL_MS);
}

async function callsOf(phase: string): Promise<Set<string>> {
  const files = (await readdir(calls)).filter((name) => name.startsWith(`${phase}-`));
  const texts = await Promise.all(files.map((name) => readFile(join(calls, name), "utf8")));
  return new Set(texts.flatMap((text) => text.split("\n")).filter((line) => line !== ""));
}

interface PathFiles {
  /** The names of the functions that run for each article, by file. */
  own: Map<string, string[]>;
  /** The other files of ours that run for each article. */
  shared: string[];
}

async function filesOn(phases: readonly string[]): Promise<PathFiles> {
  const idle = await callsOf("idle");
  const [first = new Set<string>(), ...others] = await Promise.all(phases.map(callsOf));
  const own = new Map<string, string[]>();
  const all = new Set<string>();
  for (const call of first) {
    const [url = "", , name = ""] = call.split("\t");
    const file = sourceOf(url);
    if (file === null || !others.every((other) => other.has(call))) continue;
    all.add(file);
    if (!idle.has(call)) own.set(file, [...(own.get(file) ?? []), name]);
  }
  return { own, shared: [...all].filter((file) => !own.has(file)).toSorted() };
}

function sourceOf(url: string): string | null {
  if (!url.startsWith("file:")) return null;
  const path = relative(join(root, "dist"), fileURLToPath(url.split("?")[0] ?? url));
  if (path.startsWith("..") || /^(bench|test)\//.test(path)) return null;
  if (BESIDE_THE_PATH.test(path)) return null;
  return path.replace(/\.js$/, ".ts");
}

function report({ own, shared }: PathFiles): void {
  const path = [...own.keys()].toSorted();
  if (values.json) {
    console.log(JSON.stringify({ files: path.length, path, shared }));
    return;
  }
  const folders = new Map<string, number>();
  for (const file of path) {
    const names = new Set(own.get(file)?.filter((name) => name !== ""));
    console.log(values.functions ? `${file}: ${[...names].join(", ")}` : file);
    const folder = file.split("/")[0] ?? "";
    folders.set(folder, (folders.get(folder) ?? 0) + 1);
  }
  const counts = [...folders].map(([folder, count]) => `${folder} ${count}`).join(", ");
  console.log(`\n${path.length} files on the path of an article (${counts})`);
  console.log(`${shared.length} more that run without an article too: ${shared.join(", ")}`);
}
