import { type ChildProcess, execFile, execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import type { Prediction, TruthPage } from "./extract-table.ts";
import type { PeerAnswer, PeerTask } from "./peer-process.ts";
import { authorsIn, LOADER, toPrediction } from "./peer-runners.ts";

export interface PeerRun {
  name: string;
  predictions: Map<string, Prediction>;
  /** CPU ms of each page. */
  times: number[];
  failed: number;
}

/** Exact versions, so that results are comparable. None is a dependency of the product. */
const PINNED = {
  private: true,
  type: "module",
  dependencies: {
    "@mozilla/readability": "0.6.0",
    linkedom: "0.18.15",
    defuddle: "0.19.4",
    "@extractus/article-extractor": "9.0.1",
    "@postlight/parser": "2.2.3",
  },
  // Otherwise @postlight/parser would depend on a fork on GitHub.
  overrides: { difflib: "0.2.4" },
};
const FOLDER = resolve("data/bench/peers");
const PEER_PROCESS_URL = new URL("./peer-process.js", import.meta.url);
const TRAFILATURA = resolve("bench/peer-trafilatura.py");
const PAGE_TIMEOUT_MS = 60_000;

export async function runPeers(
  corpus: string,
  pages: TruthPage[],
  names: string[],
): Promise<PeerRun[]> {
  install();
  const tasks = tasksOf(corpus, pages);
  const runs: PeerRun[] = [];
  for (const name of names) {
    process.stderr.write(`${name} reads ${tasks.length} pages\n`);
    runs.push(await runPeer(name, tasks));
  }
  return runs;
}

interface Line {
  key: string;
  ms: number;
  failed: boolean;
  title?: string | null;
  text?: string | null;
  author?: string | null;
  date?: string | null;
}

/** `python` is a Python interpreter with trafilatura installed. */
export async function runTrafilatura(
  python: string,
  corpus: string,
  pages: TruthPage[],
): Promise<PeerRun> {
  process.stderr.write(`trafilatura reads ${pages.length} pages\n`);
  const running = promisify(execFile)(python, [TRAFILATURA], { maxBuffer: 1 << 30 });
  const tasks = tasksOf(corpus, pages).map((task) => `${JSON.stringify(task)}\n`);
  running.child.stdin?.end(tasks.join(""));
  const { stdout } = await running;
  const lines = stdout
    .trim()
    .split("\n")
    .map((line): Line => JSON.parse(line));
  return {
    name: "trafilatura",
    predictions: new Map(lines.map((line) => [line.key, predictionOf(line)])),
    times: lines.map(({ ms }) => ms),
    failed: lines.filter(({ failed }) => failed).length,
  };
}

function predictionOf({ key, title, text, author, date }: Line): Prediction {
  return {
    id: key,
    title: title ?? null,
    text: text ?? null,
    authors: authorsIn(author ?? null),
    published: date ?? null,
  };
}

function tasksOf(corpus: string, pages: TruthPage[]): PeerTask[] {
  return pages.map(({ key, set, id, url }) => {
    return { key, url, file: join(corpus, set, `${id}.html.gz`) };
  });
}

export function cpuLine({ name, times, failed }: PeerRun, ours: number): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(1);
  const mean = times.reduce((sum, ms) => sum + ms, 0) / times.length;
  const most = (sorted.at(-1) ?? 0).toFixed(0);
  return `${name}: mean ${mean.toFixed(1)} (ours is ${(ours / mean).toFixed(2)} of it), median ${at(0.5)}, p95 ${at(0.95)}, most ${most}; ${failed} pages failed`;
}

function install(): void {
  const file = join(FOLDER, "package.json");
  const wanted = `${JSON.stringify(PINNED, null, 2)}\n`;
  const there = existsSync(file) && readFileSync(file, "utf8") === wanted;
  if (there && existsSync(join(FOLDER, "node_modules"))) return;
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, LOADER.file), LOADER.text);
  const flags = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
  // npm would keep packages of other versions that satisfy the file.
  rmSync(join(FOLDER, "node_modules"), { recursive: true, force: true });
  rmSync(file, { force: true });
  rmSync(join(FOLDER, "package-lock.json"), { force: true });
  writeFileSync(file, wanted);
  execFileSync("npm", ["install", ...flags], { cwd: FOLDER, stdio: "inherit" });
}

async function runPeer(name: string, tasks: PeerTask[]): Promise<PeerRun> {
  const result: PeerRun = { name, predictions: new Map(), times: [], failed: 0 };
  let child = await start(name);
  // The first pages warm up the compiler, as in our measurement.
  for (const task of tasks.slice(0, 40)) child = (await ask(name, child, task)).child;
  for (const task of tasks) {
    const { answer, child: next } = await ask(name, child, task);
    child = next;
    result.predictions.set(task.key, answer.prediction);
    result.times.push(answer.ms);
    if (answer.failed) result.failed++;
  }
  child.kill();
  return result;
}

async function start(name: string): Promise<ChildProcess> {
  const child = fork(PEER_PROCESS_URL, [name, FOLDER], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  await once(child, "message");
  return child;
}

/** If the peer hangs or crashes, restarts it and returns a failed answer. */
async function ask(
  name: string,
  child: ChildProcess,
  task: PeerTask,
): Promise<{ answer: PeerAnswer; child: ChildProcess }> {
  const over = new AbortController();
  const { signal } = over;
  const clock = setTimeout(() => over.abort(), PAGE_TIMEOUT_MS);
  child.once("exit", () => over.abort());
  try {
    child.send(task);
    const [answer] = (await once(child, "message", { signal })) as [PeerAnswer];
    return { answer, child };
  } catch {
    child.kill("SIGKILL");
    const answer = { key: task.key, prediction: toPrediction(task.key, null) };
    return { answer: { ...answer, ms: PAGE_TIMEOUT_MS, failed: true }, child: await start(name) };
  } finally {
    clearTimeout(clock);
    child.removeAllListeners("exit");
  }
}
