import { FIGURE_BY, type Figure, type FigureBy } from "../../model/figure.ts";
import { toVisible, type Visible } from "../../model/visible.ts";
import { type CountedChange, readCounted } from "../changes.ts";
import { type Counters, countOnce } from "../count-once.ts";
import { addCount, type Counts, openCounts, shutCounts } from "../counts.ts";
import type { Store } from "../store.ts";
import { figureKeys } from "./keys.ts";

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
