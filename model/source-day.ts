/** What responses come to: how many, and bytes. */
export interface Room {
  captures: number;
  /** As they came over the wire. */
  bytes: number;
  /** Unpacked. */
  decoded: number;
  /** Kept for them, as it is packed: of a body that was there already, nothing. */
  kept: number;
  /** What their bodies that were there already would have taken. */
  spared: number;
}

/** How a source answered, and what its runs brought. */
export interface Work {
  /** Responses by status: read or unchanged, refused (4xx), failed (5xx). */
  fine: number;
  refused: number;
  failed: number;
  runs: number;
  /** Runs that gave up on a link, or in which something was odd. */
  troubled: number;
  created: number;
  updated: number;
  /** Links that were given up. */
  dead: number;
}

/** A source on one day (UTC). */
export interface SourceOnDay {
  /** When it was last counted: an hour after the day's end or later, it isn't counted again. */
  at: Date;
  /** What of its responses is there. */
  held: Room;
  /** What was, and was removed since. */
  removed?: Room;
  work: Work;
}

/** What responses and runs of a day (UTC, `_id`) came to, by source. */
export interface SourceDay {
  _id: string;
  day: string;
  bySource: Record<string, SourceOnDay>;
}
