import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Document } from "../archive/search/document.ts";
import { type IndexFile, openIndex } from "../archive/search/index-file.ts";
import { plainTable } from "../bin/output.ts";
import { random } from "../demo/random.ts";
import { DAY_MS } from "../lib/time.ts";
import type { SearchRequest } from "../model/publish/search.ts";
import { word, wordsOf } from "./words.ts";

const ARTICLES_PER_DAY = 2000;
const NEWEST = Date.UTC(2026, 0, 1);
const WORDS_PER_ARTICLE = 350;
const BATCH_SIZE = 200;
const QUERY_COUNT = 200;
/**
 * The most frequent word has the lowest rank. The range excludes words like "the" and words that
 * only one article contains.
 */
const QUERY_WORD_RANKS = { from: 20, to: 4000 };
/**
 * Limits: `p95` is the 95th percentile of a search's CPU time, ms. `ratio` is a search's cost in an
 * archive ten times as large divided by its cost in the smaller archive.
 */
const BARS = { p95: 100, ratio: 2 };
const REQUEST = { sort: "relevance", offset: 0, limit: 20, all: false, exact: false } as const;

function documentOf(number: number): Document {
  const words = wordsOf("search", number, WORDS_PER_ARTICLE);
  const sortAt = new Date(NEWEST - (number / ARTICLES_PER_DAY) * DAY_MS);
  const day = sortAt.toISOString().slice(0, 10);
  return {
    articleId: `article-${number}`,
    revision: null,
    shown: true,
    sortAt,
    language: "en",
    title: words.slice(0, 9).join(" "),
    teaser: words.slice(9, 40).join(" "),
    text: words.join(" "),
    author: "",
    tag: "",
    facets: {
      source: [`source-${number % 61}`],
      country: [["DE", "FR", "CN", "US", "JP", "ES", "IT"][number % 7] ?? ""],
      region: [`DE-${number % 16}`],
      topic: [`topic-${number % 23}`, `topic-${number % 19}`],
      language: ["en"],
      day: [day],
      status: ["published"],
    },
  };
}

function fill(index: IndexFile, articles: number): void {
  const since = Date.now();
  index.begin();
  for (let next = 0; next < articles; next += BATCH_SIZE) {
    const documents = Array.from({ length: BATCH_SIZE }, (_, offset) => documentOf(next + offset));
    index.add({ articleIds: documents.map(({ articleId }) => articleId), documents });
    if ((next + BATCH_SIZE) % 10_000 === 0) {
      console.error(`${next + BATCH_SIZE} articles, ${Math.round((Date.now() - since) / 1000)} s`);
    }
  }
  index.finish({ seq: articles, epoch: 0 });
}

/**
 * Measures searches after a first pass that fills the page cache. Returns percentiles of a search's
 * CPU ms and elapsed ms, and the median number of matches.
 */
function measure(index: IndexFile) {
  const chance = random("queries", 1);
  const rank = () =>
    Math.floor(
      QUERY_WORD_RANKS.from * (QUERY_WORD_RANKS.to / QUERY_WORD_RANKS.from) ** chance.next(),
    );
  const queries = Array.from({ length: QUERY_COUNT }, () => `${word(rank())} ${word(rank())}`);
  const ask = (query: string) => index.find({ ...REQUEST, query } satisfies SearchRequest);
  const totals = queries.map((query) => ask(query).total);
  const costs = queries.map((query) => {
    const [before, since] = [process.cpuUsage(), performance.now()];
    ask(query);
    const { user, system } = process.cpuUsage(before);
    return { cpu: (user + system) / 1000, ms: performance.now() - since };
  });
  const at = (values: number[], share: number) =>
    values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? 0;
  const cpu = costs.map((cost) => cost.cpu);
  const clock = costs.map((cost) => cost.ms);
  return {
    matches: at(totals, 0.5),
    p50: at(cpu, 0.5),
    p95: at(cpu, 0.95),
    clock95: at(clock, 0.95),
  };
}

// Measures a search with two terms and facets, as the archive grows tenfold.
const { values } = parseArgs({
  options: {
    articles: { type: "string", default: "100000" },
    json: { type: "boolean", default: false },
  },
});
const most = Number(values.articles);
const rows = [];
for (const articles of [most / 10, most]) {
  const folder = mkdtempSync(join(tmpdir(), "newsgather-search-"));
  const path = join(folder, "index.sqlite");
  const index = openIndex(path);
  try {
    fill(index, articles);
    rows.push({ articles, ...measure(index), bytes: statSync(path).size });
  } finally {
    index.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
const [small, large] = rows;
const ratio = (large?.p95 ?? 0) / (small?.p95 ?? 1);
if (values.json) console.log(JSON.stringify({ rows, ratio }, null, 2));
else {
  const head = ["articles", "matches (median)", "p50 CPU ms", "p95 CPU ms", "p95 ms", "MB"];
  const cells = rows.map(({ articles, matches, p50, p95, clock95, bytes }) => [
    articles,
    matches,
    p50.toFixed(1),
    p95.toFixed(1),
    clock95.toFixed(1),
    (bytes / 1e6).toFixed(0),
  ]);
  console.log(plainTable(head, cells, { right: [0, 1, 2, 3, 4, 5] }));
  console.log(`ratio of p95: ${ratio.toFixed(2)}`);
}
if ((large?.p95 ?? 0) > BARS.p95 || ratio > BARS.ratio) process.exitCode = 1;
