/** A translation that a service made and no editor has taken over yet: readers don't get it. */
export interface Draft {
  /** `ARTICLE LANGUAGE`. */
  _id: string;
  articleId: string;
  language: string;
  title: string;
  teaser: string | null;
  at: Date;
  /** Who asked for it. */
  by: string;
}
