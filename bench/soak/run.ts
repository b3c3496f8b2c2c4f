import { sleep } from "../../lib/time.ts";
import { streamProblems } from "../../test/helpers/outcome.ts";
import { type Tally, tallyOf } from "../faults/check.ts";
import { openStage, type Stage } from "../faults/stage.ts";
import {
  ARTICLES_PER_SITE,
  after,
  SITES_PER_WAVE,
  startWave,
  untilStored,
  untilTold,
  type Wave,
} from "../faults/wave.ts";
import { fillCache } from "./fill-cache.ts";
import { type Sample, sampleTree } from "./sample.ts";

export interface Trend {
  part: string;
  second: Sample;
  last: Sample;
}

export interface Soaked extends Tally {
  minutes: number;
  requests: { second: number; last: number };
  trends: Trend[];
  problems: string[];
}

const SAMPLE_INTERVAL_MS = 4000;
const WAVE_INTERVAL_MS = 20_000;
/** Each wave is fetched again every minute, so that the load is constant. */
const CONCURRENT_WAVES = 6;
/** The test fills the cache at the start, because every cache fills up over time. */
const DATABASE_CACHE_MB = 64;
const WAIT_TIMEOUT_MS = 120_000;

/**
 * Runs a soak test: fetches new sites at a steady rate, one in four with the browser, and samples
 * the whole process tree.
 */
export async function soak(options: {
  minutes: number;
  seed: number;
  note: (line: string) => void;
}): Promise<Soaked> {
  const { minutes, seed, note } = options;
  const count = Math.max(1, Math.ceil((minutes * 60_000) / WAVE_INTERVAL_MS));
  const sites = SITES_PER_WAVE * count;
  const size = { sites, articles: sites * ARTICLES_PER_SITE, delayMs: 300, seed };
  const stage = await openStage({
    ...size,
    env: { NEWSGATHER_DATABASE_CACHE: `${DATABASE_CACHE_MB}MB` },
  });
  try {
    await fillCache(stage.running.store.client, DATABASE_CACHE_MB);
    const began = Date.now();
    const end = began + minutes * 60_000;
    const sampling = sampleUntil(end, stage, note);
    const waves: Wave[] = [];
    const late: string[] = [];
    for (let index = 0; index < count; index++) {
      await sleep(Math.max(0, began + index * WAVE_INTERVAL_MS - Date.now()));
      const old = waves[index - CONCURRENT_WAVES];
      if (old) late.push(...(await withdraw(stage, old)));
      waves.push(await startWave(stage, index, { browser: true, every: "1m" }));
    }
    const samples = await sampling;
    for (const wave of waves.slice(-CONCURRENT_WAVES))
      late.push(...(await untilThrough(stage, wave)));
    await untilTold(stage, after(WAIT_TIMEOUT_MS));
    const articles = waves.flatMap((wave) => wave.articles);
    const ids = waves.flatMap((wave) => wave.ids);
    const tally = await tallyOf(stage, articles, ids);
    const problems = [...late, ...(await streamProblems(stage.running.store))];
    const requests = requestsOf(stage, began, end - began);
    return { minutes, ...tally, requests, trends: trendsOf(samples), problems };
  } finally {
    await stage.close();
  }
}

async function withdraw(stage: Stage, wave: Wave): Promise<string[]> {
  const late = await untilThrough(stage, wave);
  await stage.withdraw(wave.ids);
  return late;
}

async function untilThrough(stage: Stage, wave: Wave): Promise<string[]> {
  if (await untilStored(stage, wave, after(WAIT_TIMEOUT_MS))) return [];
  return [`${wave.ids.join(", ")}: not stored within ${WAIT_TIMEOUT_MS / 1000} s`];
}

type Samples = ReadonlyMap<string, Sample>[];

async function sampleUntil(
  end: number,
  { place }: Stage,
  note: (line: string) => void,
): Promise<Samples> {
  const samples: Samples = [];
  while (Date.now() < end) {
    const sample = sampleTree(place.folder);
    samples.push(sample);
    if (samples.length % 8 === 0) note(brief(sample));
    await sleep(SAMPLE_INTERVAL_MS);
  }
  return samples;
}

function brief(sample: ReadonlyMap<string, Sample>): string {
  const parts = [...sample].map(([part, { memory }]) => `${part} ${memory.toFixed(0)}`);
  return `${new Date().toISOString().slice(11, 19)} MB: ${parts.join(", ")}`;
}

function requestsOf({ world }: Stage, began: number, took: number): Soaked["requests"] {
  const thirds = world
    .report()
    .requests.map(({ start }) => Math.floor((3 * (start - began)) / took));
  const of = (third: number) => thirds.filter((each) => each === third).length;
  return { second: of(1), last: of(2) };
}

function trendsOf(samples: Samples): Trend[] {
  const third = Math.floor(samples.length / 3);
  const [middle, last] = [samples.slice(third, 2 * third), samples.slice(2 * third)];
  const parts = new Set([...middle, ...last].flatMap((sample) => [...sample.keys()]));
  return [...parts].map((part) => ({ part, second: mean(middle, part), last: mean(last, part) }));
}

function mean(samples: Samples, part: string): Sample {
  const of = (key: keyof Sample) =>
    samples.reduce((sum, sample) => sum + (sample.get(part)?.[key] ?? 0), 0) / samples.length;
  return {
    memory: of("memory"),
    descriptors: of("descriptors"),
    processes: of("processes"),
  };
}
