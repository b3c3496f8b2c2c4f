import { z } from "zod";
import type { Filter } from "./filter.ts";

/** A named reader of the stream, with its acknowledged position. */
export interface Consumer extends Bookmark {
  _id: string;
  filter: Filter;
  /** The view whose query replaces the filter; missing if there is none. */
  view?: string;
  createdAt: Date;
  createdBy: string;
  /** When the consumer last acknowledged changes; null if it never did. */
  ackedAt: Date | null;
}

/** The format of a consumer's name. */
export const ConsumerName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{1,62}$/, "use a-z, 0-9 and -, 2 to 63 characters");

/** The changes that are leased and not yet acknowledged. */
interface Lease {
  /** The token that acknowledges the lease; that of an earlier lease has no effect. */
  token: string;
  /** When the changes can be leased again, by anybody. */
  until: Date;
  /** Number of the last change that the lease covers. */
  upTo: number;
}

/** The position of a consumer or subscriber in the stream. */
export interface Bookmark {
  /** Every change up to this number has been handled. */
  seq: number;
  /** The epoch of the stream at that time. */
  epoch: number;
  lease: Lease | null;
  /** Increases with every write, so that no writer overwrites another one's change. */
  version: number;
}
