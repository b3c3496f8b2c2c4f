/** Counters of one portal day, or of everything (`_id: "all"`): a projection of the change stream. */
export interface Day {
  _id: string;
  /** Number of the last change counted here: makes counting idempotent. */
  seq: number;
  articles: number;
  bySource: Record<string, number>;
  byTopic: Record<string, number>;
  byCountry: Record<string, number>;
  byLanguage: Record<string, number>;
}
