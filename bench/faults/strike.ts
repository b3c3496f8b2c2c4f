import type { Random } from "../../demo/random.ts";
import { leftOver, missingOf, type Tally, tallyOf } from "./check.ts";
import type { Follower } from "./follow.ts";
import { stuckJobs } from "./jobs.ts";
import type { Fault } from "./kinds.ts";
import type { Stage } from "./stage.ts";
import { after, requestsOf, until, untilMidway, untilStored, type Wave } from "./wave.ts";

export interface Struck extends Tally {
  fault: string;
  does: string;
  /** Seconds from the end of the fault to the first request; null if there was no request. */
  first: number | null;
  /**
   * Seconds from the end of the fault until every site with remaining work had a request; null if
   * there was no request.
   */
  all: number | null;
  /**
   * Seconds from the start of the fault until the whole wave was stored; null if that took too
   * long.
   */
  through: number | null;
  /** Seconds within which work must continue. */
  within: number;
  problems: string[];
}

/** Maximum time for everything to be stored after the last fault. */
export const RECOVERY_TIMEOUT_MS = 240_000;
/** Further faults can occur during this time. */
const STUCK_JOB_TIMEOUT_MS = 120_000;

export interface Strike {
  fault: Fault;
  wave: Wave;
  /** Start of the fault, epoch ms. */
  began: number;
  /** End of the fault, epoch ms. */
  over: number;
  /** When the wave was stored, epoch ms; null if that took too long. */
  stored: Promise<number | null>;
  /**
   * Problems found after the fault: processes that don't belong to the daemon, gaps and duplicates
   * in the stream.
   */
  problems: string[];
  /**
   * Problems found later: stuck jobs, and articles of the wave that are missing from the stream.
   */
  later: Promise<string[]>[];
}

/**
 * Injects the fault at a random moment while the wave is fetched, and waits until work continues.
 * Returns the findings so far, and promises of later findings.
 */
export async function strikeAt(
  stage: Stage,
  wave: Wave,
  options: { fault: Fault; chance: Random; isLate: () => boolean; follower: Follower },
): Promise<Strike> {
  const { fault, chance, isLate, follower } = options;
  await untilMidway(stage, wave, chance);
  const began = Date.now();
  const over = await fault.inject(stage, chance);
  let through = false;
  const stored = untilStored(stage, wave, isLate).then((is) => {
    through = true;
    return is ? Date.now() : null;
  });
  const goesOn = async () => through || requestsOf(stage, wave, over).length > 0;
  await until(goesOn, after(RECOVERY_TIMEOUT_MS));
  const told = stored.then((at) =>
    at === null ? [] : follower.untilTold(wave, after(RECOVERY_TIMEOUT_MS)),
  );
  const later = [stuckJobs(stage, after(STUCK_JOB_TIMEOUT_MS)), told];
  const problems = [
    ...(await leftOver(stage)),
    ...(await follower.readOn(after(STUCK_JOB_TIMEOUT_MS))),
  ];
  return { fault, wave, began, over, stored, problems, later };
}

export async function resultOf(stage: Stage, strike: Strike): Promise<Struck> {
  const { fault, wave, began, over } = strike;
  const storedAt = await strike.stored;
  const tally = await tallyOf(stage, wave.articles, wave.ids);
  const problems = [...strike.problems, ...(await Promise.all(strike.later)).flat()];
  if (storedAt === null) {
    problems.push(`not through ${RECOVERY_TIMEOUT_MS / 1000} s after the last fault`);
    problems.push(...(await missingOf(stage, wave.articles)));
  }
  const next = new Map<string, number>();
  for (const { host, start } of requestsOf(stage, wave, over)) {
    // Requests after the whole wave is stored belong to the sources' next runs.
    const isWork = storedAt === null || start < storedAt;
    if (isWork && !next.has(host)) next.set(host, start - over);
  }
  const waits = [...next.values()].toSorted((a, b) => a - b);
  const [first = null, all = null] = [waits[0], waits.at(-1)];
  const { name, does } = fault;
  const within = fault.within / 1000;
  const through = storedAt && seconds(storedAt - began);
  const times = { first: first && seconds(first), all: all && seconds(all), through };
  return { fault: name, does, within, ...tally, ...times, problems };
}

/**
 * Returns the hosts that were being fetched when Redis lost the time of their last request. A
 * request that comes too soon to one of these hosts isn't an error.
 */
export async function rushedHosts(strikes: readonly Strike[]): Promise<string[]> {
  const ends = await Promise.all(strikes.map(async ({ stored }) => (await stored) ?? Infinity));
  return strikes.flatMap(({ fault, began }, index) => {
    if (!fault.forgetsPace) return [];
    const read = strikes.slice(0, index + 1).filter((_, at) => (ends[at] ?? 0) >= began);
    return read.flatMap(({ wave }) => [...wave.hosts]);
  });
}

export function lateOnes(struck: readonly Struck[], slack = 1): string[] {
  return struck.flatMap(({ fault, first, within }) =>
    first !== null && first > within * slack
      ? [`${fault}: work went on after ${first} s, over ${within * slack} s`]
      : [],
  );
}

const seconds = (ms: number) => Math.round(ms / 100) / 10;
