import { z } from "zod";
import type { Filter } from "./filter.ts";

/** A named reader of the stream, with the position that it has acknowledged. */
export interface Consumer extends Bookmark {
  /** The name. */
  _id: string;
  filter: Filter;
  /** The view whose query replaces the filter. */
  view?: string;
  createdAt: Date;
  createdBy: string;
  /** When it last got on. */
  ackedAt: Date | null;
}

/** Form of a consumer's name. */
export const ConsumerName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{1,62}$/, "use a-z, 0-9 and -, 2 to 63 characters");

/** The part of the stream that is leased and not yet acknowledged. */
interface Lease {
  /** The token to acknowledge with. An older one has no effect. */
  token: string;
  /** When it is handed out again, to anybody. */
  until: Date;
  /** Number of the last change that it covers. */
  upTo: number;
}

/** The position of a consumer or subscriber in the stream. */
export interface Bookmark {
  /** Every change up to this number is dealt with. */
  seq: number;
  /** How often the store had been restored then. */
  epoch: number;
  lease: Lease | null;
  /** Grows with every write, so that nobody writes over what another wrote meanwhile. */
  version: number;
}
