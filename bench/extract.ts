import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { gunzipSync } from "node:zlib";
import { loadPlaces } from "../articles/reading/gazetteer.ts";
import { pageOf } from "../bin/commands/archive/extract-page.ts";
import { extract } from "../extractors/extract.ts";
import { prepare } from "../extractors/language.ts";
import {
  columnsOf,
  type Details,
  type Prediction,
  peerFiles,
  printTable,
  type Scorer,
  type TruthPage,
  worstPages,
} from "./extract-table.ts";
import { PEERS } from "./peer-runners.ts";
import { cpuLine, runPeers, runTrafilatura } from "./peers.ts";

/**
 * Measures the quality and the CPU time of extraction over a corpus of pages with their correct
 * values. The corpus folder has `score.mjs`, `<set>/truth.jsonl`, `<set>/<id>.html.gz` and
 * `peers/*.jsonl`.
 *
 *     node dist/bench/extract.js CORPUS [--worst N] [--sets a,b] [--peers] [--peer NAME]... [--python PATH]
 *
 * `--peers` installs the npm peers and runs them over the same pages; `--peer` runs only one of
 * them. `--python` is the path of a Python interpreter that has trafilatura; trafilatura is then
 * also measured.
 */
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    worst: { type: "string", default: "5" },
    sets: { type: "string" },
    peers: { type: "boolean", default: false },
    peer: { type: "string", multiple: true, default: [] },
    python: { type: "string" },
  },
});
const [folder] = positionals;
if (!folder) {
  fail(
    "usage: npm run bench:extract -- CORPUS [--worst N] [--sets a,b] [--peers] [--peer NAME]... [--python PATH]",
  );
}
const names = values.peers ? Object.keys(PEERS) : values.peer;
const unknown = names.find((name) => !PEERS[name]);
if (unknown) fail(`no peer ${unknown}; there are ${Object.keys(PEERS).join(", ")}`);
const corpus = resolve(folder);
const scorer: Scorer = await import(pathToFileURL(join(corpus, "score.mjs")).href);
const truth = scorer.loadTruth(corpus, values.sets?.split(","));

await prepare();
const places = loadPlaces();
const now = new Date();
const times: { id: string; ms: number; size: number }[] = [];
const ours = new Map<string, Prediction>();
// The first pages warm up the compiler, so the result is that of a worker after its first minute.
for (const page of truth.slice(0, 40)) read(page);
for (const page of truth) {
  const html = readHtml(page);
  const before = process.cpuUsage();
  const extraction = extract({ html, url: page.url, now });
  const { user, system } = process.cpuUsage(before);
  times.push({ id: page.key, ms: (user + system) / 1000, size: html.length });
  const fields = pageOf(page.key, extraction, places);
  ours.set(page.key, { ...fields, lang: fields.language });
}

const live = names.length > 0 ? await runPeers(corpus, truth, names) : [];
if (values.python) live.push(await runTrafilatura(values.python, corpus, truth));

const scored = (predictions: Map<string, Prediction>): Details[] =>
  truth.map((page) => scorer.scorePage(page, predictions.get(page.key)));
const own = scored(ours);
const peers = peerFiles(corpus).map(([name, path]) => ({
  name,
  columns: columnsOf(scorer, scored(scorer.loadPred(path))),
}));
for (const { name, predictions } of live) {
  peers.push({ name: `${name} (now)`, columns: columnsOf(scorer, scored(predictions)) });
}
printTable([{ name: "newsgather", columns: columnsOf(scorer, own) }, ...peers]);

const sorted = times.toSorted((a, b) => a.ms - b.ms);
const at = (share: number) => sorted[Math.floor(sorted.length * share)]?.ms.toFixed(1) ?? "-";
const mean = times.reduce((sum, { ms }) => sum + ms, 0) / times.length;
print(
  `\nCPU ms a page: mean ${mean.toFixed(1)}, median ${at(0.5)}, p95 ${at(0.95)}; ${times.length} pages`,
);
for (const peer of live) print(cpuLine(peer, mean));
print(`peak memory: ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
for (const { id, ms, size } of sorted.toReversed().slice(0, 5)) {
  const ratio = (ms / Number(at(0.5))).toFixed(0);
  print(
    `  slowest ${ms.toFixed(0)} ms (${ratio} x the median)  ${id}  ${Math.round(size / 1000)} kB`,
  );
}
for (const line of worstPages(truth, own, ours, Number(values.worst))) print(line);

function read(page: TruthPage): void {
  extract({ html: readHtml(page), url: page.url, now });
}

function readHtml({ set, id }: TruthPage): string {
  return gunzipSync(readFileSync(join(corpus, set, `${id}.html.gz`))).toString("utf8");
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
