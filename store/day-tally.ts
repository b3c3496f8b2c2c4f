import type { Visible } from "../model/article.ts";
import type { Day } from "../model/day.ts";

type Counts = Map<string, number>;

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
  add(tally.bySource, visible.sourceId, by);
  for (const topic of new Set(visible.topics)) add(tally.byTopic, topic, by);
  if (visible.country) add(tally.byCountry, visible.country, by);
  if (visible.language) add(tally.byLanguage, visible.language, by);
}

function add(counts: Counts, key: string, by: number): void {
  const sum = (counts.get(key) ?? 0) + by;
  if (sum === 0) counts.delete(key);
  else counts.set(key, sum);
}

/** A day document in hand. */
export function toTally(day: Day): Tally {
  return {
    ...day,
    bySource: open(day.bySource),
    byTopic: open(day.byTopic),
    byCountry: open(day.byCountry),
    byLanguage: open(day.byLanguage),
  };
}

/** The day of a tally; for the store its keys are escaped (`plain` false). */
export function toDay(tally: Tally, plain = true): Day {
  const shut = (counts: Counts) =>
    Object.fromEntries([...counts].map(([key, count]) => [plain ? key : fieldName(key), count]));
  return {
    ...tally,
    bySource: shut(tally.bySource),
    byTopic: shut(tally.byTopic),
    byCountry: shut(tally.byCountry),
    byLanguage: shut(tally.byLanguage),
  };
}

function open(record: Record<string, number>): Counts {
  return new Map(Object.entries(record).map(([key, count]) => [unescapeName(key), count]));
}

/** A key as a field name that every server takes: no dot, no dollar, never empty. */
function fieldName(key: string): string {
  return key.replace(/[%.$\0]/g, encodeChar) || "%";
}

function encodeChar(char: string): string {
  return `%${char.charCodeAt(0).toString(16).padStart(2, "0")}`;
}

function unescapeName(name: string): string {
  if (name === "%") return "";
  return name.replace(/%([0-9a-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
