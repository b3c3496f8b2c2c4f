import { z } from "zod";
import type { Query } from "./filter.ts";

/** A saved query, which is a feed, a page of the portal, a reader of the stream and an export at once. */
export interface View {
  /** As it stands in addresses. */
  _id: string;
  /** What readers call it. */
  name: string;
  filter: Query;
  at: Date;
  actor: string;
}

/** Form of a view's id. */
export const ViewId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{1,62}$/, "use a-z, 0-9 and -, 2 to 63 characters");
