import { z } from "zod";
import { SORTS } from "./search.ts";

/** Form of a saved search's name. */
export const SearchName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{1,62}$/, "use a-z, 0-9 and -, 2 to 63 characters");

/** What is saved of a search. */
export const SavedQuery = z.strictObject({
  query: z.string().min(1).max(1000),
  sort: z.enum(SORTS).default("relevance"),
});

/** A search that is kept under a name. */
export interface SavedSearch extends z.output<typeof SavedQuery> {
  /** As it stands in addresses. */
  _id: string;
  at: Date;
  by: string;
}
