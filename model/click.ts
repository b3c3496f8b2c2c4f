/** How often readers followed `Read more` of an article on a day of the portal; nothing of who they were. */
export interface Click {
  /** `DAY ARTICLE`, and `DAY` alone for all articles together. */
  _id: string;
  day: string;
  /** null: all articles together. */
  articleId: string | null;
  count: number;
  /** The first of the day: from then on it is kept for 400 days. */
  at: Date;
}
