import { z } from "zod";
import type { Bookmark } from "./bookmark.ts";
import type { Filter } from "./filter.ts";

/** A named reader of the stream, whose place is kept here. */
export interface Consumer extends Bookmark {
  /** The name. */
  _id: string;
  filter: Filter;
  /** The view whose query takes the filter's place. */
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
