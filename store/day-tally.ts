import type { Day } from "../model/day.ts";
import type { Visible } from "../model/visible.ts";
import { addCount, type Counts, openCounts, shutCounts } from "./counts.ts";

/** A day's counters in hand, with maps that take any key. */
export interface Tally {
  _id: string;
  seq: number;
  articles: number;
  bySource: Counts;
  byTopic: Counts;
  byCountry: Counts;
  byLanguage: Counts;
}

/** A day on which nothing happened yet. */
export function emptyTally(id: string): Tally {
  return {
    _id: id,
    seq: 0,
    articles: 0,
    bySource: new Map(),
    byTopic: new Map(),
    byCountry: new Map(),
    byLanguage: new Map(),
  };
}

/** Adds (+1) or takes away (-1) one listed article, in place. */
export function addTo(tally: Tally, visible: Visible, by: 1 | -1): void {
  tally.articles += by;
  addCount(tally.bySource, visible.sourceId, by);
  for (const topic of new Set(visible.topics)) addCount(tally.byTopic, topic, by);
  if (visible.country) addCount(tally.byCountry, visible.country, by);
  if (visible.language) addCount(tally.byLanguage, visible.language, by);
}

/** A day document in hand. */
export function toTally(day: Day): Tally {
  return { ...day, ...each(day, openCounts) };
}

/** The day of a tally; for the store its keys are escaped (`plain` false). */
export function toDay(tally: Tally, plain = true): Day {
  return { ...tally, ...each(tally, plain ? Object.fromEntries<number> : shutCounts) };
}

function each<From, To>(
  day: Record<"bySource" | "byTopic" | "byCountry" | "byLanguage", From>,
  turn: (counts: From) => To,
) {
  return {
    bySource: turn(day.bySource),
    byTopic: turn(day.byTopic),
    byCountry: turn(day.byCountry),
    byLanguage: turn(day.byLanguage),
  };
}
