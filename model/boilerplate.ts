/** A paragraph that many articles of one source share, so that it is no part of any. */
export interface Learnt {
  /** Key of the paragraph, see `extractors/boilerplate/paragraphs.ts`. */
  key: string;
  /** Its beginning, for operators. */
  text: string;
  /** Articles that had it when it was learnt. */
  articles: string[];
  at: Date;
}

/** What is learnt of one source's articles; `_id` is the source's. */
export interface Boilerplate {
  _id: string;
  /** The latest articles with the keys of their paragraphs, joined by blanks; the newest last. */
  recent: { article: string; keys: string }[];
  /** The newest last. */
  known: Learnt[];
}
