/** What the documents of a day count by; `store/statistics/count.ts` tells how their keys are made. */
export const FIGURE_BY = [
  "state",
  "topic",
  "country",
  "region",
  "city",
  "language",
  "seen",
  "served",
  "flow",
] as const;
export type FigureBy = (typeof FIGURE_BY)[number];

/** Counters of the articles of one day by one thing: a projection of the change stream. `_id` is `DAY BY`. */
export interface Figure {
  _id: string;
  /** In the portal's time zone: of publication, else of first sight. */
  day: string;
  by: FigureBy;
  /** Number of the last change counted here: makes counting idempotent. */
  seq: number;
  counts: Record<string, number>;
}
