import { differencesOf } from "../../test/helpers/outcome.ts";
import { type Random, random } from "../../test/world/random.ts";
import { missingOf, problemsOf, type Tally, tallyOf } from "./check.ts";
import { FAULTS, type Fault } from "./kinds.ts";
import { openStage, type Stage } from "./stage.ts";
import {
  ARTICLES,
  requestsOf,
  SITES,
  startWave,
  untilMidway,
  untilStored,
  type Wave,
} from "./wave.ts";

/** What one fault did. */
export interface Struck extends Tally {
  fault: string;
  does: string;
  /** Seconds until the first request after it, and until every site with work left had one. */
  first: number | null;
  all: number | null;
  /** Seconds until everything was stored. */
  through: number;
  /** What is not as promised, in sentences. */
  problems: string[];
}

/** What a run of the bench found. */
export interface Outcome {
  seed: number;
  struck: Struck[];
  skipped: { fault: string; why: string }[];
  /** Over all waves at the end. */
  total: Tally;
  /** What differs from the truth at the end, or was asked for too soon, in sentences. */
  differences: string[];
}

const PATIENCE = 120_000;

/**
 * Injects `count` faults, one per wave of sites, every kind in turn, into one running daemon; after
 * each, everything is checked. `seed` chooses order, moments and details.
 */
export async function runFaults(options: {
  seed: number;
  count: number;
  /** Names of the kinds to inject; default all. */
  kinds?: readonly string[];
  note: (line: string) => void;
}): Promise<Outcome> {
  const { seed, count, kinds, note } = options;
  const chance = random(seed, "faults");
  const sites = SITES * count;
  const stage = await openStage({ sites, articles: sites * ARTICLES, delayMs: 300, seed });
  try {
    const wanted = FAULTS.filter(({ name }) => !kinds || kinds.includes(name));
    const { possible, skipped } = sort(stage, wanted);
    for (const { fault, why } of skipped) note(`${fault}: skipped, ${why}`);
    const struck: Struck[] = [];
    const waves: Wave[] = [];
    const rushed: string[] = [];
    for (const [index, fault] of schedule(possible, count, chance).entries()) {
      const wave = await startWave(stage, index, { browser: fault.browser === true });
      waves.push(wave);
      if (fault.forgetsPace) rushed.push(...wave.hosts);
      const result = await strike(stage, wave, fault, chance);
      struck.push(result);
      const { all, through, lost, doubled, problems } = result;
      note(
        `${index + 1}/${count} ${fault.name}: went on after ${all ?? "?"} s, through after ${through} s, ` +
          `${lost} lost, ${doubled} doubled${problems.map((problem) => `\n  ${problem}`).join("")}`,
      );
    }
    const articles = waves.flatMap((wave) => wave.articles);
    const ids = waves.flatMap((wave) => wave.ids);
    const total = await tallyOf(stage, articles, ids);
    const { store } = stage.running;
    const differences = await differencesOf(store, stage.world, { sourceIds: ids, rushed });
    return { seed, struck, skipped, total, differences };
  } finally {
    await stage.close();
  }
}

function sort(stage: Stage, faults: readonly Fault[]) {
  const reasons = faults.map((fault) => fault.impossible?.(stage) ?? null);
  return {
    possible: faults.filter((_, at) => reasons[at] === null),
    skipped: faults.flatMap(({ name }, at) => {
      const why = reasons[at];
      return why ? [{ fault: name, why }] : [];
    }),
  };
}

/** So many faults, each kind once before any comes again, in an order that chance gives. */
function schedule(kinds: readonly Fault[], count: number, chance: Random): Fault[] {
  const order: Fault[] = [];
  while (order.length < count && kinds.length > 0) {
    const left = [...kinds];
    while (left.length > 0) order.push(...left.splice(chance.int(0, left.length - 1), 1));
  }
  return order.slice(0, count);
}

async function strike(stage: Stage, wave: Wave, fault: Fault, chance: Random): Promise<Struck> {
  await untilMidway(stage, wave, chance);
  const began = Date.now();
  const over = await fault.inject(stage, chance);
  const stored = await untilStored(stage, wave, PATIENCE);
  const through = seconds(Date.now() - began);
  const tally = await tallyOf(stage, wave.articles, wave.ids);
  const problems = stored
    ? await problemsOf(stage)
    : [`not through within ${PATIENCE / 1000} s`, ...(await missingOf(stage, wave.articles))];
  const next = new Map<string, number>();
  for (const { host, start } of requestsOf(stage, wave, over)) {
    if (!next.has(host)) next.set(host, start - over);
  }
  const waits = [...next.values()].toSorted((a, b) => a - b);
  const [first = null, all = null] = [waits[0], waits.at(-1)];
  if (first !== null && first > fault.within) {
    problems.push(`work went on after ${seconds(first)} s, over ${fault.within / 1000} s`);
  }
  const { name, does } = fault;
  const times = { first: first && seconds(first), all: all && seconds(all), through };
  return { fault: name, does, ...tally, ...times, problems };
}

const seconds = (ms: number) => Math.round(ms / 100) / 10;
