import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { SampleWorld } from "../bin/commands/run/sample-world.ts";
import { plainTable } from "../bin/output.ts";
import type { Role } from "../queues/queues.ts";
import { type Crawl, crawlWithNewsgather, crawlWithPeer } from "./crawlers/crawl.ts";
import { installPeer, PEERS } from "./crawlers/install.ts";
import { type Score, score } from "./crawlers/score.ts";
import { median } from "./median.ts";
import { startScaledWorld } from "./world/start.ts";

/**
 * Compares Newsgather's whole pipeline with crawlers that only fetch and extract, over the scaled
 * sample world. The crawlers alternate, each on a separate world from the same seed. The result is
 * the median of the rounds.
 *
 *     node dist/bench/crawl-peers.js [--articles N] [--sites N] [--rounds N] [--peer NAME]... [--scripted] [--json]
 *
 * With `--scripted`, scripts load the articles, so each page must be rendered. Newsgather is then
 * compared with the peers that render pages.
 */
const { values } = parseArgs({
  options: {
    articles: { type: "string", default: "1000" },
    sites: { type: "string", default: "40" },
    rounds: { type: "string", default: "3" },
    variants: { type: "string", default: "0.12" },
    peer: { type: "string", multiple: true, default: [] },
    scripted: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});

const OURS = "Newsgather";
const ROLES: Role[] = ["scheduler", "http", "browser", "api"];
const { scripted } = values;
const dir = await mkdtemp(join(tmpdir(), "newsgather-bench-"));

interface Contestant {
  name: string;
  crawl(world: SampleWorld, dir: string): Promise<Crawl>;
}

interface Result extends Score {
  name: string;
  /** Articles per second. */
  rate: number;
  /** CPU ms per article. */
  cpu: number;
  /** Peak memory, MB. */
  peak: number;
  fetches: number;
}

const contestants: Contestant[] = [
  {
    name: OURS,
    crawl: (world, own) =>
      crawlWithNewsgather(world, {
        dir: own,
        sites: Number(values.sites),
        ...(scripted && { roles: ROLES }),
      }),
  },
];
const skipped: string[] = [];
for (const peer of PEERS) {
  if (Boolean(peer.renders) !== scripted) continue;
  if (values.peer.length > 0 && !values.peer.includes(peer.name)) continue;
  const there = installPeer(peer);
  if ("skipped" in there) skipped.push(`${peer.name}: skipped, ${there.skipped}`);
  else {
    const { folder } = there;
    contestants.push({ name: peer.name, crawl: (world) => crawlWithPeer(peer, { folder, world }) });
  }
}
const rounds: Result[][] = [];
try {
  for (let round = 1; round <= Number(values.rounds); round++) {
    const results: Result[] = [];
    for (const contestant of contestants) {
      process.stderr.write(`round ${round}: ${contestant.name}\n`);
      results.push(await runOne(contestant, join(dir, `${round} ${contestant.name}`)));
    }
    rounds.push(results);
  }
} finally {
  await rm(dir, { recursive: true, force: true });
}
report();

async function runOne({ name, crawl }: Contestant, own: string): Promise<Result> {
  const size = ["--sites", values.sites, "--articles", values.articles];
  const world = await startScaledWorld(join(own, "world"), [
    ...size,
    "--variants",
    values.variants,
    ...(scripted ? ["--shells"] : []),
  ]);
  try {
    const { articles, cpu, peak, seconds } = await crawl(world, own);
    const scored = score(articles, (await world.truth()).articles);
    const { requests } = await world.report();
    const pages = requests.filter(({ path }) => /^\/news\/\d/.test(path)).length;
    const per = (value: number) => value / Math.max(1, scored.distinct);
    const rate = scored.distinct / seconds;
    return { name, ...scored, rate, cpu: per(cpu) * 1000, peak, fetches: per(pages) };
  } finally {
    await world.stop();
  }
}

function report(): void {
  if (values.json) {
    console.log(JSON.stringify({ rounds, skipped }));
    return;
  }
  const of = (name: string) => rounds.flatMap((round) => round.filter((one) => one.name === name));
  const rows = contestants.map(({ name }) => {
    const all = of(name);
    const ratio = median(all.map(({ cpu }, round) => (of(OURS)[round]?.cpu ?? 0) / cpu));
    return [
      name,
      median(all.map(({ cpu }) => cpu)).toFixed(1),
      ...(scripted ? [(1000 / median(all.map(({ cpu }) => cpu))).toFixed(1)] : []),
      name === OURS ? "" : ratio.toFixed(2),
      median(all.map(({ rate }) => rate)).toFixed(1),
      median(all.map(({ peak }) => peak)).toFixed(0),
      median(all.map(({ fetches }) => fetches)).toFixed(2),
      ...(["distinct", "right", "surplus"] as const).map((key) =>
        String(median(all.map((one) => one[key]))),
      ),
    ];
  });
  const cost = ["CPU s/1,000", ...(scripted ? ["pages/CPU s"] : []), "ours of it"];
  const rest = ["articles/s", "peak MB", "fetches/article", "articles", "right", "surplus"];
  const head = ["crawler", ...cost, ...rest];
  console.log(plainTable(head, rows, { right: head.slice(1).map((_, at) => at + 1) }));
  for (const line of skipped) console.log(line);
}
