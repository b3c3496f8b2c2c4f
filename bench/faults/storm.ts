import { random } from "../../demo/random.ts";
import { sleep } from "../../lib/time.ts";
import type { Article } from "../../model/articles/article.ts";
import { isBoilerplateOpen } from "../../store/sources/learned.ts";
import { isFaulty } from "../world/scaled.ts";
import { missingOf, type Tally, tallyOf } from "./check.ts";
import { FAULTS } from "./kinds.ts";
import { openStage, type Stage } from "./stage.ts";
import { RECOVERY_TIMEOUT_MS } from "./strike.ts";
import { after, isStored, until } from "./wave.ts";

export interface StormOutcome extends Tally {
  seed: number;
  struck: Record<string, number>;
  /**
   * Number of links of honest sites that were due but weren't attempted within `NEXT_ATTEMPT_MS`
   * after the last fault.
   */
  leftDue: number;
  /**
   * Source and path of each article whose title or text differs from a run without faults, with its
   * completeness in both runs.
   */
  differing: string[];
  /** Seconds from the last fault until everything was stored; null if that took too long. */
  through: number | null;
  problems: string[];
}

const ARTICLES_PER_SITE = 6;
const HONEST_ARTICLE_COUNT = 600;
const HONEST_SITES_PER_HOSTILE = 10;
const SITES_PER_BROWSER_SITE = 4;
const FAULT_INTERVAL_MS = { least: 500, most: 4000 };
const NEXT_ATTEMPT_MS = 60_000;
const CALM_MS = 1_200_000;
/** Checks read all articles of all sites, so they are rare. */
const CHECK_INTERVAL_MS = 2000;
/** They neither kill nor freeze a process. */
const EXCLUDED_FAULTS = new Set([
  "full disk",
  "redis flushed",
  "connections reset",
  "skewed clock",
]);

interface Crowd {
  honest: { id: string; yaml: string }[];
  /** Sources whose pages fail, hang or never end. */
  hostile: { id: string; yaml: string }[];
}

/**
 * Injects `count` faults that kill or freeze processes into one daemon, without waiting for
 * recovery between them. At the end, compares the stored articles with those of a daemon without
 * faults.
 */
export async function runStorm(options: {
  seed: number;
  count: number;
  note: (line: string) => void;
}): Promise<StormOutcome> {
  const { seed, count, note } = options;
  const chance = random(seed, "storm");
  const undisturbed = await textsWithoutFaults(seed);
  note(`${undisturbed.size} articles were stored without faults`);
  const stage = await openWorld(seed);
  try {
    const kinds = FAULTS.filter(({ name }) => !EXCLUDED_FAULTS.has(name));
    const { honest, hostile } = crowdOf(stage);
    const struck: Record<string, number> = {};
    let announced = 0;
    for (let index = 0; index < count; index++) {
      const upTo = Math.ceil(((index + 1) / count) * honest.length);
      const bad = hostile.slice(
        Math.ceil(announced / HONEST_SITES_PER_HOSTILE),
        Math.ceil(upTo / HONEST_SITES_PER_HOSTILE),
      );
      await stage.announce([...honest.slice(announced, upTo), ...bad]).catch(() => {});
      announced = upTo;
      await sleep(chance.int(FAULT_INTERVAL_MS.least, FAULT_INTERVAL_MS.most));
      const fault = chance.pick(kinds);
      // Another fault can already have killed the process.
      const hit = await fault.inject(stage, chance).then(
        () => true,
        () => false,
      );
      if (hit) struck[fault.name] = (struck[fault.name] ?? 0) + 1;
      note(`${index + 1}/${count} ${fault.name}${hit ? "" : ": its process was already gone"}`);
    }
    const ids = honest.map(({ id }) => id);
    const outcome = await outcomeOf(stage, ids, note);
    const differing = await differingFrom(stage, ids, undisturbed);
    return { seed, struck, ...outcome, differing };
  } finally {
    await stage.close();
  }
}

function openWorld(seed: number): Promise<Stage> {
  const sites = (HONEST_ARTICLE_COUNT / ARTICLES_PER_SITE) * 2;
  return openStage({ sites, articles: sites * ARTICLES_PER_SITE, faults: 1, delayMs: 300, seed });
}

function crowdOf({ world: { sources } }: Stage): Crowd {
  const honest = sources.filter((_, index) => !isFaulty(index));
  return {
    honest: honest.map(({ id, yaml }, index) => {
      const isRendered = index % SITES_PER_BROWSER_SITE === 0;
      return { id, yaml: isRendered ? yaml.replace("render: http", "render: browser") : yaml };
    }),
    hostile: sources.filter((_, index) => isFaulty(index)),
  };
}

interface StoredText {
  /** Title and text. */
  words: string;
  completeness: Article["completeness"];
}

/** By source and path. */
type StoredTexts = ReadonlyMap<string, StoredText>;

async function textsWithoutFaults(seed: number): Promise<StoredTexts> {
  const stage = await openWorld(seed);
  try {
    const { honest, hostile } = crowdOf(stage);
    const ids = honest.map(({ id }) => id);
    await stage.announce([
      ...honest,
      ...hostile.slice(0, Math.ceil(honest.length / HONEST_SITES_PER_HOSTILE)),
    ]);
    if (!(await until(() => isSettled(stage, ids), after(CALM_MS), CHECK_INTERVAL_MS)))
      throw new Error(
        `nothing failed, and yet not everything was stored after ${CALM_MS / 1000} s`,
      );
    return await textsOf(stage, ids);
  } finally {
    await stage.close();
  }
}

async function isSettled(stage: Stage, ids: string[]): Promise<boolean> {
  const { running, world } = stage;
  const articles = world.truth.articles.filter(({ sourceId }) => ids.includes(sourceId));
  return (
    (await isStored(stage, { ids, articles })) &&
    !(await isBoilerplateOpen(running.store, new Date())) &&
    [...(await textsOf(stage, ids)).values()].every(({ completeness }) => completeness === "full")
  );
}

async function textsOf({ running }: Stage, ids: string[]): Promise<StoredTexts> {
  const projection = { sourceId: 1, url: 1, title: 1, text: 1, completeness: 1 };
  const found = await running.store.collections.articles
    .find({ sourceId: { $in: ids } }, { projection })
    .toArray();
  return new Map(
    found.map(({ sourceId, url, title, text, completeness }) => {
      const key = `${sourceId}${new URL(url).pathname}`;
      return [key, { words: `${title}\n${text}`, completeness }];
    }),
  );
}

async function differingFrom(
  stage: Stage,
  ids: string[],
  undisturbed: StoredTexts,
): Promise<string[]> {
  const find = async () => {
    const texts = await textsOf(stage, ids);
    return [...undisturbed].flatMap(([key, before]) => {
      const found = texts.get(key);
      if (found?.words === before.words) return [];
      return `${key}: ${found?.completeness ?? "missing"}, without faults ${before.completeness}`;
    });
  };
  const isSame = async () => (await find()).length === 0;
  await until(isSame, after(RECOVERY_TIMEOUT_MS), CHECK_INTERVAL_MS);
  return find();
}

async function outcomeOf(
  stage: Stage,
  ids: string[],
  note: (line: string) => void,
): Promise<Omit<StormOutcome, "seed" | "struck" | "differing">> {
  const over = Date.now();
  // All the schedulers that received the request can have been killed, so send it again.
  await until(() => stage.announce([]).then(() => true), after(RECOVERY_TIMEOUT_MS));
  const articles = stage.world.truth.articles.filter(({ sourceId }) => ids.includes(sourceId));
  const untried = async () => {
    const filter = { sourceId: { $in: ids }, dueAt: { $gt: new Date(0), $lte: new Date(over) } };
    return stage.running.store.collections.links.countDocuments(filter);
  };
  await until(async () => (await untried()) === 0, after(NEXT_ATTEMPT_MS));
  const leftDue = await untried().catch(() => Number.NaN);
  note(`${leftDue} links are still untried after ${(Date.now() - over) / 1000} s`);
  const isComplete = async () => (await tallyOf(stage, articles, ids)).lost === 0;
  const stored = await until(isComplete, after(RECOVERY_TIMEOUT_MS), CHECK_INTERVAL_MS);
  const through = stored ? Math.round((Date.now() - over) / 100) / 10 : null;
  const problems = stored ? [] : await missingOf(stage, articles);
  return { leftDue, through, problems, ...(await tallyOf(stage, articles, ids)) };
}
