import { random } from "../../demo/random.ts";
import { isFaulty } from "../../demo/scaled.ts";
import { sleep } from "../../lib/time.ts";
import { missingOf, type Tally, tallyOf } from "./check.ts";
import { FAULTS } from "./kinds.ts";
import { openStage, type Stage } from "./stage.ts";
import { PATIENCE } from "./strike.ts";
import { after, until } from "./wave.ts";

/** The result of a storm of faults. */
export interface StormOutcome extends Tally {
  seed: number;
  struck: Record<string, number>;
  /**
   * Number of links of honest sites that were due, but not attempted within `NEXT_ATTEMPT_MS` after
   * the last fault.
   */
  leftDue: number;
  /** Seconds from the last fault until everything was stored; null if that took too long. */
  through: number | null;
  problems: string[];
}

/** Number of articles per site, and in total. */
const ARTICLES = 6;
const TOTAL = 600;
/** Number of honest sites for each hostile site, and for each site that needs the browser. */
const HOSTILE = 10;
const RENDERED = 4;
/** Pause between faults, ms. */
const PAUSE = { least: 500, most: 4000 };
/** Time after the last fault within which each link must be attempted, ms. */
const NEXT_ATTEMPT_MS = 60_000;
/** Faults other than killing or freezing a process. */
const OTHERS = new Set(["full disk", "redis flushed", "connections reset", "skewed clock"]);

/**
 * Kills and freezes processes of one daemon, `count` times, while it fetches 600 articles in both
 * lanes, and sites whose pages fail, hang or never end. It doesn't wait for recovery in between;
 * the stored articles are checked at the end.
 */
export async function runStorm(options: {
  seed: number;
  count: number;
  note: (line: string) => void;
}): Promise<StormOutcome> {
  const { seed, count, note } = options;
  const chance = random(seed, "storm");
  const sites = (TOTAL / ARTICLES) * 2;
  const world = { sites, articles: sites * ARTICLES, faults: 1, delayMs: 300, seed };
  const stage = await openStage(world);
  try {
    const kinds = FAULTS.filter(({ name }) => !OTHERS.has(name));
    const { sources } = stage.world;
    const honest = sources.filter((_, index) => !isFaulty(index));
    const hostile = sources.filter((_, index) => isFaulty(index));
    const struck: Record<string, number> = {};
    let announced = 0;
    for (let index = 0; index < count; index++) {
      const upTo = Math.ceil(((index + 1) / count) * honest.length);
      const fresh = honest.slice(announced, upTo).map(({ id, yaml }, at) => {
        const rendered = (announced + at) % RENDERED === 0;
        return { id, yaml: rendered ? yaml.replace("render: http", "render: browser") : yaml };
      });
      const bad = hostile.slice(
        Math.ceil(announced / HOSTILE),
        Math.ceil((announced + fresh.length) / HOSTILE),
      );
      announced = upTo;
      await stage.announce([...fresh, ...bad]).catch(() => {});
      await sleep(chance.int(PAUSE.least, PAUSE.most));
      const fault = chance.pick(kinds);
      // The process may already have been killed by another fault.
      const hit = await fault.inject(stage, chance).then(
        () => true,
        () => false,
      );
      if (hit) struck[fault.name] = (struck[fault.name] ?? 0) + 1;
      note(`${index + 1}/${count} ${fault.name}${hit ? "" : ": its process is away"}`);
    }
    const ids = honest.map(({ id }) => id);
    return { seed, struck, ...(await outcomeOf(stage, ids, note)) };
  } finally {
    await stage.close();
  }
}

async function outcomeOf(
  stage: Stage,
  ids: string[],
  note: (line: string) => void,
): Promise<Omit<StormOutcome, "seed" | "struck">> {
  const over = Date.now();
  // The schedulers that got the request may all be gone.
  await until(() => stage.announce([]).then(() => true), after(PATIENCE));
  const articles = stage.world.truth.articles.filter(({ sourceId }) => ids.includes(sourceId));
  const untried = async () => {
    const filter = { sourceId: { $in: ids }, dueAt: { $gt: new Date(0), $lte: new Date(over) } };
    return stage.running.store.collections.links.countDocuments(filter);
  };
  await until(async () => (await untried()) === 0, after(NEXT_ATTEMPT_MS));
  const leftDue = await untried().catch(() => Number.NaN);
  note(`${leftDue} links are still untried after ${(Date.now() - over) / 1000} s`);
  const isStored = async () => (await tallyOf(stage, articles, ids)).lost === 0;
  const stored = await until(isStored, after(PATIENCE));
  const through = stored ? Math.round((Date.now() - over) / 100) / 10 : null;
  const problems = stored ? [] : await missingOf(stage, articles);
  return { leftDue, through, problems, ...(await tallyOf(stage, articles, ids)) };
}
