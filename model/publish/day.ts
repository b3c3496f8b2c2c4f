/** Counters of one day of the portal, or of all days (`_id: "all"`), derived from the change stream. */
export interface Day {
  _id: string;
  /** Number of the last change counted here, which makes counting idempotent. */
  seq: number;
  articles: number;
  bySource: Record<string, number>;
  byTopic: Record<string, number>;
  byCountry: Record<string, number>;
  byLanguage: Record<string, number>;
  /**
   * Published articles, including copies, by the uses that their publishers reserve; missing on days that predate
   * this field.
   */
  byDenied?: Record<string, number>;
}

/** How often readers clicked `Read more` on an article on a day of the portal. It says nothing about the readers. */
export interface Click {
  /** `DAY ARTICLE`, or `DAY` for all articles together. */
  _id: string;
  day: string;
  /** The article; null for all articles together. */
  articleId: string | null;
  count: number;
  /** Start of the day. The count is stored for 400 days from then. */
  at: Date;
}
