/** What a source's schedule comes to over the next hours. */
export interface Forecast {
  /** When it will be looked at, as things stand. */
  readonly visits: readonly Date[];
  /** Milliseconds that a new article waits for its visit on average; null while no visit is due. */
  readonly delay: number | null;
  /** New articles that are to be expected; null while too little is known. */
  readonly items: number | null;
}
