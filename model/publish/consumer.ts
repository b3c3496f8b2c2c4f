import { z } from "zod";
import type { Filter } from "./filter.ts";

/**
 * A program that reads the stream, and the position up to which it has acknowledged changes. `_id`
 * is the program's name.
 */
export interface Consumer extends Bookmark {
  _id: string;
  filter: Filter;
  /** Id of the view whose query is used instead of `filter`; missing if `filter` is used. */
  view?: string;
  createdAt: Date;
  createdBy: string;
  ackedAt: Date | null;
}

export const ConsumerName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{1,62}$/, "use a-z, 0-9 and -, 2 to 63 characters");

interface Lease {
  token: string;
  until: Date;
  /** The lease covers changes up to this number, inclusive. */
  upTo: number;
}

/** The position of a consumer or subscriber in the stream. */
export interface Bookmark {
  /** Every change up to this number has been handled. */
  seq: number;
  epoch: number;
  lease: Lease | null;
  /** Increases with every write, so that two writers don't overwrite each other. */
  version: number;
}
