/** A paragraph that many articles of a source share. It is removed from the articles. */
export interface Learnt {
  /** Key of the paragraph, made by `extractors/boilerplate/drop.ts`. */
  key: string;
  /** The beginning of the paragraph, for operators. */
  text: string;
  /** Ids of the articles that contained the paragraph when it became known as boilerplate. */
  articles: string[];
  at: Date;
  /**
   * Set once the paragraph was learnt from the articles in the order of their ids, so that the
   * result doesn't depend on when each article was read.
   */
  isFinal?: true;
}

/** The paragraphs of an article, for comparison with other articles of its source. */
export interface BoilerplateEntry {
  article: string;
  /**
   * The article's paragraphs as `key:size`, separated by spaces; see
   * `extractors/boilerplate/drop.ts`.
   */
  paragraphs: string;
  /**
   * Keys of learnt paragraphs that were removed from the article when it was read, separated by
   * spaces.
   */
  without: string;
  /** Set if the article is mostly a copy of another one, so that nothing can be learnt from it. */
  isVersion?: true;
  isFinal?: true;
}

/**
 * The boilerplate of a source, learnt from the articles in the order of their ids, so that the
 * result doesn't depend on when each article was read.
 */
export interface FinishedBoilerplate {
  recent: BoilerplateEntry[];
  known: Learnt[];
  /**
   * Ids of the articles to extract again, because the paragraphs to remove from them have changed.
   */
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
   * When the boilerplate is next learnt from the articles in the order of their ids: after the run
   * has closed, or some time after the last article. Missing if there are no new articles.
   */
  finishAt?: Date;
  /**
   * Ids of the articles to extract again, because the paragraphs to remove from them have changed;
   * missing if there are none.
   */
  reread?: string[];
  rereadAt?: Date;
}
