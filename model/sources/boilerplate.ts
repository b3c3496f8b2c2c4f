/** A paragraph that many articles of a source share. It is removed from the articles. */
export interface Learnt {
  /** Key of the paragraph, made by `extractors/boilerplate.ts`. */
  key: string;
  /** The beginning of the paragraph, for operators. */
  text: string;
  /** Ids of up to five articles that contained the paragraph when it was learnt. */
  articles: string[];
  at: Date;
  /**
   * Set if the paragraph is final: learning in the order of article ids confirmed it. Paragraphs
   * without this are decided again at `finishAt`.
   */
  isFinal?: true;
}

/** The paragraphs of an article, for comparison with other articles of its source. */
export interface BoilerplateEntry {
  article: string;
  /** The paragraphs as `key:size`, separated by spaces; see `extractors/boilerplate.ts`. */
  paragraphs: string;
  /** Keys of the learnt paragraphs removed from the article, separated by spaces. */
  without: string;
  /** Set if the article is mostly a copy of another one, so that nothing can be learnt from it. */
  isVersion?: true;
  isFinal?: true;
}

/**
 * A source's boilerplate, learnt in the order of article ids, so that it doesn't depend on the
 * order in which the articles were read.
 */
export interface FinishedBoilerplate {
  recent: BoilerplateEntry[];
  known: Learnt[];
  /** Ids of articles to extract again, because the paragraphs to remove have changed. */
  reread: string[];
}

/**
 * The paragraphs that articles of one source share, and the articles that they are learnt from.
 * `_id` is the source's id.
 */
export interface Boilerplate {
  _id: string;
  /** The latest articles, newest last. */
  recent: BoilerplateEntry[];
  /** Learnt paragraphs, newest last. */
  known: Learnt[];
  version: number;
  /**
   * When to make the boilerplate final, by learning it again in the order of article ids; missing
   * if no article was added since it was last made final.
   */
  finishAt?: Date;
  /** Ids of articles to extract again, because the paragraphs to remove have changed. */
  reread?: string[];
  rereadAt?: Date;
}
