import { toVisible, type Visible } from "../../model/articles/item.ts";
import { FIGURE_BY, type Figure, type FigureBy } from "../../model/publish/statistics.ts";
import { type CountedChange, readCounted } from "../publish/changes.ts";
import {
  addCount,
  type Counters,
  type Counts,
  countOnce,
  openCounts,
  shutCounts,
} from "../publish/counters.ts";
import type { Store } from "../store.ts";

/** A day's figure in hand. */
export interface HeldFigure extends Omit<Figure, "counts"> {
  counts: Counts;
}

/** One more, or one less, of a key. */
interface FigureStep {
  seq: number;
  key: string;
  by: 1 | -1;
}

/** How far the stream is counted in figures; null while they have not been made. */
export async function figuresAt({ collections }: Store): Promise<number | null> {
  return (await collections.meta.findOne({ _id: "figures" }))?.value ?? null;
}

/** Says how far the stream is counted. */
export async function figuresReached({ collections }: Store, value: number): Promise<void> {
  await collections.meta.updateOne({ _id: "figures" }, { $max: { value } }, { upsert: true });
}

/**
 * Counts the changes that follow `after` in the figures of their days; answers the last one's number,
 * null where there was none. Any number of processes may do so at the same time.
 */
export async function countFigures(
  store: Store,
  after: number,
  limit: number,
): Promise<number | null> {
  const changes = await readCounted(store, after, limit);
  const last = changes.at(-1);
  if (!last) return null;
  await countOnce(figureCounters(store), stepsOf(changes), null);
  await figuresReached(store, last.seq);
  return last.seq;
}

/** What changes add and take away, by figure. */
export function stepsOf(changes: readonly CountedChange[]): Map<string, FigureStep[]> {
  const steps = new Map<string, FigureStep[]>();
  const note = (seq: number, { day }: Visible, keys: [FigureBy, string][], by: 1 | -1) => {
    for (const [thing, key] of keys) {
      const id = figureId(day, thing);
      steps.set(id, [...(steps.get(id) ?? []), { seq, key, by }]);
    }
  };
  for (const { seq, before, item } of changes) {
    const now = toVisible(item);
    if (before) note(seq, before, figureKeys(before), -1);
    note(seq, now, figureKeys(now), 1);
  }
  return steps;
}

export function figureId(day: string, by: FigureBy): string {
  return `${day} ${by}`;
}

/** The figures of a day on which nothing was counted. */
export function emptyFigures(day: string): HeldFigure[] {
  return FIGURE_BY.map((by) => ({ _id: figureId(day, by), day, by, seq: 0, counts: new Map() }));
}

/** How figures are kept. */
export function figureCounters({ collections }: Store): Counters<Figure, HeldFigure, FigureStep> {
  return {
    collection: collections.figures,
    open: (figure, id) => {
      if (figure) return { ...figure, counts: openCounts(figure.counts) };
      const [day, by] = id.split(" ") as [string, FigureBy];
      return { _id: id, day, by, seq: 0, counts: new Map() };
    },
    add: ({ counts }, { key, by }) => addCount(counts, key, by),
    shut: (held) => ({ ...held, counts: shutCounts(held.counts) }),
  };
}

/** How an article stands with readers. */
export const STATES = ["listed", "copies", "unlisted", "retracted"] as const;
type State = (typeof STATES)[number];

/** What was longer on its way came out of an archive, not off the press: it is counted apart, seconds. */
const NEWS = 2 * 86_400;
/** The bucket of those. */
export const OLDER = "older";

/**
 * What an article adds one to. Places, topics and languages are of listed articles alone, so that a
 * copy counts nothing twice; the others are of all that were not taken back.
 */
export function figureKeys(visible: Visible): [FigureBy, string][] {
  const { sourceId, status, listed, timing } = visible;
  const keys: [FigureBy, string][] = [["state", `${sourceId} ${stateOf(visible)}`]];
  if (listed) keys.push(...coverageOf(visible));
  if (status === "retracted" || !timing) return keys;
  const { seenAfter, servedAfter, origin } = timing;
  if (seenAfter !== null) keys.push(["seen", `${sourceId} ${spanOf(seenAfter)}`]);
  if (servedAfter !== null) keys.push(["served", `${sourceId} ${spanOf(servedAfter)}`]);
  if (origin) keys.push(["flow", `${origin.sourceId} ${sourceId} ${bucketOf(origin.after)}`]);
  return keys;
}

function coverageOf({ topics, country, region, city, language }: Visible): [FigureBy, string][] {
  const keys = [...new Set(topics)].map((topic): [FigureBy, string] => ["topic", topic]);
  if (country) keys.push(["country", country]);
  if (region) keys.push(["region", region]);
  if (country && city) keys.push(["city", `${country} ${city}`]);
  if (language) keys.push(["language", language]);
  return keys;
}

function stateOf({ status, listed }: Visible): State {
  if (status !== "published") return status;
  return listed ? "listed" : "copies";
}

function spanOf(seconds: number): string {
  return seconds > NEWS ? OLDER : String(bucketOf(seconds));
}

/**
 * Spans of time by buckets that grow by a fifth: a quantile read from their counts is off by at most a
 * tenth, whatever was counted, and counts of several days add up.
 */
const GROWTH = 1.2;
const LOG = Math.log(GROWTH);
/** Seconds; shorter ones are taken for it. */
const LEAST = 0.1;

/** The bucket of a span of seconds. */
export function bucketOf(seconds: number): number {
  return Math.ceil(Math.log(Math.max(seconds, LEAST)) / LOG);
}

/** The seconds that a share (0 to 1) of what was counted didn't exceed; null where nothing was. */
export function quantile(buckets: ReadonlyMap<number, number>, share: number): number | null {
  const inOrder = [...buckets].filter(([, count]) => count > 0).toSorted(([a], [b]) => a - b);
  const wanted = share * inOrder.reduce((sum, [, count]) => sum + count, 0);
  let passed = 0;
  for (const [bucket, count] of inOrder) {
    passed += count;
    if (passed >= wanted) return rounded((2 * GROWTH ** bucket) / (GROWTH + 1));
  }
  return null;
}

/** Three significant digits: more would say more than is known. */
function rounded(seconds: number): number {
  return Number(seconds.toPrecision(3));
}
