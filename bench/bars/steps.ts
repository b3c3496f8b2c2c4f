import { median } from "../median.ts";

/** A measured value, the value that it must reach (`floor`), and the value that it should reach (`goal`). */
export interface Bar {
  measure: string;
  value: number;
  floor: number;
  goal: number;
  /** Set if higher is better. */
  more?: true;
}

/**
 * A benchmark. `minutes` is its duration on an idle machine with two cores, and `bars` returns its
 * results that have targets.
 */
export interface Step {
  name: string;
  minutes: number;
  args: string[];
  bars(answer: never): Bar[];
}

interface Result {
  name: string;
  cpu: number;
  rate: number;
  peak: number;
  fetches: number;
}

interface Crawls {
  rounds: Result[][];
}

interface Grown {
  size: number;
  own: number;
  database: number;
}

const OURS = "Newsgather";

export const STEPS: readonly Step[] = [
  {
    name: "extraction",
    minutes: 2,
    args: ["world-extract.js"],
    bars: (answer: Record<string, number>) => [
      { measure: "extraction, of trafilatura's CPU", ...at(answer["trafilatura"], 0.4, 0.2) },
      {
        measure: "extraction, of Readability's CPU",
        ...at(answer["readability+linkedom"], 0.4, 0.2),
      },
    ],
  },
  {
    name: "polls",
    minutes: 2,
    args: ["growth.js", "--articles", "", "--sources", "100,10000", "--json"],
    bars: ([few, many]: Grown[]) => [
      { measure: "a poll of an unchanged source, worker CPU ms", ...at(few?.own, 6, 3) },
      {
        measure: "a poll at 10,000 sources, of one at 100",
        ...at(ratio(many?.own, few?.own), 1.3, 1.1),
      },
    ],
  },
  {
    name: "rate",
    minutes: 4,
    args: ["rate.js", "--json"],
    bars: (answer: { share: number; healthy: number; violations: number }) => [
      { measure: "requests that came too soon", ...at(answer.violations, 0, 0) },
      { measure: "share of the allowed rate", ...at(answer.share, 0.8, 0.95), more: true },
      {
        measure: "healthy sites beside faults, of their rate",
        ...at(answer.healthy, 0.8, 0.95),
        more: true,
      },
    ],
  },
  {
    name: "scripted",
    minutes: 4,
    args: [
      "crawl-peers.js",
      "--scripted",
      "--sites",
      "10",
      "--articles",
      "150",
      "--rounds",
      "3",
      "--json",
    ],
    bars: ({ rounds }: Crawls) => {
      const beside = besides(rounds, "Crawlee Playwright");
      return [
        {
          measure: "JS articles/s, of Crawlee Playwright's",
          ...at(beside("rate"), 2, 3),
          more: true,
        },
        { measure: "CPU per render, of Crawlee Playwright's", ...at(beside("cpu"), 0.85, 0.7) },
      ];
    },
  },
  {
    name: "peers",
    minutes: 10,
    args: ["crawl-peers.js", "--sites", "40", "--articles", "1000", "--rounds", "5", "--json"],
    bars: ({ rounds }: Crawls) => {
      const own = rounds.flatMap((round) => round.filter(({ name }) => name === OURS));
      const rate = (peer: string) => besides(rounds, peer)("rate");
      const of = (key: "fetches" | "peak") => median(own.map((one) => one[key]));
      return [
        {
          measure: "worker CPU per article, of Scrapy's",
          ...at(besides(rounds, "Scrapy")("cpu"), 0.5, 0.25),
        },
        { measure: "articles/s, of Scrapy's", ...at(rate("Scrapy"), 1, 2), more: true },
        { measure: "articles/s, of Crawlee's", ...at(rate("Crawlee"), 1.2, 2.5), more: true },
        { measure: "articles/s, of colly's", ...at(rate("colly"), 0.5, 1), more: true },
        { measure: "fetches per distinct article", ...at(of("fetches"), 1.05, 1.01) },
        { measure: "peak memory of the largest process, MB", ...at(of("peak"), 450, 300) },
      ];
    },
  },
  {
    name: "memory",
    minutes: 12,
    args: ["memory.js", "--json"],
    bars: (answer: { peak: number; growth: number }) => [
      { measure: "HTTP worker's peak over 20,000 articles, MB", ...at(answer.peak, 450, 300) },
      { measure: "HTTP worker, article 2,000 to 20,000, MB more", ...at(answer.growth, 50, 20) },
    ],
  },
  {
    name: "archive",
    minutes: 25,
    args: ["growth.js", "--articles", "1000,200000", "--sources", "", "--json"],
    bars: ([few, many]: Grown[]) => [
      {
        measure: "an article at 200,000 stored, of one at 1,000",
        ...at(ratio(many?.own, few?.own), 1.3, 1.15),
      },
    ],
  },
];

function at(value: number | undefined, floor: number, goal: number) {
  return { value: value ?? Number.NaN, floor, goal };
}

function ratio(one: number | undefined, other: number | undefined): number {
  return (one ?? Number.NaN) / (other ?? Number.NaN);
}

/**
 * Returns a function that divides Newsgather's value by a peer's value in each round, and returns
 * the median of the quotients.
 */
function besides(rounds: readonly Result[][], peer: string): (key: "cpu" | "rate") => number {
  const pairs = rounds.flatMap((round) => {
    const own = round.find(({ name }) => name === OURS);
    const other = round.find(({ name }) => name.startsWith(peer));
    return own && other ? [{ own, other }] : [];
  });
  return (key) => median(pairs.map(({ own, other }) => own[key] / other[key]));
}

export function verdictOf({ value, floor, goal, more }: Bar): "goal" | "floor" | "missed" | "-" {
  if (Number.isNaN(value)) return "-";
  const keeps = (bound: number) => (more ? value >= bound : value <= bound);
  if (keeps(goal)) return "goal";
  return keeps(floor) ? "floor" : "missed";
}
