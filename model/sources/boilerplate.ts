/** A paragraph that many articles of one source share, so that it is no part of any. */
export interface Learnt {
  /** Key of the paragraph, see `extractors/boilerplate/paragraphs.ts`. */
  key: string;
  /** Its beginning, for operators. */
  text: string;
  /** Articles that had it when it was learnt. */
  articles: string[];
  at: Date;
  /** It follows from the articles only, not from the order in which they came. */
  isFinal?: true;
}

/** The parts of an article that others of its source may share. */
export interface BoilerplateEntry {
  article: string;
  /** Its paragraphs as `key:size`, joined by blanks. */
  paragraphs: string;
  /** Keys that were known, and their paragraphs left out, when it was read; joined by blanks. */
  without: string;
  /** Most of it is another article's: it teaches nothing. */
  isVersion?: true;
  isFinal?: true;
}

/** The learned paragraphs of a source once they no longer depend on the order of its articles. */
export interface FinishedBoilerplate {
  recent: BoilerplateEntry[];
  known: Learnt[];
  /** Articles that were read before the current paragraphs were known. */
  reread: string[];
}

/** Paragraphs that several articles of one source share. `_id` is the source's id. */
export interface Boilerplate {
  _id: string;
  /** The latest articles, the newest last. */
  recent: BoilerplateEntry[];
  /** The newest last. */
  known: Learnt[];
  /** Grows with each change. */
  version: number;
  /** When articles that are not settled are: once their run is closed, or some time after the last one; missing without any. */
  finishAt?: Date;
  /** Articles that were read when something else was known: they are to be read again. */
  reread?: string[];
  /** When they are to be; missing without any. */
  rereadAt?: Date;
}
