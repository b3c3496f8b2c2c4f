/**
 * Counters of one day in the portal's time zone, or of all days (`_id: "all"`), derived from the
 * change stream.
 */
export interface Day {
  _id: string;
  /** Sequence number of the last counted change. No change is counted twice. */
  seq: number;
  articles: number;
  bySource: Record<string, number>;
  byTopic: Record<string, number>;
  byCountry: Record<string, number>;
  byLanguage: Record<string, number>;
  /**
   * For each use: number of published articles, including copies, whose publishers reserve that
   * use.
   */
  byDenied: Record<string, number>;
}

/**
 * How often readers clicked `Read more` on an article on one day, in the portal's time zone.
 * Nothing is stored about the readers.
 */
export interface Click {
  /** `DAY ARTICLE`, or `DAY` for all articles together. */
  _id: string;
  day: string;
  articleId: string | null;
  count: number;
  /** When the first of these clicks was counted. The record is deleted 400 days later. */
  at: Date;
}
