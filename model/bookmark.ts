/** What is handed out of the stream and not yet acknowledged. */
export interface Lease {
  /** Shown again by whoever acknowledges: an older one changes nothing any more. */
  token: string;
  /** When it is handed out again, to anybody. */
  until: Date;
  /** Number of the last change that it covers. */
  upTo: number;
}

/** Where a consumer or a subscriber stands in the stream. */
export interface Bookmark {
  /** Every change up to this number is dealt with. */
  seq: number;
  /** How often the store had been restored then. */
  epoch: number;
  lease: Lease | null;
  /** Grows with every write, so that nobody writes over what another wrote meanwhile. */
  turn: number;
}
