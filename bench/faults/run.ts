import { type Random, random } from "../../demo/random.ts";
import { differencesOf } from "../../test/helpers/outcome.ts";
import { idleJobs, type Tally, tallyOf } from "./check.ts";
import { followStream } from "./follow.ts";
import { FAULTS, type Fault } from "./kinds.ts";
import { openStage, type Stage } from "./stage.ts";
import {
  RECOVERY_TIMEOUT_MS,
  resultOf,
  rushedHosts,
  type Strike,
  type Struck,
  strikeAt,
} from "./strike.ts";
import { ARTICLES_PER_SITE, after, SITES_PER_WAVE, startWave, untilTold } from "./wave.ts";

export interface Outcome {
  seed: number;
  struck: Struck[];
  skipped: { fault: string; why: string }[];
  total: Tally;
  /**
   * Differences from the truth at the end, errors in the stream, stuck jobs, and requests that came
   * too soon.
   */
  differences: string[];
}

/**
 * Injects `count` faults into one daemon, each while a wave of new sites is being fetched, and
 * checks at the end. `seed` determines the order, the moments and the details of the faults.
 */
export async function runFaults(options: {
  seed: number;
  count: number;
  kinds?: readonly string[];
  note: (line: string) => void;
}): Promise<Outcome> {
  const { seed, count, kinds, note } = options;
  const chance = random(seed, "faults");
  const sites = SITES_PER_WAVE * count;
  const stage = await openStage({ sites, articles: sites * ARTICLES_PER_SITE, delayMs: 300, seed });
  try {
    const wanted = FAULTS.filter(({ name }) => !kinds || kinds.includes(name));
    const { possible, skipped } = sort(stage, wanted);
    for (const { fault, why } of skipped) note(`${fault}: skipped, ${why}`);
    const strikes: Strike[] = [];
    const follower = followStream(stage);
    let lastOver = Infinity;
    const isLate = () => Date.now() > lastOver + RECOVERY_TIMEOUT_MS;
    for (const [index, fault] of schedule(possible, count, chance).entries()) {
      const wave = await startWave(stage, index, { browser: fault.browser === true });
      const strike = await strikeAt(stage, wave, { fault, chance, isLate, follower });
      strikes.push(strike);
      note(`${index + 1}/${count} ${fault.name}: ${strike.problems.join("; ") || "work goes on"}`);
    }
    lastOver = Date.now();
    const struck: Struck[] = [];
    for (const strike of strikes) struck.push(await resultOf(stage, strike));
    await untilTold(stage, after(RECOVERY_TIMEOUT_MS));
    const articles = strikes.flatMap(({ wave }) => wave.articles);
    const ids = strikes.flatMap(({ wave }) => wave.ids);
    const total = await tallyOf(stage, articles, ids);
    const { store } = stage.running;
    const rushed = await rushedHosts(strikes);
    const differences = [
      ...(await differencesOf(store, stage.world, { sourceIds: ids, rushed })),
      ...(await follower.readAgain()),
      ...(await idleJobs(stage)),
    ];
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

/** Returns `count` faults in random order, each kind once before any is repeated. */
function schedule(kinds: readonly Fault[], count: number, chance: Random): Fault[] {
  const order: Fault[] = [];
  while (order.length < count && kinds.length > 0) {
    const left = [...kinds];
    while (left.length > 0) order.push(...left.splice(chance.int(0, left.length - 1), 1));
  }
  return order.slice(0, count);
}
