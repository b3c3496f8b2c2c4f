/** A paragraph that many articles of a source share, so it belongs to none of them. */
export interface Learnt {
  /** Key of the paragraph, see `extractors/boilerplate/drop.ts`. */
  key: string;
  /** The paragraph's beginning, as shown to operators. */
  text: string;
  /** Ids of the articles that contained the paragraph when it was learnt. */
  articles: string[];
  at: Date;
  /** Set once the paragraph no longer depends on the order in which articles were read. */
  isFinal?: true;
}

/** The paragraphs of an article, for comparison with other articles of its source. */
export interface BoilerplateEntry {
  article: string;
  /** The article's paragraphs as `key:size`, separated by spaces. */
  paragraphs: string;
  /** Keys of known paragraphs that were removed from the article when it was read, separated by spaces. */
  without: string;
  /** Set if the article is mostly a copy of another one, so nothing can be learnt from it. */
  isVersion?: true;
  isFinal?: true;
}

/** The paragraphs learnt from a source, once they no longer depend on the order of its articles. */
export interface FinishedBoilerplate {
  recent: BoilerplateEntry[];
  known: Learnt[];
  /** Ids of the articles that were read before these paragraphs were known. */
  reread: string[];
}

/** Paragraphs that several articles of one source share. `_id` is the source's id. */
export interface Boilerplate {
  _id: string;
  /** The latest articles, newest last. */
  recent: BoilerplateEntry[];
  /** Learnt paragraphs, newest last. */
  known: Learnt[];
  /** Increases with each change. */
  version: number;
  /**
   * When the boilerplate is finished: when the run has closed, or some time after the last article; missing if
   * nothing is pending.
   */
  finishAt?: Date;
  /**
   * Ids of the articles that were read before other paragraphs were known, and must be read again.
   */
  reread?: string[];
  /** When to read the articles in `reread` again; missing if there are none. */
  rereadAt?: Date;
}
